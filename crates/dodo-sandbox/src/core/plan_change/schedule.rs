//! A plan change that waits for the next billing date.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::switch::{PlanChange, subject};
use crate::core::addon::SubscribedAddon;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::state::Core;

/// A change that takes the place of the next renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledChange {
    /// `scp_…`; the prefix is ours.
    pub id: String,
    /// `pdt_…`
    pub product_id: String,
    /// The plan's name when it was scheduled.
    pub product_name: String,
    /// Likewise.
    pub product_description: String,
    /// At least 1.
    pub quantity: i64,
    /// What is carried beside the plan.
    pub addons: Vec<SubscribedAddon>,
    /// The billing date it waits for.
    pub effective_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl ScheduledChange {
    /// `scheduled_change` of a subscription.
    pub(crate) fn document(&self) -> Value {
        json!({
            "id": self.id,
            "product_id": self.product_id,
            "product_name": self.product_name,
            "product_description": self.product_description,
            "quantity": self.quantity,
            "addons": self.addons,
            "effective_at": self.effective_at,
            "created_at": self.created_at,
        })
    }
}

impl Core {
    /// Keeps `change` for the next renewal. Whatever was scheduled before gives way.
    pub(crate) fn schedule_plan_change(
        &mut self,
        now: Moment,
        subscription_id: &str,
        change: &PlanChange,
    ) -> Result<(), ApiError> {
        let product = self.ledger.product(&change.product_id)?;
        let scheduled = ScheduledChange {
            id: self.ids.next("scp"),
            product_id: product.id.clone(),
            product_name: product.name.clone(),
            product_description: product.description.clone(),
            quantity: change.quantity,
            addons: change.addons.clone(),
            effective_at: self.ledger.subscription(subscription_id)?.next_billing_date,
            created_at: now.stamp(),
        };
        self.ledger.subscription_mut(subscription_id)?.scheduled_change = Some(scheduled);
        self.announce(now, subscription_id);
        Ok(())
    }

    /// `DELETE /subscriptions/{id}/change-plan/scheduled`.
    ///
    /// Errors: 422 for an unknown subscription, as documented; 404 when nothing is scheduled.
    pub(crate) fn cancel_scheduled_change(
        &mut self,
        now: Moment,
        subscription_id: &str,
    ) -> Result<(), ApiError> {
        let subscription = self
            .ledger
            .subscription_mut(subscription_id)
            .map_err(|_| ApiError::parameters("There is no such subscription"))?;
        if subscription.scheduled_change.take().is_none() {
            return Err(ApiError::new(
                404,
                "SCHEDULED_PLAN_CHANGE_NOT_FOUND",
                "No plan change of this subscription is scheduled",
            ));
        }
        self.announce(now, subscription_id);
        Ok(())
    }

    /// Forgets what was scheduled, because an immediate change takes its place.
    pub(crate) fn drop_schedule(&mut self, subscription_id: &str) {
        if let Ok(subscription) = self.ledger.subscription_mut(subscription_id) {
            subscription.scheduled_change = None;
        }
    }

    fn announce(&mut self, now: Moment, subscription_id: &str) {
        self.emit(now, "subscription.updated", &subject(subscription_id));
    }
}
