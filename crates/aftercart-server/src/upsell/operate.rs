//! What an operator sees of attempts and refunds, and the two things they may say about an attempt.
//!
//! 1. No state is written here. What an operator says is a fact like any other: it goes through the one
//!    transition function and is kept, with their reason, among the facts of the attempt.
//! 2. "Nothing was charged" is believed only right after Dodo was searched to the end and showed no payment,
//!    and not while the request may still be on its way. What the search finds is taken in instead.
//! 3. "This payment is it" is believed only of a payment that carries this attempt's id and no checkout's,
//!    is of its customer, and is over its amount.
//! 4. What is settled stays settled: only Dodo says more about it.

use super::core::after;
use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, Checkout, Fact, Noted, Refund, Source};
use crate::dodo::{Payment, Purpose};
use crate::store::StoreError;
use aftercart_contract::PaymentId;
use jiff::Timestamp;
use serde::Serialize;

/// Steps that are paid twice are rare; more of them are not looked through.
const REFUNDS: u32 = 1_000;
/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 3..=500;

/// An attempt with everything that stands beside it.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) attempt: Attempt,
    /// The standard checkout at the same step.
    pub(crate) checkout: Option<Checkout>,
    /// The refund of the same step, if it was paid twice.
    pub(crate) refund: Option<Refund>,
    /// What was learnt, oldest first.
    pub(crate) facts: Vec<Noted>,
}

/// Why a person should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Nobody knows whether it was charged, and the window closed.
    GivenUp,
    /// The step was paid twice; the later payment is given back.
    PaidTwice,
    /// A refund that Dodo refused or never showed: make it by hand.
    RefundByHand,
    /// The payment given back began a subscription, which goes on and could not be ended: cancel it by hand.
    CancelSubscription,
}

impl Attention {
    /// What this attempt deserves now, given the refund of its step.
    pub(crate) fn of_attempt(attempt: &Attempt, refund: Option<&Refund>, now: Timestamp) -> Option<Self> {
        match (refund, &attempt.state) {
            (Some(refund), _) => Some(Self::of_refund(refund, now)),
            (None, AttemptState::GivenUp { .. }) => Some(Self::GivenUp),
            (None, _) => None,
        }
    }

    /// What this refund deserves now: always something.
    pub(crate) fn of_refund(refund: &Refund, now: Timestamp) -> Self {
        if refund.state.is_dead() {
            Self::RefundByHand
        } else if refund.is_end_by_hand(now) {
            Self::CancelSubscription
        } else {
            Self::PaidTwice
        }
    }
}

/// What an operator found out about an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Nothing was charged.
    Uncharged,
    /// This payment is its charge.
    Payment(PaymentId),
}

