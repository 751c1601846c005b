//! Calling a planned change off.
//!
//! 1. Only the schedule that this very attempt made is called off, read from Dodo just before.
//! 2. One request. Whether it worked is read back when its answer does not say; a repeat finds it gone.

use super::super::{Core, Refusal};
use super::settle::is_our_schedule;
use crate::attempt::{AgreedChange, Attempt, AttemptState, Fact, Source};
use aftercart_contract::Outcome;

impl Core {
    /// Takes a planned change back before its day.
    pub(in crate::upsell) async fn call_off(
        &self,
        attempt: Attempt,
        change: &AgreedChange,
    ) -> Result<Outcome, Refusal> {
        let seen = self.look_at_change(attempt, change).await?.map_err(Refusal::DodoUnavailable)?;
        match &seen.attempt.state {
            AttemptState::CalledOff { .. } => return Ok(Outcome::Revoked),
            AttemptState::Scheduled { .. } => {}
            AttemptState::Succeeded { .. } => return Err(Refusal::AlreadyEffective),
            _ => return Err(Refusal::NotRevocable),
        }
        let subscription = self.dodo.subscription(&change.subscription).await;
        let subscription = subscription.map_err(Refusal::DodoUnavailable)?.ok_or(Refusal::NotRevocable)?;
        if !is_our_schedule(&subscription, &seen.attempt, change) {
            return Err(Refusal::NotRevocable);
        }
        let as_of = seen.attempt.claimed_at;
        match self.dodo.call_off_change(&change.subscription).await {
            Ok(true) => {
                tracing::info!(attempt.id = seen.attempt.id, "a planned change is called off");
                self.learn(seen.attempt, Fact::PlanCalledOff { as_of }, Source::Charge, |_| {}).await?;
                Ok(Outcome::Revoked)
            }
            // Gone already, or nobody knows: the subscription says.
            answer => {
                if let Err(error) = answer {
                    tracing::warn!(attempt.id = seen.attempt.id, %error, "the answer to calling a change off is lost");
                }
                let seen = self.look_at_change(seen.attempt, change).await?;
                match seen.map_err(Refusal::DodoUnavailable)?.attempt.state {
                    AttemptState::CalledOff { .. } => Ok(Outcome::Revoked),
                    AttemptState::Succeeded { .. } => Err(Refusal::AlreadyEffective),
                    _ => Err(Refusal::Busy),
                }
            }
        }
    }
}
