//! Creating and previewing checkout sessions, one-click charges included.

use serde::Deserialize;
use serde_json::{Value, json};

use super::address::Address;
use super::behaviour::{Outcome, Reply};
use super::cart::{self, CartLine};
use super::charging::Charge;
use super::customer::{Metadata, SavedMethod};
use super::error::ApiError;
use super::ledger::Ledger;
use super::metadata;
use super::moment::Moment;
use super::quote::{Quote, price_cart};
use super::session::{Buyer, Session};
use super::state::{Core, DeclineMode};
use super::subscription::first_renewal;

/// The country assumed of a buyer of whom nothing is known.
pub(crate) const DEFAULT_COUNTRY: &str = "US";

/// Dodo's own limit.
const LONGEST_TRIAL: u32 = 10_000;

/// The body of `POST /checkouts` and `POST /checkouts/preview`. Unknown fields are ignored, null is absent.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutBody {
    /// What to buy.
    pub product_cart: Vec<CartLine>,
    /// Who buys.
    #[serde(default)]
    pub customer: Option<CustomerBody>,
    /// Charge this saved method now; needs `confirm` and an existing customer.
    #[serde(default)]
    pub payment_method_id: Option<String>,
    /// Finalise now.
    #[serde(default)]
    pub confirm: Option<bool>,
    /// Where to bill.
    #[serde(default)]
    pub billing_address: Option<Address>,
    /// Where the buyer goes afterwards.
    #[serde(default)]
    pub return_url: Option<String>,
    /// Where the way back leads.
    #[serde(default)]
    pub cancel_url: Option<String>,
    /// Copied to the payment.
    #[serde(default)]
    pub metadata: Option<Metadata>,
    /// Offer stored cards on the page.
    #[serde(default)]
    pub show_saved_payment_methods: Option<bool>,
    /// Ask the bank's page for a confirmation in any case.
    #[serde(default)]
    pub force_3ds: Option<bool>,
    /// Only `trial_period_days` has an effect here.
    #[serde(default)]
    pub subscription_data: Option<SubscriptionData>,
    /// Only `always_create_new_customer` has an effect here.
    #[serde(default)]
    pub feature_flags: Option<FeatureFlags>,
}

/// The part of `subscription_data` that the sandbox knows.
#[derive(Clone, Debug, Deserialize)]
pub struct SubscriptionData {
    /// Free days before the first charge of every plan in the cart; 0 to 10000.
    #[serde(default)]
    pub trial_period_days: Option<u32>,
}

/// The one flag of `feature_flags` that the sandbox knows.
#[derive(Clone, Debug, Deserialize)]
pub struct FeatureFlags {
    /// Do not look for a customer of the same e-mail.
    #[serde(default)]
    pub always_create_new_customer: Option<bool>,
}

/// `{customer_id}` or `{email, name?, phone_number?}`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CustomerBody {
    /// An existing customer.
    #[serde(default)]
    pub customer_id: Option<String>,
    /// Of a new customer, or of one to be found.
    #[serde(default)]
    pub email: Option<String>,
    /// Of a new customer.
    #[serde(default)]
    pub name: Option<String>,
}

impl CheckoutBody {
    fn trial_days(&self) -> u32 {
        self.subscription_data.as_ref().and_then(|data| data.trial_period_days).unwrap_or(0)
    }
}

impl Core {
    /// `POST /checkouts/preview`: what the cart costs this buyer now. Changes nothing.
    pub(crate) fn preview_checkout(&self, now: Moment, body: &CheckoutBody) -> Result<Value, ApiError> {
        let buyer = self.buyer_of(body)?;
        let billing = self.billing_for(body.billing_address.as_ref(), &buyer)?;
        let quote = self.quote_for(body, &billing)?;
        let renews_at = first_renewal(now.stamp(), quote.trial_days);
        Ok(quote.document(renews_at))
    }

