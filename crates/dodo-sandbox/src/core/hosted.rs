//! A buyer in front of the hosted page: what they enter, and what their click does.

use super::address::Address;
use super::behaviour::Outcome;
use super::cart::CartLine;
use super::charging::Charge;
use super::checkout::{CheckoutBody, CustomerBody, DEFAULT_COUNTRY, check_url};
use super::customer::{Card, Customer, SavedMethod};
use super::error::ApiError;
use super::moment::Moment;
use super::payment::{Payment, PaymentStatus};
pub(crate) use super::quote::Quote;
use super::quote::price_cart;
use super::session::{Buyer, Session, SessionState};
use super::state::Core;
use super::test_cards::TestCard;

/// What the buyer entered, checked by [`Core::pay_session`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) means: Means,
    /// The total the buyer saw, minor units.
    pub(crate) shown_total: Option<i64>,
}

/// What they pay with.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// `number` is what stands in the card form all the same.
    Saved {
        method_id: String,
        number: String,
    },
    Card {
        number: String,
        expiry: String,
        holder: String,
        save: bool,
    },
}

impl Default for Means {
    fn default() -> Self {
        Self::Card { number: String::new(), expiry: String::new(), holder: String::new(), save: false }
    }
}

/// Why the page shows the form again: the field at fault, if one is, and a sentence for the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) field: Option<&'static str>,
    pub(crate) message: String,
}

impl Complaint {
    fn of(field: &'static str, message: &str) -> Self {
        Self { field: Some(field), message: message.to_owned() }
    }
}

impl From<ApiError> for Complaint {
    fn from(error: ApiError) -> Self {
        Self { field: None, message: error.message }
    }
}

impl Core {
    /// What the session's cart costs a buyer in `country` now.
    pub(crate) fn session_quote(&self, session: &Session, country: &str) -> Result<Quote, ApiError> {
        Ok(price_cart(&self.ledger, &session.cart, country)?.tried(session.trial_days))
    }

    /// The country the page starts with: the merchant's address, the customer's, or a default.
    pub(crate) fn session_country(&self, session: &Session) -> String {
        self.billing_for(session.billing.as_ref(), &session.buyer)
            .map_or_else(|_| DEFAULT_COUNTRY.to_owned(), |address| address.country)
    }

    /// Charges what the buyer entered. The id of the payment, or what to tell the buyer.
    ///
    /// Never charges more than the buyer saw, and never charges a session that is not open.
    pub(crate) fn pay_session(
        &mut self,
        now: Moment,
        session_id: &str,
        entry: &Entry,
    ) -> Result<String, Complaint> {
        let session = self.ledger.session(session_id)?.clone();
        if session.state(&self.ledger, now.at) != SessionState::Open {
            return Err(ApiError::new(422, "CHECKOUT_SESSION_CONSUMED", "This checkout is closed.").into());
        }
        let billing = page_address(&session, entry)?;
        let quote = self.session_quote(&session, &billing.country)?;
        if entry.shown_total != Some(quote.total) {
            return Err(Complaint {
                field: Some("country"),
                message: "The total has changed. Please check it and pay again.".into(),
            });
        }
        let chosen = self.chosen_means(now, &session, entry)?;
        // Only now is anything written.
        let customer_id = self.customer_at_the_page(now, &session, entry, &billing);
        let waiting = session.payment_ids.last().filter(|id| {
            self.ledger
                .payment(id)
                .is_ok_and(|payment| payment.status == PaymentStatus::RequiresPaymentMethod)
        });
        let charge = Charge {
            customer_id,
            payment_id: waiting.cloned(),
            cart: session.cart,
            quote,
            billing,
            metadata: session.metadata,
            session_id: Some(session.id),
            method_id: chosen.method_id,
            card: Some(chosen.card),
            method_to_save: chosen.to_save,
            kind: None,
        };
        Ok(self.commit_charge(now, charge, chosen.outcome))
    }

    /// Pays an open session as a buyer would who enters this card of the test list and the total as it
    /// is: for simulations, which have no page. Answers the payment's id. Errors: what the page would say.
    pub fn pay_as_buyer(&mut self, now: Moment, session_id: &str, number: &str) -> Result<String, String> {
        let found = self.ledger.session(session_id).cloned().map_err(|error| error.message)?;
        let country = self.session_country(&found);
        let total = self.session_quote(&found, &country).map_err(|error| error.message)?.total;
        let means = Means::Card {
            number: number.to_owned(),
            expiry: "06/32".to_owned(),
            holder: String::new(),
            save: false,
        };
        let entry = Entry {
            email: "buyer@example.com".to_owned(),
            name: "A buyer".to_owned(),
            country,
            means,
            shown_total: Some(total),
        };
        self.pay_session(now, session_id, &entry).map_err(|complaint| complaint.message)
    }

    /// A session for a static payment link. Errors: 404 for the product or customer, 422 for the rest.
    pub(crate) fn open_payment_link(
        &mut self,
        now: Moment,
        product_id: &str,
        quantity: i64,
        redirect_url: Option<String>,
        customer_id: Option<String>,
    ) -> Result<String, ApiError> {
        let body = CheckoutBody {
            product_cart: vec![CartLine { product_id: product_id.to_owned(), quantity }],
            show_saved_payment_methods: Some(customer_id.is_some()),
            customer: customer_id.map(|id| CustomerBody { customer_id: Some(id), ..CustomerBody::default() }),
            payment_method_id: None,
            confirm: None,
            billing_address: None,
            return_url: redirect_url,
            cancel_url: None,
            metadata: None,
            force_3ds: None,
            feature_flags: None,
            subscription_data: None,
        };
        let (answer, _) = self.create_checkout(now, &body)?;
        let id = answer.get("session_id").and_then(serde_json::Value::as_str);
        id.map(str::to_owned).ok_or_else(ApiError::not_found)
    }

