//! Calling a planned change off.
//!
//! 1. The offer's token proves who asks; it does so for a while after it no longer accepts anything.
//! 2. Only the schedule that this very attempt made is called off, read from Dodo just before.
//! 3. One request. Whether it worked is read back when its answer does not say; a repeat finds it gone.

use super::super::status::FOLLOW_SECONDS;
use super::super::{Core, Refusal};
use super::settle::is_our_schedule;
use crate::attempt::{AttemptState, Fact, Source, Step};
use aftercart_contract::{Outcome, Revocation, RevokeRequest, Subject};

impl Core {
    /// Takes a planned change back before its day.
    pub(crate) async fn revoke(
        &self,
        subject: &Subject,
        request: &RevokeRequest,
    ) -> Result<Outcome, Refusal> {
        let claims = self.offer_claims(subject, Some(&request.token), &request.offer_id)?;
        if self.now().as_second() >= claims.exp.saturating_add(FOLLOW_SECONDS) {
            return Err(Refusal::TokenExpired);
        }
        let step = Step { occasion: claims.occasion, offer: claims.offer, number: claims.step };
        let attempt = self.store.attempt_at(&step).await?.ok_or(Refusal::NotAccepted)?;
        let Some(change) = attempt.change.clone().filter(|_| request.wish == Revocation::Revoke) else {
            return Err(Refusal::NotRevocable);
        };
        let seen = self.look_at_change(attempt, &change).await?.map_err(Refusal::DodoUnavailable)?;
        match &seen.attempt.state {
            AttemptState::CalledOff { .. } => return Ok(Outcome::Revoked),
            AttemptState::Scheduled { .. } => {}
            AttemptState::Succeeded { .. } => return Err(Refusal::AlreadyEffective),
            _ => return Err(Refusal::NotRevocable),
        }
        let subscription = self.dodo.subscription(&change.subscription).await;
        let subscription = subscription.map_err(Refusal::DodoUnavailable)?.ok_or(Refusal::NotRevocable)?;
        if !is_our_schedule(&subscription, &seen.attempt, &change) {
            return Err(Refusal::NotRevocable);
        }
        let as_of = seen.attempt.claimed_at;
        match self.dodo.call_off_change(&change.subscription).await {
            Ok(true) => {
                tracing::info!(attempt.id = seen.attempt.id, "a planned change is called off");
                self.learn(&seen.attempt.id, Fact::PlanCalledOff { as_of }, Source::Charge, |_| {}).await?;
                Ok(Outcome::Revoked)
            }
            // Gone already, or nobody knows: the subscription says.
            answer => {
                if let Err(error) = answer {
                    tracing::warn!(attempt.id = seen.attempt.id, %error, "the answer to calling a change off is lost");
                }
                let seen = self.look_at_change(seen.attempt, &change).await?;
                match seen.map_err(Refusal::DodoUnavailable)?.attempt.state {
                    AttemptState::CalledOff { .. } => Ok(Outcome::Revoked),
                    AttemptState::Succeeded { .. } => Err(Refusal::AlreadyEffective),
                    _ => Err(Refusal::Busy),
                }
            }
        }
    }
}
