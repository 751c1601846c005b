//! What only a sandbox can do: make purchases happen, script cards, move prices.

use serde::Deserialize;
use serde_json::{Value, json};

use super::behaviour::{Behaviour, Outcome};
use super::cart::{self, CartLine};
use super::catalogue::Scenario;
use super::charging::Charge;
use super::customer::{Card, Customer, Metadata, SavedMethod};
use super::error::ApiError;
use super::fault::FaultRule;
use super::metadata;
use super::moment::Moment;
use super::payment::{ChargeType, PaymentStatus};
use super::quote::price_cart;
use super::session::{Buyer, Session};
use super::state::{BUSINESS_ID, Core};

/// A purchase that is simply true: `POST /_sandbox/purchases`.
#[derive(Clone, Debug, Deserialize)]
pub struct Purchase {
    /// An existing customer.
    pub customer_id: String,
    /// An existing product.
    pub product_id: String,
    /// 1 when absent.
    #[serde(default)]
    pub quantity: Option<i64>,
    /// Copied to the payment.
    #[serde(default)]
    pub metadata: Option<Metadata>,
    /// `renewal` and `plan_change` of a plan use the customer's running subscription to it.
    #[serde(default)]
    pub charge_type: Option<ChargeType>,
}

/// A card with a script: `POST /_sandbox/customers/{id}/methods`.
#[derive(Clone, Debug, Deserialize)]
pub struct NewMethod {
    /// What happens when it is charged; pays when absent.
    #[serde(default)]
    pub behaviour: Option<Behaviour>,
    /// Short for a behaviour that fails with this code.
    #[serde(default)]
    pub error_code: Option<String>,
    /// `visa` when absent.
    #[serde(default)]
    pub network: Option<String>,
    /// `4242` when absent.
    #[serde(default)]
    pub last4: Option<String>,
    /// `06` when absent.
    #[serde(default)]
    pub expiry_month: Option<String>,
    /// `2032` when absent.
    #[serde(default)]
    pub expiry_year: Option<String>,
    /// True when absent.
    #[serde(default)]
    pub recurring_enabled: Option<bool>,
}

/// A payment on a running subscription: `POST /_sandbox/subscriptions/{id}/payments`.
#[derive(Clone, Debug, Deserialize)]
pub struct SubscriptionPayment {
    /// Usually `renewal` or `plan_change`.
    pub charge_type: ChargeType,
}

impl Core {
    /// Makes a succeeded payment as if it had been made on the hosted page, and answers it.
    ///
    /// Uses the customer's first method as a label only: its script is not followed.
    pub fn make_purchase(&mut self, now: Moment, purchase: &Purchase) -> Result<Value, ApiError> {
        let line =
            CartLine { product_id: purchase.product_id.clone(), quantity: purchase.quantity.unwrap_or(1) };
        let cart = vec![line];
        cart::check(&cart)?;
        let metadata = purchase.metadata.clone().unwrap_or_default();
        metadata::check(&metadata)?;
        let customer = self.ledger.customer(&purchase.customer_id)?;
        let quote = price_cart(&self.ledger, &cart, &customer.billing.country)?;
        let is_plan = quote.lines.iter().any(|line| line.is_recurring);
        let continues = matches!(purchase.charge_type, Some(ChargeType::Renewal | ChargeType::PlanChange));
        let running = self.ledger.subscriptions.iter().find(|subscription| {
            subscription.customer_id == customer.id && subscription.product_id == purchase.product_id
        });
        if let (true, true, Some(subscription), Some(charge_type)) =
            (is_plan, continues, running, purchase.charge_type)
        {
            let id = subscription.id.clone();
            return self.pay_subscription(now, &id, charge_type, metadata);
        }
        let method = customer.methods.first();
        let charge = Charge {
            customer_id: customer.id.clone(),
            cart: cart.clone(),
            quote,
            billing: customer.billing.clone(),
            metadata: metadata.clone(),
            session_id: None,
            payment_id: None,
            method_id: method.map(|method| method.id.clone()),
            card: Some(method.map_or_else(
                || Card::new("visa", "4242", &customer.name, &customer.billing.country),
                |method| method.card.clone(),
            )),
            method_to_save: None,
            kind: purchase.charge_type,
        };
        let session_id = self.bought_session(now, &purchase.customer_id, cart, metadata);
        let payment_id =
            self.commit_charge(now, Charge { session_id: Some(session_id), ..charge }, Outcome::Succeed);
        self.payment_document(&payment_id)
    }

