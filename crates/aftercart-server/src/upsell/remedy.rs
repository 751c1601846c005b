//! What a shopper can do about a failure, told with it: another saved method, or putting this one right.
//!
//! The portal is the customer's whole account at Dodo. So its address is told only to somebody whom the merchant's
//! token named as this customer, never to who merely knows a payment's id.

use super::Core;
use crate::attempt::{Attempt, Step};
use crate::shopper::{Remedy, remedy};
use aftercart_contract::{Failure, Outcome, WebUrl};

impl Core {
    /// The outcome of this place with what can be done about a failure. `vouched`: as of an occasion.
    pub(super) async fn with_remedy(&self, outcome: Outcome, step: &Step, vouched: bool) -> Outcome {
        match outcome {
            Outcome::Failed(failure) => {
                let tries = match self.store.tries_at(step).await {
                    Ok(tries) => tries,
                    Err(error) => {
                        tracing::warn!(%error, "what can be done about a failure is not known");
                        return Outcome::Failed(failure);
                    }
                };
                let (retry, update_url) = tokio::join!(
                    self.retry(&failure, &tries, vouched),
                    self.update_url(&failure, tries.last(), vouched)
                );
                let retry = retry.unwrap_or_else(|error| {
                    tracing::warn!(%error, "another try cannot be offered");
                    None
                });
                Outcome::Failed(Failure { retry: retry.map(Box::new), update_url, ..failure })
            }
            Outcome::AlreadyAccepted { outcome } => {
                let outcome = Box::new(Box::pin(self.with_remedy(*outcome, step, vouched)).await);
                Outcome::AlreadyAccepted { outcome }
            }
            outcome => outcome,
        }
    }

    /// Where the shopper puts the method right, for a failure that this mends.
    async fn update_url(&self, failure: &Failure, last: Option<&Attempt>, vouched: bool) -> Option<WebUrl> {
        let mends = vouched && remedy(&failure.code) == Remedy::UpdateMethod;
        let tried = last.filter(|_| mends)?;
        let link = self.dodo.portal(&tried.payable.customer, self.config.success_url.as_ref()).await;
        let link = link.inspect_err(|error| tracing::warn!(%error, "no page to update a method on")).ok()?;
        let link = WebUrl::new(link).ok().filter(|link| self.config.may_send_to(link));
        if link.is_none() {
            tracing::error!("Dodo gave a portal address that is not in redirect_hosts: add its host there");
        }
        link
    }
}
