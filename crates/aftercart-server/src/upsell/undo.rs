//! The undo window: an accept that waits, is held, taken back, and sent at the end (ADR 0015).
//!
//! 1. The accept is claimed as every other, with what was agreed to; only its request waits.
//! 2. At the end of the window whoever comes first sends it: a page that asks for the status, or the
//!    reconciler of any node. Everything is read again before: purchase, price, method, or subscription, and that
//!    the product was not bought elsewhere meanwhile. What is not as it was agreed to is not sent, and has failed.
//! 3. One compare-and-swap decides between sent, held and taken back. Who loses it sends nothing, and tells what
//!    the attempt has become.
//! 4. What was taken back stays so: its step has its attempt, and a late repeat of the click is told.

use super::charge::{ANSWER_WITHIN, Order};
use super::plan::NoChange;
use super::settle::READ_EVERY;
use super::status::FOLLOW_SECONDS;
use super::{Core, Refusal};
use crate::attempt::{
    Attempt, AttemptState, Fact, Noted, Source, Step, may_be_sent, next_look, window, wished,
};
use crate::rules::Rule;
use aftercart_contract::{Outcome, Revocation, RevokeRequest, Subject};
use std::sync::Arc;
use tokio::time::timeout;

/// Why what was accepted is not sent, as a code of `shopper/failure.rs`.
type NotSent = &'static str;

impl Core {
    /// Holds, resumes or takes back an accept that is not sent; calls a planned change off.
    pub(crate) async fn revoke(
        &self,
        subject: &Subject,
        request: &RevokeRequest,
    ) -> Result<Outcome, Refusal> {
        let claims = self.offer_claims(subject, Some(&request.token), &request.offer_id)?;
        if self.now().as_second() >= claims.exp.saturating_add(FOLLOW_SECONDS) {
            return Err(Refusal::TokenExpired);
        }
        if request.wish == Revocation::Revoke && !self.means_an_undo() {
            return Ok(Outcome::Revoked);
        }
        let step = claims.named_step();
        let mut attempt = self.store.tries_at(&step).await?.pop().ok_or(Refusal::NotAccepted)?;
        loop {
            attempt = self.give_up_unsent(attempt).await?;
            let Some(fact) = wished(&attempt.state, request.wish, self.now()) else { break };
            let is_written;
            (attempt, is_written) = self.moved(attempt, fact, Source::Shopper).await?;
            if is_written {
                tracing::info!(attempt.id, state = attempt.state.kind(), "a shopper has second thoughts");
                break;
            }
        }
        let is_sent = !attempt.state.is_unsent() && !matches!(attempt.state, AttemptState::Revoked { .. });
        let planned = attempt.change.clone().filter(|_| is_sent && request.wish == Revocation::Revoke);
        if let Some(change) = planned {
            return self.call_off(attempt, &change).await;
        }
        // What came too late is told how it stands.
        let outcome = self.outcome_at(&step).await?.ok_or(Refusal::NotAccepted)?;
        Ok(self.with_remedy(outcome, &step, claims.vouched).await)
    }

    /// The claim of an offer whose rule has a window waits.
    pub(super) fn with_window(&self, claim: Attempt, rule: &Rule) -> Attempt {
        let Some(seconds) = rule.undo_seconds.filter(|_| self.waits_for_second_thoughts()) else {
            return claim;
        };
        let now = self.now();
        let state = claim.state.after(&window(seconds, now));
        let look_at = next_look(&state, claim.claimed_at, now);
        Attempt { state, look_at, ..claim }
    }

    /// Sends what was claimed, or tells that it waits.
    pub(super) async fn charge_or_wait(
        self: &Arc<Self>,
        claimed: Attempt,
        order: Order,
    ) -> Result<Outcome, Refusal> {
        let AttemptState::Waiting { turn, until } = claimed.state else {
            return self.charge_and_tell(claimed, order).await;
        };
        let (fact, state) = (Fact::Waits { turn, until }, claimed.state.kind().to_owned());
        let noted = Noted { at: self.now(), source: Source::Shopper, fact, state, reason: None };
        self.store.note_fact(&claimed.id, &noted).await?;
        let step = claimed.payable.step.clone();
        self.tell(Some(claimed), &step).await?.ok_or(Refusal::NotAccepted)
    }

