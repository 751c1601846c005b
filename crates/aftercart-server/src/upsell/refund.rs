//! The duplicate of last resort: an attempt believed dead was paid after all, and another try or the checkout too.
//!
//! 1. All payments for one place but the earliest are given back, whole: each claimed before any call to Dodo,
//!    unique in the database.
//! 2. One request, by the rules of a charge: `sent` is stored before it leaves, and nothing repeats it.
//!    A claim that was not sent yet is sent by whoever looks at it next, after it has read the payment: what
//!    somebody gave back already is not given back again.
//! 3. A request that Dodo did not take (429, or no connection) has done nothing. It becomes a claim again, by
//!    compare-and-swap, and is tried with growing pauses for a day; then a person makes it.
//! 4. A payment that began a subscription leaves it active: it is ended as `leftover.rs` says. A payment of 0, of a
//!    trial, is not asked back.
//! 5. How it went is read from the payment. What cannot be found out is given up, for the operator to see.

use super::core::after;
use super::{Core, Refusal};
use crate::attempt::{
    AttemptState, Fact, PaymentStatus, Refund, Step, is_refund_over, next_end_look, next_look,
    next_refund_try,
};
use crate::dodo::{Payment, RefundError};
use crate::store::StoreError;
use aftercart_contract::PaymentId;
use jiff::Timestamp;

/// What Dodo's dashboard shows as the reason.
const REASON: &str = "Paid twice: the first payment for the same offer succeeded later than expected";

/// One payment that succeeded.
pub(super) struct Paid {
    at: Timestamp,
    pub(super) payment: PaymentId,
}

impl Core {
    /// Claims the refund of every payment for this step's place but one, the earliest.
    ///
    /// The refunds of a place are claimed in a row, each at the next try's number: who claims one has seen all
    /// before it. So there is never one too many, whoever looks at the same time.
    pub(super) async fn claim_refund_of_duplicate(&self, step: &Step) -> Result<(), Refusal> {
        loop {
            // Read before the refunds: what is too old here gives back too little, never too much.
            let paid = self.paid_at(step).await?;
            if paid.len() < 2 {
                return Ok(());
            }
            let refunds = self.refunds_at(step).await?;
            let next = refunds.last().map_or_else(|| step.place(), |last| last.step.next_try());
            let is_kept = |paid: &Paid| refunds.iter().all(|refund| refund.payment != paid.payment);
            let mut kept: Vec<_> = paid.into_iter().filter(is_kept).collect();
            // The attempt before its checkout, should both have the same time.
            kept.sort_by_key(|paid| paid.at);
            let Some(later) = kept.pop().filter(|_| !kept.is_empty()) else { return Ok(()) };
            let now = self.now();
            let refund = Refund {
                id: self.ids.next(),
                step: next,
                payment: later.payment,
                subscription: None,
                state: AttemptState::Claimed,
                claimed_at: now,
                sent_at: None,
                look_at: Some(now),
                version: 0,
            };
            if self.store.claim_refund(&refund).await? {
                tracing::error!(
                    refund.id, payment.id = %refund.payment, offer.id = %step.offer,
                    "a step was paid twice: the later payment is given back"
                );
            }
        }
    }

    /// The refunds of this step's place, in the order they were claimed.
    pub(super) async fn refunds_at(&self, step: &Step) -> Result<Vec<Refund>, StoreError> {
        let (mut refunds, mut next) = (Vec::new(), step.place());
        while let Some(refund) = self.store.refund_at(&next).await? {
            next = refund.step.next_try();
            refunds.push(refund);
        }
        Ok(refunds)
    }

    /// Every payment for this step's place: of its tries, then of its checkout.
    pub(super) async fn paid_at(&self, step: &Step) -> Result<Vec<Paid>, StoreError> {
        let tries = self.store.tries_at(step).await?;
        let tries = tries.into_iter().map(|attempt| (attempt.state, attempt.payment));
        let checkout = self.store.checkout_at(&step.place()).await?;
        let checkout = checkout.map(|checkout| (checkout.state, checkout.payment));
        let mut paid: Vec<Paid> = Vec::new();
        for (state, payment) in tries.chain(checkout) {
            if let (AttemptState::Succeeded { as_of }, Some(payment)) = (state, payment)
                && paid.iter().all(|known| known.payment != payment)
            {
                paid.push(Paid { at: as_of, payment });
            }
        }
        Ok(paid)
    }

    pub(super) async fn look_at_refund(&self, refund: Refund) -> Result<(), Refusal> {
        let seen = match refund.state {
            AttemptState::Claimed => self.send_refund(refund).await?,
            _ => self.refund_read(refund).await?,
        };
        let seen = self.end_left_subscription(seen).await?;
        if seen.state == AttemptState::Claimed {
            // Its next try was stored with it.
            return Ok(());
        }
        let (now, sent_at) = (self.now(), seen.last_sent_at());
        let next = next_look(&seen.state, sent_at, now)
            .or_else(|| seen.going_on().and_then(|_| next_end_look(sent_at, now)));
        Ok(self.store.look_at_refund(&seen.id, seen.version, next).await?)
    }