/// Why the operator's word was not taken. The attempt is then as Dodo knows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unresolved {
    #[error("there is no attempt of this id")]
    UnknownAttempt,
    #[error("a reason of 3 to 500 characters is needed: it is kept with the attempt")]
    ReasonNeeded,
    #[error("the attempt is settled already: it {0}")]
    Settled(&'static str),
    #[error("the charge may still be on its way: try again in a minute; what was never sent ends by itself")]
    UnderWay,
    #[error("Dodo knows {payment} for this attempt, which is now {state}: nothing was resolved")]
    DodoKnows { payment: PaymentId, state: &'static str },
    #[error("Dodo knows no such payment")]
    UnknownPayment,
    #[error("this payment is not this attempt's: {0}")]
    PaymentOfAnother(&'static str),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for Unresolved {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl Core {
    /// The newest attempts in one of these states, or in any if none is named, with the refunds of their steps.
    pub(crate) async fn attempts(
        &self,
        kinds: &[&str],
        limit: u32,
    ) -> Result<Vec<(Attempt, Option<Refund>)>, Refusal> {
        let attempts = self.store.list_attempts(kinds, limit).await?;
        let refunds = self.store.list_refunds(REFUNDS).await?;
        let of = |attempt: Attempt| {
            let refund =
                refunds.iter().find(|refund| refund.step.place() == attempt.payable.step.place()).cloned();
            (attempt, refund)
        };
        Ok(attempts.into_iter().map(of).collect())
    }

    /// Everything about one attempt.
    pub(crate) async fn story(&self, id: &str) -> Result<Story, Unresolved> {
        let attempt = self.store.attempt(id).await?.ok_or(Unresolved::UnknownAttempt)?;
        let step = &attempt.payable.step;
        Ok(Story {
            checkout: self.store.checkout_at(&step.place()).await?,
            refund: self.refunds_at(step).await?.into_iter().next(),
            facts: self.store.facts_of(id).await?,
            attempt,
        })
    }

    /// Takes the operator's word, if Dodo does not speak against it, and answers what became of the attempt.
    pub(crate) async fn resolve(
        &self,
        id: &str,
        resolution: &Resolution,
        reason: &str,
    ) -> Result<Attempt, Unresolved> {
        let reason = reason.trim();
        if !REASON.contains(&reason.chars().count()) {
            return Err(Unresolved::ReasonNeeded);
        }
        let attempt = self.store.attempt(id).await?.ok_or(Unresolved::UnknownAttempt)?;
        if attempt.state.is_settled() {
            return Err(Unresolved::Settled(attempt.state.kind()));
        }
        let resolved = match resolution {
            Resolution::Uncharged => self.resolve_uncharged(&attempt, reason).await?,
            Resolution::Payment(payment) => self.resolve_by(&attempt, payment, reason).await?,
        };
        tracing::warn!(attempt.id = id, state = resolved.state.kind(), "an operator resolved an attempt");
        Ok(resolved)
    }

    async fn resolve_uncharged(&self, attempt: &Attempt, reason: &str) -> Result<Attempt, Unresolved> {
        let over = after(self.sent_at(attempt).await?, self.config.dodo.timeout * 2);
        if attempt.state.is_unsent() || self.now() < over {
            return Err(Unresolved::UnderWay);
        }
        if let Some(change) = &attempt.change {
            let seen =
                self.look_at_change(attempt.clone(), change).await?.map_err(Refusal::DodoUnavailable)?;
            let state = &seen.attempt.state;
            if state.is_settled() || matches!(state, AttemptState::Scheduled { .. }) {
                return Err(Unresolved::Settled(seen.attempt.state.kind()));
            }
        }
        if let Some(found) = self.find_payment(attempt).await.map_err(Refusal::DodoUnavailable)? {
            let learnt = self.learn_payment(attempt.clone(), &found, Source::ReadBack).await?;
            return Err(Unresolved::DodoKnows { payment: found.payment_id, state: learnt.state.kind() });
        }
        let (at, fact) = (self.now(), Fact::ResolvedUncharged { at: self.now() });
        let reason = Some(reason.to_owned());
        let noted = Noted { at, source: Source::Operator, fact, state: String::new(), reason };
        Ok(self.learn_noted(attempt.clone(), noted, |_| {}).await?)
    }

    /// When the one request that charges began.
    pub(super) async fn sent_at(&self, attempt: &Attempt) -> Result<Timestamp, StoreError> {
        let facts = self.store.facts_of(&attempt.id).await?;
        let sent = facts.iter().find(|noted| noted.fact == Fact::SendingStarted);
        Ok(sent.map_or(attempt.claimed_at, |noted| noted.at))
    }

    async fn resolve_by(
        &self,
        attempt: &Attempt,
        id: &PaymentId,
        reason: &str,
    ) -> Result<Attempt, Unresolved> {
        let payment = self.dodo.payment(id).await.map_err(Refusal::DodoUnavailable)?;
        let payment = payment.ok_or(Unresolved::UnknownPayment)?;
        if let Some(mismatch) = mismatch(attempt, &payment) {
            return Err(Unresolved::PaymentOfAnother(mismatch));
        }
        let learnt = self.learn_payment_because(attempt.clone(), &payment, Source::Operator, Some(reason));
        Ok(learnt.await?)
    }
}

/// Why a payment cannot be this attempt's.
fn mismatch(attempt: &Attempt, payment: &Payment) -> Option<&'static str> {
    if payment.metadata_text(Purpose::ATTEMPT) != Some(attempt.id.as_str()) {
        Some("its metadata does not carry the attempt's id")
    } else if payment.metadata_text(Purpose::CHECKOUT).is_some() {
        Some("it was made in a checkout, by hand")
    } else if payment.customer.customer_id != attempt.payable.customer {
        Some("it is another customer's")
    } else if payment.total() != Some(attempt.quoted) {
        Some("it is over another amount: look at it in Dodo's dashboard")
    } else if attempt.payment.as_ref().is_some_and(|known| *known != payment.payment_id) {
        Some("the attempt has another payment already")
    } else {
        None
    }
}