    /// Sends what waits at this step, if its window is over, and waits a while for how it goes.
    pub(super) async fn send_if_due(self: &Arc<Self>, step: &Step) -> Result<(), Refusal> {
        let Some(attempt) = self.store.tries_at(step).await?.pop() else { return Ok(()) };
        let is_waiting = matches!(attempt.state, AttemptState::Waiting { .. });
        if !is_waiting
            || !may_be_sent(&attempt.state, attempt.claimed_at, self.now())
            || !self.store.take_attempt_read(&attempt.id, self.now(), READ_EVERY).await?
        {
            return Ok(());
        }
        let core = Arc::clone(self);
        let sending = self.charges.spawn(async move { core.send_waiting(attempt).await });
        match timeout(ANSWER_WITHIN, sending).await {
            Ok(Ok(sent)) => sent.map(drop),
            Ok(Err(panicked)) => {
                tracing::error!(error = %panicked, "a charge ended unexpectedly; its outcome will be looked up");
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    /// Ends the wait of an attempt whose time has come: sent, or over. When Dodo cannot be asked, it waits on.
    pub(super) async fn send_waiting(&self, attempt: Attempt) -> Result<Attempt, Refusal> {
        let attempt = self.give_up_unsent(attempt).await?;
        if may_be_sent(&attempt.state, attempt.claimed_at, self.now()) {
            match self.order_of(&attempt).await {
                Ok(Ok(order)) => return self.charge(attempt, order).await,
                Ok(Err(code)) => {
                    tracing::warn!(attempt.id, code, "what was accepted is not sent");
                    let fact = Fact::Refused { at: self.now(), code: code.to_owned() };
                    return self.moved(attempt, fact, Source::Charge).await.map(|(attempt, _)| attempt);
                }
                Err(error) => tracing::warn!(attempt.id, %error, "what was accepted cannot be sent yet"),
            }
        }
        let next = next_look(&attempt.state, attempt.claimed_at, self.now());
        self.store.look_at_attempt(&attempt.id, attempt.version, next).await?;
        Ok(attempt)
    }

    /// What is to be sent for this attempt, read anew.
    async fn order_of(&self, attempt: &Attempt) -> Result<Result<Order, NotSent>, Refusal> {
        const WITHDRAWN: NotSent = "NOT_SENT";
        let payable = &attempt.payable;
        let rule = self.book.rule(&payable.step.offer).filter(|rule| rule.product == payable.product);
        let occasion = self.occasion(&payable.step.occasion).await?;
        let (Some(rule), Some(occasion)) = (rule, occasion) else { return Ok(Err(WITHDRAWN)) };
        match self.confirm(&occasion).await {
            Err(Refusal::UnknownSubject) => return Ok(Err(WITHDRAWN)),
            confirmed => confirmed?,
        }
        match (&attempt.change, &rule.change) {
            (None, None) => {}
            (Some(agreed), Some(change)) => {
                return match self.quote_change(&occasion, rule, change).await {
                    Ok(quoted)
                        if quoted.is_as_agreed(attempt.quoted, agreed)
                            && quoted.renewal() == attempt.renewal =>
                    {
                        Ok(Ok(Order::Change(quoted.body)))
                    }
                    Ok(_) => Ok(Err("PRICE_MOVED")),
                    Err(NoChange::Because(_)) => Ok(Err(WITHDRAWN)),
                    Err(NoChange::Refused(refusal)) => Err(refusal),
                };
            }
            _ => return Ok(Err(WITHDRAWN)),
        }
        let quoted = match self.quote(&occasion, rule, payable.quantity).await {
            Err(Refusal::NoQuote | Refusal::AlreadyOwned) => return Ok(Err(WITHDRAWN)),
            quoted => quoted?,
        };
        if quoted.due_now() != attempt.quoted || quoted.renewal() != attempt.renewal {
            return Ok(Err("PRICE_MOVED"));
        }
        if self.is_had_without(attempt).await? {
            // Bought in the shop meanwhile.
            return Ok(Err(WITHDRAWN));
        }
        let is_agreed = |id: &String| Some(id) == attempt.method.as_ref();
        let mut ids = quoted.methods.iter().map(|method| method.payment_method_id.clone());
        Ok(match ids.find(is_agreed) {
            Some(method_id) => Ok(Order::Charge { cart: quoted.cart, method_id }),
            None => Err("NO_PAYMENT_METHOD"),
        })
    }
}
