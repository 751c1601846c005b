//! The switch itself: what a subscription becomes, and when a payment's end makes it happen.

use jiff::Timestamp;
use serde::Deserialize;

use crate::core::addon::SubscribedAddon;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::outbox::Subject;
use crate::core::state::Core;
use crate::core::subscription::{Subscription, SubscriptionStatus, cycle_end};

/// What happens to the plan when its payment fails.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnPaymentFailure {
    /// The old plan stays, active. The switch waits for the payment.
    PreventChange,
    /// The plan is switched all the same and the subscription goes on hold.
    ApplyChange,
}

/// What a subscription becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChange {
    /// `pdt_…` of the new plan.
    pub product_id: String,
    /// At least 1.
    pub quantity: i64,
    /// What it carries beside the plan.
    pub addons: Vec<SubscribedAddon>,
    /// Minor units per cycle for the whole quantity, addons included.
    pub recurring_pre_tax_amount: i64,
    /// Whether that amount contains the tax.
    pub tax_inclusive: bool,
    /// Minor units added to the credit; negative when credit is spent.
    pub credits: i64,
    /// When a new cycle begins; none keeps the running one.
    pub cycle_from: Option<Timestamp>,
}

/// The change a payment is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChangePayment {
    /// `sub_…`
    pub subscription_id: String,
    /// What it becomes.
    pub change: PlanChange,
    /// As the request asked.
    pub on_failure: OnPaymentFailure,
    /// Whether the switch has been made.
    pub is_applied: bool,
}

impl Subscription {
    /// Puts the subscription on the new plan.
    pub(crate) fn switch_to(&mut self, change: &PlanChange) {
        self.product_id.clone_from(&change.product_id);
        self.quantity = change.quantity;
        self.addons.clone_from(&change.addons);
        self.recurring_pre_tax_amount = change.recurring_pre_tax_amount;
        self.tax_inclusive = change.tax_inclusive;
        // A renewal may have spent credit while the change waited for its payment.
        self.credit_balance = self.credit_balance.saturating_add(change.credits).max(0);
        if let Some(from) = change.cycle_from {
            self.previous_billing_date = from;
            self.next_billing_date = cycle_end(from);
        }
    }
}

impl Core {
    /// After a payment succeeded: the switch it was for, unless it was made before.
    pub(crate) fn finish_plan_change(&mut self, now: Moment, payment_id: &str) -> Result<(), ApiError> {
        if let Some(subscription_id) = self.apply_plan_change(now, payment_id)? {
            self.emit(now, "subscription.updated", &subject(&subscription_id));
        }
        Ok(())
    }

    /// After a payment failed and before that is told: an unpaid switch if the request asked for one.
    /// Answers the subscription that is to go on hold.
    pub(crate) fn apply_unpaid_change(
        &mut self,
        now: Moment,
        payment_id: &str,
    ) -> Result<Option<String>, ApiError> {
        let Some(paid_for) = &self.ledger.payment(payment_id)?.plan_change else {
            return Ok(None);
        };
        if paid_for.on_failure == OnPaymentFailure::PreventChange {
            return Ok(None);
        }
        let subscription_id = paid_for.subscription_id.clone();
        self.apply_plan_change(now, payment_id)?;
        Ok(Some(subscription_id))
    }

    /// Keeps a subscription from everything until it is paid.
    pub(crate) fn hold_subscription(&mut self, now: Moment, subscription_id: &str) -> Result<(), ApiError> {
        self.ledger.subscription_mut(subscription_id)?.status = SubscriptionStatus::OnHold;
        self.emit(now, "subscription.on_hold", &subject(subscription_id));
        Ok(())
    }

    /// Makes the switch a payment is for, once. Answers the subscription when it was made now.
    pub(super) fn apply_plan_change(
        &mut self,
        now: Moment,
        payment_id: &str,
    ) -> Result<Option<String>, ApiError> {
        let payment = self.ledger.payment_mut(payment_id)?;
        let Some(paid_for) = payment.plan_change.as_mut().filter(|paid_for| !paid_for.is_applied) else {
            return Ok(None);
        };
        paid_for.is_applied = true;
        let (id, change) = (paid_for.subscription_id.clone(), paid_for.change.clone());
        self.switch_plan(now, &id, &change)?;
        Ok(Some(id))
    }

    /// Switches and announces it.
    pub(crate) fn switch_plan(
        &mut self,
        now: Moment,
        subscription_id: &str,
        change: &PlanChange,
    ) -> Result<(), ApiError> {
        self.ledger.subscription_mut(subscription_id)?.switch_to(change);
        self.emit(now, "subscription.plan_changed", &subject(subscription_id));
        Ok(())
    }
}

/// What the events of a plan change are about.
pub(super) fn subject(subscription_id: &str) -> Subject {
    Subject::Subscription(subscription_id.to_owned(), None)
}