    /// Where the buyer goes after `payment`: the session's address with Dodo's query parameters.
    pub(crate) fn way_back(&self, payment: &Payment) -> Option<String> {
        let session = self.ledger.session(payment.session_id.as_ref()?).ok()?;
        let mut url = check_url(session.return_url.as_ref()?).ok()?;
        let email = self.ledger.customer(&payment.customer_id).ok().map(|customer| customer.email.clone());
        let mut query = url.query_pairs_mut();
        query.append_pair("payment_id", &payment.id).append_pair("status", payment.status.as_str());
        if let Some(subscription_id) = payment.subscription_ids.first() {
            query.append_pair("subscription_id", subscription_id);
        }
        if let Some(email) = email {
            query.append_pair("email", &email);
        }
        drop(query);
        Some(url.into())
    }

    fn chosen_means(&mut self, now: Moment, session: &Session, entry: &Entry) -> Result<Chosen, Complaint> {
        match &entry.means {
            Means::Saved { number, .. } if !number.is_empty() => Err(Complaint::of(
                "number",
                "You entered a card number but chose a saved card. Choose \"Another card\", or clear the number.",
            )),
            Means::Saved { method_id, .. } => {
                let Buyer::Known(customer_id) = &session.buyer else {
                    return Err(ApiError::not_found().into());
                };
                let method = super::checkout::owned_method(&self.ledger, customer_id, method_id)?;
                let outcome = self.behaviour_now(now, &method).on_the_page()?;
                Ok(Chosen { method_id: Some(method.id), card: method.card, to_save: None, outcome })
            }
            Means::Card { number, expiry, holder, save } => {
                let known = TestCard::of_number(number).ok_or_else(|| {
                    Complaint::of("number", "This sandbox only takes the test cards listed below.")
                })?;
                let (month, year) = read_expiry(expiry).ok_or_else(|| {
                    Complaint::of("expiry", "Enter the expiry date as month and year, 06/32.")
                })?;
                let card = Card {
                    network: known.network.to_owned(),
                    last4: known.last4().to_owned(),
                    expiry_month: month,
                    expiry_year: year,
                    holder: if holder.is_empty() { entry.name.clone() } else { holder.clone() },
                    issuing_country: known.country.to_owned(),
                };
                if card.is_expired(now.at) {
                    return Err(Complaint::of("expiry", "This card has expired."));
                }
                let outcome = known.behaviour().on_the_page()?;
                let to_save = save.then(|| SavedMethod {
                    id: self.ids.next("pm"),
                    card: card.clone(),
                    recurring_enabled: true,
                    last_used_at: Some(now.stamp()),
                    behaviour: known.behaviour_once_saved(),
                });
                Ok(Chosen { method_id: None, card, to_save, outcome })
            }
        }
    }

    fn customer_at_the_page(
        &mut self,
        now: Moment,
        session: &Session,
        entry: &Entry,
        billing: &Address,
    ) -> String {
        let (email, name, is_always_new) = match &session.buyer {
            Buyer::Known(id) => return id.clone(),
            Buyer::Described { email, name, is_always_new } => {
                (email.clone(), name.clone().unwrap_or_else(|| entry.name.clone()), *is_always_new)
            }
            Buyer::Unknown => (entry.email.clone(), entry.name.clone(), false),
        };
        if let Some(existing) = self.ledger.customer_of_email(&email).filter(|_| !is_always_new) {
            return existing.id.clone();
        }
        let id = self.ids.next("cus");
        self.ledger.customers.push(Customer::new(id.clone(), email, name, billing.clone(), now.stamp()));
        id
    }
}

struct Chosen {
    method_id: Option<String>,
    card: Card,
    to_save: Option<SavedMethod>,
    outcome: Outcome,
}

/// Checks who the buyer says they are, and gives the address to bill.
fn page_address(session: &Session, entry: &Entry) -> Result<Address, Complaint> {
    if session.buyer == Buyer::Unknown {
        let parts = entry.email.split_once('@');
        if parts.is_none_or(|(user, host)| user.is_empty() || host.is_empty() || host.contains(' ')) {
            return Err(Complaint::of("email", "Enter an e-mail address such as you@example.com."));
        }
        if entry.name.is_empty() {
            return Err(Complaint::of("name", "Enter your name."));
        }
    }
    let address = match &session.billing {
        Some(address) if address.country == entry.country => address.clone(),
        _ => Address::of_country(&entry.country),
    };
    if !address.has_valid_country() {
        return Err(Complaint::of("country", "Choose a country."));
    }
    Ok(address)
}

/// `06/32`, `6 / 2032` and the like as two and four digits.
fn read_expiry(text: &str) -> Option<(String, String)> {
    let (month, year) = text.split_once('/')?;
    let month: u8 = month.trim().parse().ok().filter(|month| (1..=12).contains(month))?;
    let year: u16 = year.trim().parse().ok()?;
    let year = if year < 100 { year + 2000 } else { year };
    (2000..2100).contains(&year).then(|| (format!("{month:02}"), year.to_string()))
}
