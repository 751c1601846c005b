//! Customers and their saved payment methods.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::address::Address;
use super::behaviour::Behaviour;

/// Free key-value pairs, as Dodo's `metadata`.
pub type Metadata = Map<String, Value>;

/// A buyer.
#[derive(Clone, Debug)]
pub struct Customer {
    /// `cus_…`
    pub id: String,
    /// Unique only by habit: Dodo reuses the customer of an e-mail unless told otherwise.
    pub email: String,
    /// Display name.
    pub name: String,
    /// E.164, when known.
    pub phone_number: Option<String>,
    /// Set by the merchant.
    pub metadata: Metadata,
    /// BCP 47, when known.
    pub preferred_locale: Option<String>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// Where the last purchase was billed. Not part of Dodo's Customer object.
    pub billing: Address,
    /// In the order in which they are listed.
    pub methods: Vec<SavedMethod>,
    /// What this customer is for, when the catalogue made it.
    pub scenario: Option<String>,
}

/// A stored card. The script of its behaviour belongs to it, not to the customer.
#[derive(Clone, Debug)]
pub struct SavedMethod {
    /// `pm_…`
    pub id: String,
    /// What the payment records say about it.
    pub card: Card,
    /// Whether it may be charged while the customer is absent.
    pub recurring_enabled: bool,
    /// Newest first is the only hint at a default.
    pub last_used_at: Option<Timestamp>,
    /// What happens when it is charged.
    pub behaviour: Behaviour,
}

/// The facts of a card that Dodo shows to merchants, all of them strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Lower case: `visa`, `mastercard`.
    pub network: String,
    /// Four digits.
    pub last4: String,
    /// Two digits.
    pub expiry_month: String,
    /// Four digits.
    pub expiry_year: String,
    /// As printed.
    pub holder: String,
    /// ISO 3166.
    pub issuing_country: String,
}

impl Customer {
    /// Somebody of whom no more is known than who they are and where they are billed.
    pub(crate) fn new(
        id: String,
        email: String,
        name: String,
        billing: Address,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            name,
            phone_number: None,
            metadata: Metadata::new(),
            preferred_locale: None,
            created_at,
            billing,
            methods: Vec::new(),
            scenario: None,
        }
    }

    /// `GET /customers/{id}`.
    pub(crate) fn document(&self, business_id: &str) -> Value {
        json!({
            "business_id": business_id,
            "customer_id": self.id,
            "email": self.email,
            "name": self.name,
            "phone_number": self.phone_number,
            "metadata": self.metadata,
            "preferred_locale": self.preferred_locale,
            "blocked_at": null,
            "blocklist_entry_id": null,
            "created_at": self.created_at,
        })
    }

    /// The short form inside payments, subscriptions and refunds.
    pub(crate) fn limited_document(&self) -> Value {
        json!({
            "customer_id": self.id,
            "email": self.email,
            "name": self.name,
            "phone_number": self.phone_number,
            "metadata": self.metadata,
        })
    }

    pub(crate) fn method(&self, id: &str) -> Option<&SavedMethod> {
        self.methods.iter().find(|method| method.id == id)
    }
}

impl SavedMethod {
    /// One item of `GET /customers/{id}/payment-methods`.
    pub(crate) fn document(&self) -> Value {
        json!({
            "payment_method_id": self.id,
            "payment_method": "card",
            "payment_method_type": "credit",
            "recurring_enabled": self.recurring_enabled,
            "last_used_at": self.last_used_at,
            "card": {
                "last4_digits": self.card.last4,
                "card_network": self.card.network,
                "card_type": "credit",
                "expiry_month": self.card.expiry_month,
                "expiry_year": self.card.expiry_year,
                "card_holder_name": self.card.holder,
                "card_issuing_country": self.card.issuing_country,
            },
        })
    }
}

impl Card {
    /// A card that is good until 06/2032.
    pub(crate) fn new(network: &str, last4: &str, holder: &str, country: &str) -> Self {
        Self {
            network: network.to_owned(),
            last4: last4.to_owned(),
            expiry_month: "06".to_owned(),
            expiry_year: "2032".to_owned(),
            holder: holder.to_owned(),
            issuing_country: country.to_owned(),
        }
    }

    /// True once the card's month is over, in UTC. A date that cannot be read counts as good.
    pub(crate) fn is_expired(&self, at: Timestamp) -> bool {
        let (Ok(month), Ok(year)) = (self.expiry_month.parse::<i8>(), self.expiry_year.parse::<i16>()) else {
            return false;
        };
        let year = if year < 100 { year + 2000 } else { year };
        let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        (year, month) < (today.year(), today.month())
    }

    /// "Visa ···· 4242".
    pub(crate) fn label(&self) -> String {
        let mut letters = self.network.chars();
        let network: String =
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        format!("{network} ···· {}", self.last4)
    }
}
