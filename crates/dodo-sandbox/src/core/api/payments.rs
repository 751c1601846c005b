//! `/payments`: the list, one payment, and the deprecated way to make one.

use serde::Deserialize;
use serde_json::json;

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::address::Address;
use crate::core::behaviour::Reply;
use crate::core::cart::{self, CartLine};
use crate::core::charging::Charge;
use crate::core::checkout::{CheckoutBody, CustomerBody, check_url, owned_method};
use crate::core::customer::{Customer, Metadata};
use crate::core::error::ApiError;
use crate::core::metadata;
use crate::core::moment::Moment;
use crate::core::payment::Payment;
use crate::core::quote::price_cart;
use crate::core::session::Buyer;
use crate::core::state::{BUSINESS_ID, Core};

/// The body of `POST /payments`, as far as the sandbox imitates it.
#[derive(Deserialize)]
struct NewPayment {
    billing: Address,
    customer: CustomerBody,
    product_cart: Vec<CartLine>,
    payment_method_id: Option<String>,
    payment_link: Option<bool>,
    return_url: Option<String>,
    metadata: Option<Metadata>,
}

impl Core {
    /// Newest first.
    pub(super) fn list_payments(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let mut found = Vec::new();
        for payment in self.ledger.payments.iter().rev() {
            let wanted = query.wants("customer_id", Some(&payment.customer_id))
                && query.wants("status", Some(payment.status.as_str()))
                && query.wants("currency", Some(&payment.currency))
                && query.wants("brand_id", Some(BUSINESS_ID))
                && query
                    .get("subscription_id")
                    .is_none_or(|id| payment.subscription_ids.iter().any(|own| own == id))
                && query
                    .get("product_id")
                    .is_none_or(|id| payment.cart.iter().any(|line| line.product_id == id));
            if wanted && query.covers(payment.created_at)? {
                found.push(payment);
            }
        }
        let page: Result<Vec<_>, _> =
            query.page(found)?.into_iter().map(|payment| self.payment_list_item(payment)).collect();
        Ok(items(&page?))
    }

    pub(super) fn create_payment(&mut self, now: Moment, request: &ApiRequest) -> Result<Routed, ApiError> {
        let body: NewPayment = request.parse()?;
        cart::check(&body.product_cart)?;
        let metadata = body.metadata.clone().unwrap_or_default();
        metadata::check(&metadata)?;
        if let Some(url) = &body.return_url {
            check_url(url)?;
        }
        let checkout = as_checkout(&body);
        let buyer = self.buyer_of(&checkout)?;
        let billing = self.billing_for(Some(&body.billing), &buyer)?;
        let quote = price_cart(&self.ledger, &body.product_cart, &billing.country)?;
        if quote.lines.iter().any(|line| line.is_recurring) {
            return Err(ApiError::parameters("POST /payments takes one-time products only"));
        }
        let (Some(method_id), Buyer::Known(customer_id)) = (&body.payment_method_id, &buyer) else {
            if body.payment_method_id.is_some() {
                return Err(ApiError::parameters("payment_method_id requires an existing customer_id"));
            }
            return self.create_linked_payment(now, checkout, body.payment_link.unwrap_or(false));
        };
        let method = owned_method(&self.ledger, customer_id, method_id)?;
        let (outcome, reply) = self.behaviour_now(now, &method).over_the_api()?;
        let charge = Charge {
            customer_id: customer_id.clone(),
            cart: body.product_cart,
            quote,
            billing,
            metadata,
            session_id: None,
            payment_id: None,
            method_id: Some(method.id),
            card: Some(method.card),
            method_to_save: None,
            kind: None,
        };
        let payment_id = self.commit_charge(now, charge, outcome);
        self.refuse_declined(&payment_id)?;
        self.created_payment(&payment_id, reply)
    }

    /// Without a saved method the payment waits, and its link is a hosted session.
    fn create_linked_payment(
        &mut self,
        now: Moment,
        body: CheckoutBody,
        has_link: bool,
    ) -> Result<Routed, ApiError> {
        let customer_id = self.known_customer(now, &body)?;
        let customer = CustomerBody { customer_id: Some(customer_id), ..CustomerBody::default() };
        let body = CheckoutBody { customer: Some(customer), confirm: Some(true), ..body };
        let (answer, _) = self.create_checkout(now, &body)?;
        let payment_id =
            answer.get("payment_id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        if !has_link {
            self.ledger.payment_mut(&payment_id)?.payment_link = None;
        }
        self.created_payment(&payment_id, Reply::Plain)
    }

    fn known_customer(&mut self, now: Moment, body: &CheckoutBody) -> Result<String, ApiError> {
        let (email, name) = match self.buyer_of(body)? {
            Buyer::Known(id) => return Ok(id),
            Buyer::Described { email, name, .. } => (email, name.unwrap_or_default()),
            Buyer::Unknown => return Err(ApiError::parameters("customer is required")),
        };
        let id = self.ids.next("cus");
        let billing = self.billing_for(body.billing_address.as_ref(), &Buyer::Unknown)?;
        self.ledger.customers.push(Customer::new(id.clone(), email, name, billing, now.stamp()));
        Ok(id)
    }

    /// The answer of `POST /payments`, which carries no status.
    fn created_payment(&mut self, payment_id: &str, reply: Reply) -> Result<Routed, ApiError> {
        let client_secret = self.ids.next("secret");
        let payment: &Payment = self.ledger.payment(payment_id)?;
        let customer = self.ledger.customer(&payment.customer_id)?;
        let document = json!({
            "payment_id": payment.id,
            "client_secret": client_secret,
            "total_amount": payment.total_amount,
            "customer": customer.limited_document(),
            "metadata": payment.metadata,
            "payment_link": payment.payment_link,
            "expires_on": null,
            "discount_id": null,
            "discount_ids": null,
            "product_cart": payment.cart,
        });
        Ok((document, reply).into())
    }
}

/// The same purchase in the words of a checkout session.
fn as_checkout(body: &NewPayment) -> CheckoutBody {
    CheckoutBody {
        product_cart: body.product_cart.clone(),
        customer: Some(body.customer.clone()),
        payment_method_id: None,
        confirm: None,
        billing_address: Some(body.billing.clone()),
        return_url: body.return_url.clone(),
        cancel_url: None,
        metadata: body.metadata.clone(),
        show_saved_payment_methods: None,
        force_3ds: None,
        feature_flags: None,
        subscription_data: None,
    }
}
