//! Subscriptions: begun by a plan in a cart, renewed by hand.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::addon::SubscribedAddon;
use super::address::Address;
use super::customer::{Customer, Metadata};
use super::error::ApiError;
use super::plan_change::ScheduledChange;
use super::product::Product;

/// Every plan bills in cycles of this length, as in Dodo's own worked examples.
const CYCLE: SignedDuration = SignedDuration::from_hours(30 * 24);
const TERM: SignedDuration = SignedDuration::from_hours(20 * 365 * 24);

/// Where a subscription stands. Only the states the sandbox can be in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// Paid up.
    Active,
    /// A plan change was applied and not paid.
    OnHold,
    /// Ended: it bills no more.
    Cancelled,
}

impl SubscriptionStatus {
    /// Whether its plan can be changed.
    pub fn is_active(self) -> bool {
        self == Self::Active
    }

    /// Dodo's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::OnHold => "on_hold",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A plan somebody pays for every cycle.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// `sub_…`
    pub id: String,
    /// `pdt_…` of the plan.
    pub product_id: String,
    /// At least 1.
    pub quantity: i64,
    /// `on_hold` after an unpaid plan change, `cancelled` at its end.
    pub status: SubscriptionStatus,
    /// ISO 4217.
    pub currency: String,
    /// What it carries beside the plan.
    pub addons: Vec<SubscribedAddon>,
    /// Charged when the merchant says, not by the cycle.
    pub on_demand: bool,
    /// Ends with the running cycle.
    pub cancel_at_next_billing_date: bool,
    /// Minor units per cycle for the whole quantity, addons included.
    pub recurring_pre_tax_amount: i64,
    /// Whether that amount contains the tax.
    pub tax_inclusive: bool,
    /// `cus_…`
    pub customer_id: String,
    /// Where it is billed.
    pub billing: Address,
    /// Copied from the session.
    pub metadata: Metadata,
    /// `pm_…` that renewals charge.
    pub method_id: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// Start of the running cycle.
    pub previous_billing_date: Timestamp,
    /// End of the running cycle.
    pub next_billing_date: Timestamp,
    /// Free days that it began with.
    pub trial_days: u32,
    /// Minor units that renewals and plan changes spend first; at least 0. In no document of Dodo's.
    pub credit_balance: i64,
    /// When it was ended.
    pub cancelled_at: Option<Timestamp>,
    /// The merchant's words about that.
    pub cancellation_comment: Option<String>,
    /// A change that takes the next renewal's place.
    pub scheduled_change: Option<ScheduledChange>,
}

/// When a cycle that begins at `at` ends.
pub(crate) fn cycle_end(at: Timestamp) -> Timestamp {
    at.checked_add(CYCLE).unwrap_or(Timestamp::MAX)
}

/// When a plan that begins at `at` is charged next: after its trial, else after a cycle.
pub(crate) fn first_renewal(at: Timestamp, trial_days: u32) -> Timestamp {
    if trial_days == 0 {
        return cycle_end(at);
    }
    at.checked_add(SignedDuration::from_hours(24 * i64::from(trial_days))).unwrap_or(Timestamp::MAX)
}

impl Subscription {
    /// Errors: 422 when it has ended and does nothing any more.
    pub(crate) fn refuse_ended(&self) -> Result<(), ApiError> {
        if self.status == SubscriptionStatus::Cancelled {
            return Err(ApiError::new(422, "SUBSCRIPTION_INACTIVE", "this subscription has ended"));
        }
        Ok(())
    }

    /// `GET /subscriptions/{id}`, and `data` of its webhooks.
    pub(crate) fn document(&self, business_id: &str, customer: &Customer) -> Value {
        let mut document = self.shared(customer);
        let rest = json!({
            "brand_id": business_id,
            "addons": self.addons,
            "meters": [],
            "credit_entitlement_cart": [],
            "meter_credit_entitlement_cart": [],
            "expires_at": self.created_at.checked_add(TERM).ok(),
            "cancellation_feedback": null,
            "cancellation_comment": self.cancellation_comment,
            "discounts": null,
            "custom_field_responses": null,
        });
        if let (Value::Object(document), Value::Object(rest)) = (&mut document, rest) {
            document.extend(rest);
        }
        document
    }

    /// One item of `GET /subscriptions`.
    pub(crate) fn list_item(&self, customer: &Customer, product: Option<&Product>) -> Value {
        let mut document = self.shared(customer);
        if let Value::Object(document) = &mut document {
            document.insert("product_name".into(), json!(product.map(|product| &product.name)));
            document.insert("discounts".into(), json!([]));
        }
        document
    }

    fn shared(&self, customer: &Customer) -> Value {
        json!({
            "subscription_id": self.id,
            "product_id": self.product_id,
            "quantity": self.quantity,
            "status": self.status,
            "currency": self.currency,
            "recurring_pre_tax_amount": self.recurring_pre_tax_amount,
            "tax_inclusive": self.tax_inclusive,
            "customer": customer.limited_document(),
            "billing": self.billing,
            "metadata": self.metadata,
            "created_at": self.created_at,
            "previous_billing_date": self.previous_billing_date,
            "next_billing_date": self.next_billing_date,
            "payment_frequency_count": 1,
            "payment_frequency_interval": "Month",
            "subscription_period_count": 20,
            "subscription_period_interval": "Year",
            "trial_period_days": self.trial_days,
            "trial_amount": null,
            "on_demand": self.on_demand,
            "cancel_at_next_billing_date": self.cancel_at_next_billing_date,
            "has_payment_method": self.method_id.is_some(),
            "payment_method_id": self.method_id,
            "scheduled_change": self.scheduled_change.as_ref().map(ScheduledChange::document),
            "cancelled_at": self.cancelled_at,
            "cancelled_by": null,
            "paused_at": null,
            "tax_id": null,
            "customer_business_name": null,
            "discount_id": null,
            "discount_cycles_remaining": null,
        })
    }
}