    /// `POST /checkouts`: a session, and with `payment_method_id` a charge.
    ///
    /// The reply says what the caller sees of a charge that was made; see [`Reply`].
    pub(crate) fn create_checkout(
        &mut self,
        now: Moment,
        body: &CheckoutBody,
    ) -> Result<(Value, Reply), ApiError> {
        let confirm = body.confirm.unwrap_or(false);
        let method = self.method_to_charge(body, confirm)?;
        let buyer = self.buyer_of(body)?;
        if confirm && self.settings.require_billing_address_on_confirm && body.billing_address.is_none() {
            return Err(ApiError::parameters("billing_address is required when confirm is true"));
        }
        for url in [&body.return_url, &body.cancel_url].into_iter().flatten() {
            check_url(url)?;
        }
        let metadata = body.metadata.clone().unwrap_or_default();
        metadata::check(&metadata)?;
        let billing = self.billing_for(body.billing_address.as_ref(), &buyer)?;
        let quote = self.quote_for(body, &billing)?;

        // Everything that may refuse the request comes before the first write.
        let script = match &method {
            Some(method) => Some(self.behaviour_now(now, method).over_the_api()?),
            None => None,
        };
        let is_one_click = method.is_some();
        let session_id = self.open_session(now, body, buyer.clone(), is_one_click);
        let (Some(method), Some((outcome, reply)), Buyer::Known(customer_id)) = (method, script, &buyer)
        else {
            return Ok((self.hosted_answer(now, &session_id, body, &buyer, quote, billing), Reply::Plain));
        };
        let outcome = if body.force_3ds == Some(true) && outcome == Outcome::Succeed {
            Outcome::AwaitCustomer { link: true }
        } else {
            outcome
        };
        let charge = Charge {
            customer_id: customer_id.clone(),
            cart: body.product_cart.clone(),
            quote,
            billing,
            metadata,
            session_id: Some(session_id.clone()),
            payment_id: None,
            method_id: Some(method.id),
            card: Some(method.card),
            method_to_save: None,
            kind: None,
        };
        let payment_id = self.commit_charge(now, charge, outcome);
        self.refuse_declined(&payment_id)?;
        Ok((session_answer(&session_id, None, Some(&payment_id), None), reply))
    }

    /// In the stricter decline mode a charge that failed at once is answered with 402.
    pub(crate) fn refuse_declined(&self, payment_id: &str) -> Result<(), ApiError> {
        let payment = self.ledger.payment(payment_id)?;
        match (&payment.error_code, self.settings.decline_mode) {
            (Some(code), DeclineMode::PaymentRequired) => {
                Err(ApiError::new(402, code, format!("Payment {payment_id} was declined")))
            }
            _ => Ok(()),
        }
    }

    /// The saved method a one-click request names, after Dodo's rules about naming one.
    fn method_to_charge(&self, body: &CheckoutBody, confirm: bool) -> Result<Option<SavedMethod>, ApiError> {
        let Some(id) = &body.payment_method_id else {
            return Ok(None);
        };
        if !confirm {
            return Err(ApiError::parameters("payment_method_id requires confirm to be true"));
        }
        let customer_id = body.customer.as_ref().and_then(|customer| customer.customer_id.as_ref());
        let Some(customer_id) = customer_id else {
            return Err(ApiError::parameters("payment_method_id requires an existing customer_id"));
        };
        owned_method(&self.ledger, customer_id, id).map(Some)
    }

    pub(crate) fn buyer_of(&self, body: &CheckoutBody) -> Result<Buyer, ApiError> {
        let Some(customer) = &body.customer else {
            return Ok(Buyer::Unknown);
        };
        if let Some(id) = &customer.customer_id {
            return self.ledger.customer(id).map(|customer| Buyer::Known(customer.id.clone()));
        }
        let Some(email) = customer.email.clone().filter(|email| email.contains('@')) else {
            return Err(ApiError::parameters("customer needs a customer_id or an email"));
        };
        let always_new =
            body.feature_flags.as_ref().is_some_and(|flags| flags.always_create_new_customer == Some(true));
        match self.ledger.customer_of_email(&email).filter(|_| !always_new) {
            Some(existing) => Ok(Buyer::Known(existing.id.clone())),
            None => Ok(Buyer::Described { email, name: customer.name.clone(), is_always_new: always_new }),
        }
    }