    async fn send_refund(&self, claimed: Refund) -> Result<Refund, Refusal> {
        let payment = match self.dodo.payment(&claimed.payment).await {
            Ok(payment) => payment,
            Err(error) => {
                tracing::warn!(refund.id = claimed.id, %error, "the payment of a refund cannot be read");
                return self.not_taken(claimed, "GATEWAY_UNREACHABLE".to_owned()).await;
            }
        };
        let subscription = match &payment {
            Some(payment) => self.left_subscription(&claimed, payment).await?,
            None => None,
        };
        let claimed = Refund { subscription, ..claimed };
        if let Some(fact) = payment.and_then(|payment| payment.refund_fact().or_else(|| free(&payment))) {
            return Ok(self.refund_learns(claimed, fact).await?.0);
        }
        let claimed = Refund { sent_at: Some(self.now()), ..claimed };
        let (sent, is_ours) = self.refund_learns(claimed, Fact::SendingStarted).await?;
        if !is_ours {
            return Ok(sent);
        }
        let fact = match self.dodo.refund(&sent.payment, &sent.id, REASON).await {
            Ok(taken) => {
                tracing::info!(refund.id = sent.id, dodo.refund = taken.refund_id, "refund initiated");
                Fact::Initiated
            }
            Err(RefundError::NotNow(code)) => return self.not_taken(sent, code).await,
            Err(RefundError::Refused(code)) => {
                tracing::error!(refund.id = sent.id, code, "Dodo refused a refund: make it by hand");
                Fact::Refused { at: self.now(), code }
            }
            Err(RefundError::Unknown(error)) => {
                tracing::warn!(refund.id = sent.id, %error, "a refund's answer is lost");
                Fact::AnswerLost
            }
        };
        let (answered, _) = self.refund_learns(sent, fact).await?;
        self.refund_read(answered).await
    }

    /// Nothing was given back, for certain: a claim again, or the end of trying.
    async fn not_taken(&self, refund: Refund, code: String) -> Result<Refund, Refusal> {
        let now = self.now();
        if is_refund_over(refund.claimed_at, now) {
            tracing::error!(refund.id, code, "Dodo took no refund for a day: make it by hand");
            return Ok(self.refund_learns(refund, Fact::Refused { at: now, code }).await?.0);
        }
        tracing::warn!(refund.id, code, "Dodo did not take a refund; it is tried again");
        let claim = Refund {
            state: AttemptState::Claimed,
            look_at: Some(next_refund_try(refund.claimed_at, now)),
            ..refund.clone()
        };
        Ok(self.refund_becomes(refund, claim).await?.0)
    }

    /// Reads the payment; gives up when Dodo knows of no refund for too long.
    async fn refund_read(&self, refund: Refund) -> Result<Refund, Refusal> {
        if refund.state.is_settled() {
            return Ok(refund);
        }
        let payment = match self.dodo.payment(&refund.payment).await {
            Ok(payment) => payment,
            Err(error) => {
                tracing::warn!(refund.id, %error, "a refund cannot be read");
                return Ok(refund);
            }
        };
        let mut refund = refund;
        if refund.subscription.is_none()
            && let Some(payment) = &payment
        {
            let subscription = self.left_subscription(&refund, payment).await?;
            let changed = Refund { subscription, ..refund.clone() };
            (refund, _) = self.refund_becomes(refund, changed).await?;
        }
        let seen = payment.and_then(|payment| payment.refund_fact());
        let window = if seen.is_some() { self.config.pending } else { self.config.unseen };
        let is_late = self.now() >= after(refund.last_sent_at(), window);
        if let Some(fact) = seen {
            (refund, _) = self.refund_learns(refund, fact).await?;
        }
        if is_late && !refund.state.is_settled() && !refund.state.is_dead() {
            tracing::error!(refund.id, "a refund is given up: look at the payment in Dodo's dashboard");
            let fact = Fact::GaveUp { at: self.now() };
            (refund, _) = self.refund_learns(refund, fact).await?;
        }
        Ok(refund)
    }

    /// Applies a fact and stores the result. False: somebody else was faster, and this is what they made.
    async fn refund_learns(&self, refund: Refund, fact: Fact) -> Result<(Refund, bool), Refusal> {
        let mut changed = refund.clone();
        changed.state = refund.state.clone().after(&fact);
        self.refund_becomes(refund, changed).await
    }

    /// Stores what a refund has become, unless somebody else was faster.
    pub(super) async fn refund_becomes(
        &self,
        refund: Refund,
        mut changed: Refund,
    ) -> Result<(Refund, bool), Refusal> {
        if changed == refund {
            return Ok((refund, true));
        }
        if self.store.replace_refund(&changed).await? {
            changed.version += 1;
            return Ok((changed, true));
        }
        Ok((self.store.refund_at(&refund.step).await?.unwrap_or(refund), false))
    }
}

/// Of a payment of 0 there is nothing to give back.
fn free(payment: &Payment) -> Option<Fact> {
    let is_free = payment.total().is_some_and(|total| total.amount_minor.get() == 0);
    let as_of = payment.created_at;
    is_free.then_some(Fact::Payment { status: PaymentStatus::Succeeded, as_of, code: None, link: None })
}
