//! Payments and the two documents Dodo shows of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::address::Address;
use super::cart::CartLine;
use super::customer::{Card, Customer, Metadata, SavedMethod};
use super::plan_change::PlanChangePayment;
use super::refund::Refund;

/// Where a payment stands, in Dodo's words. Only the states the sandbox can be in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Paid. Final.
    Succeeded,
    /// Not paid. Final.
    Failed,
    /// Not paid, because the customer went back. Final.
    Cancelled,
    /// Waiting for the processor.
    Processing,
    /// Waiting for the customer's bank page.
    RequiresCustomerAction,
    /// A hosted session was confirmed before a method was chosen.
    RequiresPaymentMethod,
}

impl PaymentStatus {
    /// Whether nothing can change it any more, refunds apart.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Dodo's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Processing => "processing",
            Self::RequiresCustomerAction => "requires_customer_action",
            Self::RequiresPaymentMethod => "requires_payment_method",
        }
    }
}

/// Why a payment was made. One-time purchases carry none.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ChargeType {
    /// The first payment of a subscription.
    New,
    /// A later billing cycle.
    Renewal,
    /// A change of plan.
    PlanChange,
    /// A charge on an on-demand subscription.
    OnDemand,
}

/// One attempt to take money.
#[derive(Clone, Debug)]
pub struct Payment {
    /// `pay_…`
    pub id: String,
    /// Moves only towards a final status.
    pub status: PaymentStatus,
    /// When the attempt began.
    pub created_at: Timestamp,
    /// When the status last changed.
    pub updated_at: Option<Timestamp>,
    /// ISO 4217.
    pub currency: String,
    /// Minor units, tax included.
    pub total_amount: i64,
    /// The tax inside it.
    pub tax: i64,
    /// `cus_…`
    pub customer_id: String,
    /// Where it was billed.
    pub billing: Address,
    /// Everything bought, plans included; documents show one-time goods only.
    pub cart: Vec<CartLine>,
    /// Plans among `cart`, until they become subscriptions on success.
    pub plans: Vec<CartLine>,
    /// Free days before the first charge of `plans`.
    pub trial_days: u32,
    /// `sub_…` of the subscriptions this payment began or renewed.
    pub subscription_ids: Vec<String>,
    /// `cks_…`
    pub session_id: Option<String>,
    /// Copied from the session.
    pub metadata: Metadata,
    /// `pm_…` when a saved method was charged or the card was saved.
    pub method_id: Option<String>,
    /// The card it was tried on.
    pub card: Option<Card>,
    /// Kept back until success: the card the buyer asked to save.
    pub method_to_save: Option<SavedMethod>,
    /// The bank page of a payment that waits for the customer.
    pub payment_link: Option<String>,
    /// Null for a one-time purchase.
    pub charge_type: Option<ChargeType>,
    /// The plan change it is for.
    pub plan_change: Option<PlanChangePayment>,
    /// One of Dodo's decline codes once failed.
    pub error_code: Option<String>,
}

impl Payment {
    /// `GET /payments/{id}`, and `data` of its webhooks.
    pub(crate) fn document(&self, business_id: &str, customer: &Customer, refunds: &[&Refund]) -> Value {
        let settled = self.status == PaymentStatus::Succeeded;
        let mut document = self.list_item(business_id, customer, refunds);
        let rest = json!({
            "business_id": business_id,
            "updated_at": self.updated_at,
            "tax": self.tax,
            "settlement_amount": if settled { self.total_amount } else { 0 },
            "settlement_tax": if settled { self.tax } else { 0 },
            "settlement_currency": self.currency,
            "billing": self.billing,
            "product_cart": self.product_cart(),
            "payment_method_id": self.method_id,
            "card_holder_name": self.card.as_ref().map(|card| &card.holder),
            "card_issuing_country": self.card.as_ref().map(|card| &card.issuing_country),
            "payment_link": self.payment_link,
            "error_code": self.error_code,
            "error_message": self.error_code.as_deref().map(advice),
            "discount_id": null,
            "discounts": null,
            "refunds": refunds.iter().map(|refund| refund.inside_payment(business_id)).collect::<Vec<_>>(),
            "disputes": [],
            "custom_field_responses": null,
            "is_update_payment_method": false,
        });
        if let (Value::Object(document), Value::Object(rest)) = (&mut document, rest) {
            document.remove("dispute_status");
            document.remove("has_license_key");
            document.extend(rest);
        }
        document
    }

    /// One item of `GET /payments`: no tax, no cart, no error code.
    pub(crate) fn list_item(&self, business_id: &str, customer: &Customer, refunds: &[&Refund]) -> Value {
        let card = self.card.as_ref();
        json!({
            "payment_id": self.id,
            "brand_id": business_id,
            "status": self.status,
            "created_at": self.created_at,
            "currency": self.currency,
            "total_amount": self.total_amount,
            "customer": customer.limited_document(),
            "metadata": self.metadata,
            "subscription_id": self.subscription_ids.first(),
            "subscription_ids": self.subscription_ids,
            "is_multi_subscription": self.subscription_ids.len() > 1,
            "checkout_session_id": self.session_id,
            "payment_method": card.map(|_| "card"),
            "payment_method_type": card.map(|_| "credit"),
            "payment_provider": "dodo",
            "card_last_four": card.map(|card| &card.last4),
            "card_network": card.map(|card| &card.network),
            "card_type": card.map(|_| "credit"),
            "card_exp_month": card.map(|card| &card.expiry_month),
            "card_exp_year": card.map(|card| &card.expiry_year),
            "charge_type": self.charge_type,
            "three_ds_status": null,
            "three_ds_flow": null,
            "three_ds_version": null,
            "digital_products_delivered": false,
            "has_license_key": false,
            "includes_usage": false,
            "invoice_id": format!("inv_{}", self.id.trim_start_matches("pay_")),
            "invoice_url": null,
            "refund_status": (!refunds.is_empty()).then_some("full"),
            "dispute_status": null,
            "retry_attempt": 0,
            "service_periods": [],
        })
    }

    /// What was bought once; null when the payment was for plans only.
    fn product_cart(&self) -> Option<Vec<&CartLine>> {
        let goods: Vec<&CartLine> = self.cart.iter().filter(|line| !self.plans.contains(line)).collect();
        (!goods.is_empty()).then_some(goods)
    }
}

/// The merchant-facing sentence Dodo puts beside a decline code.
fn advice(code: &str) -> &'static str {
    match code {
        "INSUFFICIENT_FUNDS" => "The card has insufficient funds. Ask the customer to use another card.",
        "EXPIRED_CARD" => "The card has expired. Ask the customer to use another card.",
        "STOLEN_CARD" | "LOST_CARD" | "PICKUP_CARD" | "FRAUDULENT" => {
            "The issuer refused the payment. Do not show the reason to the customer."
        }
        "AUTHENTICATION_FAILURE" | "AUTHENTICATION_REQUIRED" | "AUTHENTICATION_TIMEOUT" => {
            "The customer did not complete the authentication."
        }
        "PROCESSING_ERROR" | "NETWORK_ERROR" | "NETWORK_TIMEOUT" => {
            "The payment could not be processed. The customer may try again later."
        }
        _ => "The issuer declined the payment. Ask the customer to use another payment method.",
    }
}
