//! Sending what was claimed: once, on a task of its own.
//!
//! 1. The claim, or what has waited for the end of its undo window (`undo.rs`), is moved to `sent`, stored,
//!    and only then the request is sent, once.
//! 2. It runs on its own task: a closed page does not stop it half-way.

use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, Fact, PollPolicy, Source, may_be_sent};
use crate::dodo::{Cart, ChangeBody, ChargeError, Purpose};
use aftercart_contract::Outcome;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// The shopper gets an answer within this time; the charge may go on.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// When the payment is read after the charge was initiated.
const READ_BACK_AFTER_MS: [u64; 6] = [0, 60, 120, 250, 400, 600];

/// The one request that an accept sends.
#[derive(Debug)]
pub(super) enum Order {
    /// A charge of a saved method.
    Charge { cart: Cart, method_id: String },
    /// A change of plan.
    Change(ChangeBody),
}

impl Core {
    pub(super) async fn charge_and_tell(
        self: &Arc<Self>,
        attempt: Attempt,
        order: Order,
    ) -> Result<Outcome, Refusal> {
        let step = attempt.payable.step.clone();
        let core = Arc::clone(self);
        let charge = self.charges.spawn(async move { core.charge(attempt, order).await });
        match timeout(ANSWER_WITHIN, charge).await {
            Ok(Ok(charged)) => self.tell(Some(charged?), &step).await?.ok_or(Refusal::NotAccepted),
            Ok(Err(panicked)) => {
                tracing::error!(error = %panicked, "a charge ended unexpectedly; its outcome will be looked up");
                Ok(Outcome::Unknown { poll_after_ms: PollPolicy::DEFAULT.unknown_ms })
            }
            Err(_) => Ok(Outcome::Processing { poll_after_ms: PollPolicy::DEFAULT.processing_ms }),
        }
    }

    /// Sends the charge, once, and learns what can be learnt soon.
    pub(super) async fn charge(&self, claimed: Attempt, order: Order) -> Result<Attempt, Refusal> {
        if !may_be_sent(&claimed.state, claimed.claimed_at, self.now()) {
            return Ok(claimed);
        }
        let (sent, is_ours) = self.moved(claimed, Fact::SendingStarted, Source::Charge).await?;
        if !is_ours {
            // Sent by another node, taken back, or declared dead meanwhile: it must not be sent any more.
            return Ok(sent);
        }
        let purpose = Purpose {
            occasion: sent.payable.step.occasion.clone(),
            offer: sent.payable.step.offer.to_string(),
            step: sent.payable.step.number,
            attempt: Some(sent.id.clone()),
            checkout: None,
        };
        let started = Instant::now();
        let return_to = self.config.success_url.as_ref();
        let answer = match &order {
            Order::Charge { cart, method_id } => {
                self.dodo.charge(cart, method_id, &purpose, return_to).await.map(Some)
            }
            Order::Change(body) => self.dodo.change_plan(body, &purpose).await.map(|()| None),
        };
        let duration_ms = started.elapsed().as_millis();
        let ended = match &answer {
            Ok(_) => "initiated",
            Err(ChargeError::NotCharged(_)) => "refused",
            Err(ChargeError::Unknown(_)) => "lost",
        };
        self.metrics.charged(ended, started.elapsed());
        match answer {
            Ok(initiated) => {
                tracing::info!(attempt.id = sent.id, duration_ms, "charge initiated");
                let attempt = match &initiated {
                    Some(initiated) => self.learn_initiated(sent, initiated).await?,
                    None => self.learn(sent, self.fact_of_taken_change(), Source::Charge, |_| {}).await?,
                };
                self.read_back(attempt).await
            }
            Err(ChargeError::NotCharged(code)) => {
                tracing::warn!(attempt.id = sent.id, duration_ms, code, "charge refused");
                let fact = Fact::Refused { at: self.now(), code };
                self.learn(sent, fact, Source::Charge, |_| {}).await
            }
            Err(ChargeError::Unknown(error)) => {
                tracing::warn!(attempt.id = sent.id, duration_ms, %error, "the charge's answer is lost");
                let attempt = self.learn(sent, Fact::AnswerLost, Source::Charge, |_| {}).await?;
                self.asked(attempt).await
            }
        }
    }

    /// Reads the payment a few times while it is not final. A webhook may have told already.
    async fn read_back(&self, mut attempt: Attempt) -> Result<Attempt, Refusal> {
        for wait in READ_BACK_AFTER_MS {
            let wants_customer = matches!(attempt.state, AttemptState::ActionRequired { url: Some(_), .. });
            let is_planned = matches!(attempt.state, AttemptState::Scheduled { .. });
            if attempt.state.is_settled() || is_planned || wants_customer {
                break;
            }
            sleep(Duration::from_millis(wait)).await;
            attempt = self.asked(attempt).await?;
        }
        Ok(attempt)
    }
}