    /// A new customer with the cards of a scenario, so that tests need not share one. Errors: 404.
    pub fn make_customer(&mut self, now: Moment, scenario: &str) -> Result<Value, ApiError> {
        let scenario = Scenario::of_name(scenario).ok_or_else(ApiError::not_found)?;
        let id = self.ids.next("cus");
        let customer = Customer {
            email: format!(
                "{}-{}@example.com",
                scenario.name.replace('_', "-"),
                id.trim_start_matches("cus_").to_lowercase()
            ),
            id,
            name: scenario.title.to_owned(),
            phone_number: None,
            metadata: Metadata::new(),
            preferred_locale: None,
            created_at: now.stamp(),
            billing: scenario.billing(),
            methods: scenario.saved_methods(now, |_| self.ids.next("pm")),
            scenario: Some(scenario.words.to_owned()),
        };
        let document = customer.document(BUSINESS_ID);
        self.ledger.customers.push(customer);
        Ok(document)
    }

    /// Saves a scripted card for a customer and answers its list item. Errors: 404.
    pub fn add_method(&mut self, now: Moment, customer_id: &str, new: NewMethod) -> Result<Value, ApiError> {
        let id = self.ids.next("pm");
        let customer = self.ledger.customer_mut(customer_id)?;
        let plain = Card::new("visa", "4242", &customer.name, &customer.billing.country);
        let failing = new.error_code.map(|error_code| Behaviour::Fail { error_code });
        let method = SavedMethod {
            id,
            card: Card {
                network: new.network.unwrap_or(plain.network),
                last4: new.last4.unwrap_or(plain.last4),
                expiry_month: new.expiry_month.unwrap_or(plain.expiry_month),
                expiry_year: new.expiry_year.unwrap_or(plain.expiry_year),
                ..plain
            },
            recurring_enabled: new.recurring_enabled.unwrap_or(true),
            last_used_at: Some(now.stamp()),
            behaviour: new.behaviour.or(failing).unwrap_or(Behaviour::Pay),
        };
        let document = method.document();
        customer.methods.push(method);
        Ok(document)
    }

    /// Moves a product's price, minor units, and perhaps whether tax is in it. Errors: 404, 422 below 1.
    pub fn set_price(
        &mut self,
        now: Moment,
        product_id: &str,
        price: i64,
        tax_inclusive: Option<bool>,
    ) -> Result<Value, ApiError> {
        if price < 1 {
            return Err(ApiError::parameters("price must be at least 1 minor unit"));
        }
        let base_url = self.settings.base_url.clone();
        let product = self.ledger.products.get_mut(product_id).ok_or_else(ApiError::not_found)?;
        product.price = price;
        product.tax_inclusive = tax_inclusive.unwrap_or(product.tax_inclusive);
        product.updated_at = now.stamp();
        Ok(product.document(BUSINESS_ID, &base_url))
    }

    /// Sets a fault and answers its id. Errors: 422 for a status that HTTP does not have, and for no chance at all.
    pub fn set_fault(&mut self, mut rule: FaultRule) -> Result<String, ApiError> {
        if let super::fault::Fault::Status { status, .. } = &rule.fault
            && !(200..=599).contains(status)
        {
            return Err(ApiError::parameters("status must be between 200 and 599"));
        }
        if rule.chance.is_some_and(|per_mille| !(1..=1000).contains(&per_mille)) {
            return Err(ApiError::parameters("chance is per mille: between 1 and 1000"));
        }
        rule.id = self.ids.next("flt");
        let id = rule.id.clone();
        self.faults.rules.push(rule);
        Ok(id)
    }

    /// Payments counted by the value they carry under a metadata key.
    pub fn count_charges(&self, metadata_key: &str) -> Value {
        let mut found: Vec<(String, Vec<&super::payment::Payment>)> = Vec::new();
        for payment in &self.ledger.payments {
            let Some(value) = payment.metadata.get(metadata_key) else {
                continue;
            };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match found.iter_mut().find(|(known, _)| *known == value) {
                Some((_, payments)) => payments.push(payment),
                None => found.push((value, vec![payment])),
            }
        }
        let items: Vec<Value> = found
            .into_iter()
            .map(|(value, payments)| {
                let succeeded =
                    payments.iter().filter(|payment| payment.status == PaymentStatus::Succeeded).count();
                let ids: Vec<&String> = payments.iter().map(|payment| &payment.id).collect();
                json!({ "value": value, "count": payments.len(), "succeeded": succeeded, "payment_ids": ids })
            })
            .collect();
        json!({ "metadata_key": metadata_key, "items": items })
    }

    fn bought_session(
        &mut self,
        now: Moment,
        customer_id: &str,
        cart: Vec<CartLine>,
        metadata: Metadata,
    ) -> String {
        let id = self.ids.next("cks");
        let created_at = now.stamp();
        self.ledger.sessions.push(Session {
            id: id.clone(),
            cart,
            buyer: Buyer::Known(customer_id.to_owned()),
            is_one_click: false,
            shows_saved_methods: true,
            return_url: None,
            cancel_url: None,
            metadata,
            billing: None,
            trial_days: 0,
            created_at,
            expires_at: created_at.checked_add(Session::lifetime(false)).unwrap_or(created_at),
            payment_ids: Vec::new(),
        });
        id
    }
}