    /// The address sent, else the customer's own, else a country to reckon with.
    pub(crate) fn billing_for(&self, sent: Option<&Address>, buyer: &Buyer) -> Result<Address, ApiError> {
        if let Some(address) = sent {
            if !address.has_valid_country() {
                return Err(ApiError::parameters("billing_address.country must be two upper-case letters"));
            }
            return Ok(address.clone());
        }
        Ok(match buyer {
            Buyer::Known(id) => self.ledger.customer(id)?.billing.clone(),
            _ => Address::of_country(DEFAULT_COUNTRY),
        })
    }

    fn quote_for(&self, body: &CheckoutBody, billing: &Address) -> Result<Quote, ApiError> {
        cart::check(&body.product_cart)?;
        let trial_days = body.trial_days();
        if trial_days > LONGEST_TRIAL {
            return Err(ApiError::parameters(format!("trial_period_days is at most {LONGEST_TRIAL}")));
        }
        Ok(price_cart(&self.ledger, &body.product_cart, &billing.country)?.tried(trial_days))
    }

    fn open_session(&mut self, now: Moment, body: &CheckoutBody, buyer: Buyer, is_one_click: bool) -> String {
        let id = self.ids.next("cks");
        let created_at = now.stamp();
        let lifetime = Session::lifetime(body.confirm.unwrap_or(false));
        self.ledger.sessions.push(Session {
            id: id.clone(),
            cart: body.product_cart.clone(),
            buyer,
            is_one_click,
            shows_saved_methods: body.show_saved_payment_methods.unwrap_or(false),
            return_url: body.return_url.clone(),
            cancel_url: body.cancel_url.clone(),
            metadata: body.metadata.clone().unwrap_or_default(),
            billing: body.billing_address.clone(),
            trial_days: body.trial_days(),
            created_at,
            expires_at: created_at.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX),
            payment_ids: Vec::new(),
        });
        id
    }

    /// The answer for a session with a page; `confirm` also writes a payment that waits for a method.
    fn hosted_answer(
        &mut self,
        now: Moment,
        session_id: &str,
        body: &CheckoutBody,
        buyer: &Buyer,
        quote: Quote,
        billing: Address,
    ) -> Value {
        let url = format!("{}/session/{session_id}", self.settings.base_url);
        let (Some(true), Buyer::Known(customer_id)) = (body.confirm, buyer) else {
            return session_answer(session_id, Some(&url), None, None);
        };
        let charge = Charge {
            customer_id: customer_id.clone(),
            cart: body.product_cart.clone(),
            quote,
            billing,
            metadata: body.metadata.clone().unwrap_or_default(),
            session_id: Some(session_id.to_owned()),
            payment_id: None,
            method_id: None,
            card: None,
            method_to_save: None,
            kind: None,
        };
        let payment_id = self.commit_charge(now, charge, Outcome::AwaitMethod { link: url.clone() });
        let secret = self.ids.next("secret");
        session_answer(session_id, Some(&url), Some(&payment_id), Some(&secret))
    }
}

/// The method of that id if the customer has it. A foreign or deleted one is unknown.
pub(crate) fn owned_method(ledger: &Ledger, customer_id: &str, id: &str) -> Result<SavedMethod, ApiError> {
    ledger.customer(customer_id)?.method(id).cloned().ok_or_else(ApiError::not_found)
}

/// Return addresses must be absolute and http or https.
pub(crate) fn check_url(url: &str) -> Result<url::Url, ApiError> {
    url::Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| ApiError::parameters(format!("{url:?} is not an http or https address")))
}

fn session_answer(id: &str, url: Option<&str>, payment_id: Option<&str>, secret: Option<&str>) -> Value {
    json!({
        "session_id": id,
        "checkout_url": url,
        "payment_id": payment_id,
        "client_secret": secret,
        "publishable_key": secret.map(|_| "pk_sandbox"),
    })
}
