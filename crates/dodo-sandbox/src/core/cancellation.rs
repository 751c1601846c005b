//! The end of a subscription: at once, or with the running cycle.

use serde::Deserialize;
use serde_json::Value;

use super::error::ApiError;
use super::moment::Moment;
use super::outbox::Subject;
use super::state::Core;
use super::subscription::SubscriptionStatus;

/// `PATCH /subscriptions/{id}`, as far as the sandbox knows it; any other field is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionPatch {
    status: Option<String>,
    cancel_at_next_billing_date: Option<bool>,
    /// Kept nowhere, as at Dodo: no document shows it.
    #[serde(rename = "cancel_reason")]
    _reason: Option<String>,
    cancellation_comment: Option<String>,
}

impl Core {
    /// Changes a subscription and answers its document.
    ///
    /// Errors: 404; 422 for a status other than `cancelled`, and for a subscription that has ended.
    pub(crate) fn patch_subscription(
        &mut self,
        now: Moment,
        id: &str,
        patch: SubscriptionPatch,
    ) -> Result<Value, ApiError> {
        if patch.status.as_ref().is_some_and(|status| status != "cancelled") {
            return Err(ApiError::parameters("the sandbox only ends subscriptions: `status` is `cancelled`"));
        }
        let subscription = self.ledger.subscription_mut(id)?;
        subscription.refuse_ended()?;
        if let Some(ends) = patch.cancel_at_next_billing_date {
            subscription.cancel_at_next_billing_date = ends;
        }
        if patch.cancellation_comment.is_some() {
            subscription.cancellation_comment = patch.cancellation_comment;
        }
        let mut event = "subscription.updated";
        if patch.status.is_some() {
            subscription.status = SubscriptionStatus::Cancelled;
            subscription.cancelled_at = Some(now.stamp());
            subscription.scheduled_change = None;
            event = "subscription.cancelled";
        }
        self.emit(now, event, &Subject::Subscription(id.to_owned(), None));
        self.subscription_document(id)
    }
}
