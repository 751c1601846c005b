//! Every call to Dodo that does not charge.

use super::answer::document;
use super::budget::Budget;
use super::documents::{Payment, Preview, Product};
use super::methods::SavedMethod;
use super::wire::{Answer, Call, NoAnswer, Sends, Verb, Wire};
use crate::occasion::OccasionId;
use aftercart_contract::{CustomerId, PaymentId, ProductId, SessionId, WebUrl};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Dodo's largest page.
pub(super) const PAGE_SIZE: usize = 100;
/// A customer with more pages of payments than this since one attempt is not searched to the end.
pub(super) const MAX_PAGES: usize = 20;
/// HTTP's status for too many requests.
const TOO_MANY: u16 = 429;

/// The connection to Dodo. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Dodo {
    wire: Arc<dyn Wire>,
    budget: Arc<Budget>,
}

/// Why a call that charges nothing failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DodoError {
    /// No answer: refused connection, time-out, reset.
    #[error("Dodo cannot be reached: {0}")]
    Unreachable(String),
    /// An answer that says no.
    #[error("Dodo answered {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Dodo's code, empty if it gave none.
        code: String,
    },
    /// An answer that is not what the API promises.
    #[error("Dodo's answer cannot be read: {0}")]
    Unreadable(String),
}

impl DodoError {
    /// True when Dodo itself is in trouble, rather than our request.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unreadable(_) => true,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
        }
    }

    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// What is quoted, charged, or put into a checkout: the same in all three, so that amounts agree.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cart {
    pub(crate) customer: CustomerId,
    pub(crate) product: ProductId,
    pub(crate) quantity: u32,
    /// The original payment's `billing`.
    pub(crate) billing: Value,
    /// Free days before a plan's first charge.
    pub(crate) trial_days: Option<u16>,
}

/// What a checkout or charge is for: goes into its metadata.
#[derive(Clone, Debug)]
pub(crate) struct Purpose {
    pub(crate) occasion: OccasionId,
    pub(crate) offer: String,
    pub(crate) step: u32,
    /// The attempt that charges, or that a fallback follows.
    pub(crate) attempt: Option<String>,
    /// Our id of the checkout; absent for a one-click charge.
    pub(crate) checkout: Option<String>,
}

impl Purpose {
    /// Marks every payment of ours.
    pub(crate) const PURCHASE: &str = "aftercart_purchase";
    pub(crate) const ATTEMPT: &str = "aftercart_attempt";
    pub(crate) const CHECKOUT: &str = "aftercart_checkout";

    pub(super) fn metadata(&self) -> Value {
        let mut map = Map::new();
        map.insert(Self::PURCHASE.into(), self.occasion.as_str().into());
        map.insert("aftercart_offer".into(), self.offer.clone().into());
        map.insert("aftercart_step".into(), self.step.to_string().into());
        if let Some(attempt) = &self.attempt {
            map.insert(Self::ATTEMPT.into(), attempt.clone().into());
        }
        if let Some(checkout) = &self.checkout {
            map.insert(Self::CHECKOUT.into(), checkout.clone().into());
        }
        Value::Object(map)
    }
}

impl Cart {
    /// The body of a quote; a charge adds its method, a checkout its return address.
    pub(super) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("product_cart".into(), json!([{"product_id": self.product, "quantity": self.quantity}]));
        body.insert("customer".into(), json!({"customer_id": self.customer}));
        if let Some(days) = self.trial_days {
            body.insert("subscription_data".into(), json!({"trial_period_days": days}));
        }
        let address: Map<String, Value> = ["country", "state", "city", "street", "zipcode"]
            .into_iter()
            .filter_map(|key| {
                Some((key.to_owned(), self.billing.get(key).filter(|v| v.is_string())?.clone()))
            })
            .collect();
        if address.contains_key("country") {
            if address.len() < 5 {
                body.insert("minimal_address".into(), true.into());
            }
            body.insert("billing_address".into(), address.into());
        }
        body
    }

    pub(super) fn body_for(&self, purpose: &Purpose) -> Map<String, Value> {
        let mut body = self.body();
        body.insert("metadata".into(), purpose.metadata());
        body
    }
}

