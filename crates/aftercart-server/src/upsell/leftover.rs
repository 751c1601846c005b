//! The subscription that a payment given back began: it would renew beside the one that is kept.
//!
//! 1. It is ended at once when the money is on its way back, and only where it is certain that it is the second one:
//!    every payment that is kept was read at Dodo, is the same customer's, and belongs to another subscription.
//! 2. It is read before it is ended. What is over is known to be over, whoever ended it; and a lost answer is
//!    followed by another look, because to end it twice is to end it once.
//! 3. It is tried for a day. Then a person ends it, and it is read for a month, so that the list says when it is done.
//! 4. Where the refund itself is left to a person, so is the subscription.

use super::{Core, Refusal};
use crate::attempt::{LeftSubscription, Refund};
use crate::dodo::{Payment, Subscription};

/// What Dodo's dashboard shows as the reason.
const COMMENT: &str = "Begun twice for the same offer; this second payment was given back";

impl Core {
    /// The subscription that this payment began, unless a payment that is kept belongs to it as well.
    ///
    /// Where that cannot be found out it is named: whoever ends it looks first.
    pub(super) async fn left_subscription(
        &self,
        refund: &Refund,
        payment: &Payment,
    ) -> Result<Option<LeftSubscription>, Refusal> {
        let Some(id) = payment.subscription_id.clone() else { return Ok(None) };
        let kept = self.kept_beside(refund).await?;
        if kept.iter().flatten().any(|kept| kept.subscription_id.as_ref() == Some(&id)) {
            return Ok(None);
        }
        tracing::error!(
            refund.id,
            subscription.id = id,
            "a plan was paid twice: its later subscription is to end"
        );
        Ok(Some(LeftSubscription { id, ended_at: None }))
    }

    /// Looks whether the subscription that is left is over, and ends it where it may be ended.
    pub(super) async fn end_left_subscription(&self, refund: Refund) -> Result<Refund, Refusal> {
        let Some(id) = refund.going_on().filter(|_| refund.state.is_paid() || refund.state.is_dead()) else {
            return Ok(refund);
        };
        let found = match self.dodo.subscription(id).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                tracing::error!(
                    refund.id,
                    subscription.id = id,
                    "Dodo does not know a subscription that is to end"
                );
                return Ok(refund);
            }
            Err(error) => {
                tracing::warn!(refund.id, %error, "a subscription that is to end cannot be read");
                return Ok(refund);
            }
        };
        let is_over = found.is_over() || (self.may_end(&refund, &found).await? && self.ends(&found).await);
        if !is_over {
            return Ok(refund);
        }
        let subscription = Some(LeftSubscription { id: id.to_owned(), ended_at: Some(self.now()) });
        let ended = Refund { subscription, ..refund.clone() };
        Ok(self.refund_becomes(refund, ended).await?.0)
    }

    async fn ends(&self, subscription: &Subscription) -> bool {
        let id = &subscription.subscription_id;
        match self.dodo.end_subscription(id, COMMENT).await {
            Ok(ended) if ended.is_over() => {
                tracing::info!(
                    subscription.id = id,
                    "the second subscription of a plan paid twice has ended"
                );
                return true;
            }
            Ok(other) => {
                tracing::warn!(subscription.id = id, status = other.status(), "a subscription did not end");
            }
            Err(error) => {
                tracing::warn!(subscription.id = id, %error, "a subscription is not known to have ended");
            }
        }
        false
    }

    /// True when this is certainly the second subscription of one offer, and the server still tries.
    async fn may_end(&self, refund: &Refund, found: &Subscription) -> Result<bool, Refusal> {
        if refund.is_end_by_hand(self.now()) {
            return Ok(false);
        }
        let kept = self.kept_beside(refund).await?;
        let is_another = |kept: &Option<Payment>| {
            kept.as_ref().is_some_and(|kept| {
                kept.customer.customer_id == found.customer.customer_id
                    && kept.subscription_id.as_ref().is_some_and(|id| *id != found.subscription_id)
            })
        };
        Ok(!kept.is_empty() && kept.iter().all(is_another))
    }

    /// Every payment for the place of this refund that is kept, as Dodo shows it; `None` for one that cannot be read.
    async fn kept_beside(&self, refund: &Refund) -> Result<Vec<Option<Payment>>, Refusal> {
        let refunds = self.refunds_at(&refund.step).await?;
        let mut kept = Vec::new();
        for paid in self.paid_at(&refund.step).await? {
            if refunds.iter().all(|refund| refund.payment != paid.payment) {
                kept.push(self.dodo.payment(&paid.payment).await.ok().flatten());
            }
        }
        Ok(kept)
    }
}