/// A checkout page that Dodo opened.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OpenedCheckout {
    pub(crate) session_id: SessionId,
    pub(crate) checkout_url: Option<String>,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
}

impl Dodo {
    /// Dodo at the other end of this wire, which allows so many calls.
    pub(crate) fn new(wire: Arc<dyn Wire>, calls_per_minute: u32) -> Self {
        Self { wire, budget: Arc::new(Budget::per_minute(calls_per_minute)) }
    }

    /// What is left of the rate limit.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        self.budget.spend();
        let answer = self.wire.send(call).await?;
        if answer.status == TOO_MANY {
            self.budget.is_spent();
        }
        Ok(answer)
    }

    /// The payment, or `None` when Dodo knows none of that id.
    pub(crate) async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, DodoError> {
        match self.get(&format!("/payments/{id}"), Vec::new()).await {
            Ok(payment) => Ok(Some(payment)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The first of the customer's payments since a moment that is `wanted`, as the list shows it.
    ///
    /// Pages are counted from 0, by hand, until an empty one: a short page alone is no end. An error when
    /// the end was not reached, so that `None` is always the result of a whole search.
    pub(crate) async fn find_payment(
        &self,
        customer: &CustomerId,
        since: Timestamp,
        wanted: impl Fn(&Payment) -> bool + Send + Sync,
    ) -> Result<Option<Payment>, DodoError> {
        self.find_payment_of(("customer_id", customer.as_str()), since, wanted).await
    }

    /// As [`Self::find_payment`], among the payments with this filter of Dodo's.
    pub(super) async fn find_payment_of(
        &self,
        (filter, value): (&'static str, &str),
        since: Timestamp,
        wanted: impl Fn(&Payment) -> bool + Send + Sync,
    ) -> Result<Option<Payment>, DodoError> {
        for page in 0..MAX_PAGES {
            let query = vec![
                (filter, value.to_owned()),
                ("created_at_gte", since.to_string()),
                ("page_size", PAGE_SIZE.to_string()),
                ("page_number", page.to_string()),
            ];
            let Items { items } = self.get::<Items<Payment>>("/payments", query).await?;
            if items.is_empty() {
                return Ok(None);
            }
            if let Some(found) = items.into_iter().find(|payment| wanted(payment)) {
                return Ok(Some(found));
            }
        }
        Err(DodoError::Unreadable(format!("more than {MAX_PAGES} pages of payments")))
    }

    /// The customer's newest payment that succeeded, as Dodo's documents show it.
    pub(crate) async fn newest_paid(&self, customer: &CustomerId) -> Result<Option<Payment>, DodoError> {
        let query = vec![
            ("customer_id", customer.to_string()),
            ("status", "succeeded".to_owned()),
            ("page_size", "1".to_owned()),
            ("page_number", "0".to_owned()),
        ];
        match self.get::<Items<Payment>>("/payments", query).await?.items.first() {
            // A list's items have no address.
            Some(newest) => self.payment(&newest.payment_id).await,
            None => Ok(None),
        }
    }

    /// True when Dodo knows the customer.
    pub(crate) async fn has_customer(&self, customer: &CustomerId) -> Result<bool, DodoError> {
        match self.get::<Value>(&format!("/customers/{customer}"), Vec::new()).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The product, or `None` when Dodo knows none of that id.
    pub(crate) async fn product(&self, id: &ProductId) -> Result<Option<Product>, DodoError> {
        match self.get(&format!("/products/{id}"), Vec::new()).await {
            Ok(product) => Ok(Some(product)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The product that a subscription bills.
    pub(crate) async fn subscription_product(&self, id: &str) -> Result<ProductId, DodoError> {
        #[derive(Deserialize)]
        struct Subscription {
            product_id: ProductId,
        }
        Ok(self.get::<Subscription>(&format!("/subscriptions/{id}"), Vec::new()).await?.product_id)
    }

    /// All saved methods; an unknown customer has none.
    pub(crate) async fn methods(&self, customer: &CustomerId) -> Result<Vec<SavedMethod>, DodoError> {
        match self
            .get::<Items<SavedMethod>>(&format!("/customers/{customer}/payment-methods"), Vec::new())
            .await
        {
            Ok(list) => Ok(list.items),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// What the cart costs now.
    pub(crate) async fn preview(&self, cart: &Cart) -> Result<Preview, DodoError> {
        document(&self.post("/checkouts/preview", cart.body(), Sends::MayRepeat).await?)
    }

    /// The payment that a session led to, if any yet.
    pub(crate) async fn session_payment(&self, session: &SessionId) -> Result<Option<PaymentId>, DodoError> {
        #[derive(Deserialize)]
        struct Session {
            payment_id: Option<PaymentId>,
        }
        Ok(self.get::<Session>(&format!("/checkouts/{session}"), Vec::new()).await?.payment_id)
    }

    /// Opens a standard checkout, where nothing is charged until the shopper pays.
    pub(crate) async fn open_checkout(
        &self,
        cart: &Cart,
        purpose: &Purpose,
        return_to: Option<&WebUrl>,
    ) -> Result<OpenedCheckout, DodoError> {
        let mut body = cart.body_for(purpose);
        body.remove("minimal_address");
        body.insert("show_saved_payment_methods".into(), true.into());
        if let Some(url) = return_to {
            body.insert("return_url".into(), url.as_str().into());
            body.insert("cancel_url".into(), url.as_str().into());
        }
        document(&self.post("/checkouts", body, Sends::Once).await?)
    }

    /// A page of Dodo's where the customer replaces a saved method. It opens the customer's account to whoever has
    /// the address, for 24 hours.
    pub(crate) async fn portal(
        &self,
        customer: &CustomerId,
        return_to: Option<&WebUrl>,
    ) -> Result<String, DodoError> {
        #[derive(Deserialize)]
        struct Portal {
            link: String,
        }
        let query = return_to.map(|url| ("return_url", url.as_str().to_owned()));
        let call = Call {
            verb: Verb::Post,
            path: format!("/customers/{customer}/customer-portal/session"),
            query: query.into_iter().collect(),
            body: None,
            sends: Sends::Once,
        };
        Ok(document::<Portal>(&self.send(&call).await?)?.link)
    }

    pub(super) async fn post(
        &self,
        path: &str,
        body: Map<String, Value>,
        sends: Sends,
    ) -> Result<Answer, NoAnswer> {
        let (verb, path) = (Verb::Post, path.to_owned());
        self.send(&Call { verb, path, query: Vec::new(), body: Some(body), sends }).await
    }

    /// Changes what is there, once.
    pub(super) async fn patch(&self, path: String, body: Map<String, Value>) -> Result<Answer, NoAnswer> {
        let (verb, sends) = (Verb::Patch, Sends::Once);
        self.send(&Call { verb, path, query: Vec::new(), body: Some(body), sends }).await
    }

    /// Calls something off, once.
    pub(super) async fn delete(&self, path: String) -> Result<Answer, NoAnswer> {
        let (verb, sends) = (Verb::Delete, Sends::Once);
        self.send(&Call { verb, path, query: Vec::new(), body: None, sends }).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Vec<(&'static str, String)>,
    ) -> Result<T, DodoError> {
        let call =
            Call { verb: Verb::Get, path: path.to_owned(), query, body: None, sends: Sends::MayRepeat };
        document(&self.send(&call).await?)
    }
}

impl From<NoAnswer> for DodoError {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NeverSent(why) | NoAnswer::Lost(why) => Self::Unreachable(why),
        }
    }
}
