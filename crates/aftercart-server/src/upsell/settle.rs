//! Finding out how an attempt went, and telling it.

use super::{Core, Refusal};
use crate::attempt::{
    Attempt, AttemptState, CLAIM_LIFETIME, Checkout, Fact, Noted, PollPolicy, Source, Step, next_look,
    outcome, overdue,
};
use crate::dodo::{DodoError, Payment, Purpose};
use aftercart_contract::Outcome;
use jiff::SignedDuration;

/// Dodo is asked about one attempt or checkout at most this often, however many pages poll.
pub(super) const READ_EVERY: SignedDuration = SignedDuration::from_millis(900);
/// Dodo's clock may be behind ours by this much.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

impl Core {
    /// How things stand at this step, after asking Dodo where that can help. `None`: nothing there.
    pub(super) async fn outcome_at(&self, step: &Step) -> Result<Option<Outcome>, Refusal> {
        let mut tries = self.store.tries_at(step).await?;
        let last = match tries.pop() {
            Some(last) => Some(self.refreshed(last).await?),
            None => None,
        };
        self.tell(speaking(tries, last), step).await
    }

    /// As [`Self::outcome_at`], as the store has it: asks nobody, and changes nothing.
    pub(super) async fn outcome_known(&self, step: &Step) -> Result<Option<Outcome>, Refusal> {
        let mut tries = self.store.tries_at(step).await?;
        let last = tries.pop();
        let checkout = self.store.checkout_at(&step.place()).await?;
        let attempt = speaking(tries, last);
        Ok(outcome(attempt.as_ref(), checkout.as_ref(), PollPolicy::DEFAULT, self.now()))
    }

    /// True while one of our own payments is young enough for its id to tell how it went.
    pub(super) async fn is_recent(&self, step: &Step) -> Result<bool, Refusal> {
        let attempt = self.store.attempt_at(step).await?;
        let checkout = self.store.checkout_at(&step.place()).await?;
        let of_attempt = attempt.iter().flat_map(|attempt| [Some(attempt.claimed_at), attempt.state.as_of()]);
        let of_checkout =
            checkout.iter().flat_map(|checkout| [Some(checkout.opened_at), checkout.state.as_of()]);
        Ok(of_attempt.chain(of_checkout).flatten().any(|moment| self.is_fresh(moment)))
    }

    /// The outcome of an attempt as it is known now, with its fallback checkout if it is dead.
    pub(super) async fn tell(
        &self,
        attempt: Option<Attempt>,
        step: &Step,
    ) -> Result<Option<Outcome>, Refusal> {
        let is_paid = attempt.as_ref().is_some_and(|attempt| attempt.state.is_paid());
        // What is paid speaks for itself.
        let checkout = if is_paid { None } else { self.store.checkout_at(&step.place()).await? };
        let mut checkout = match checkout {
            Some(checkout) => Some(self.refreshed_checkout(checkout).await?),
            None => None,
        };
        if let Some(attempt) = &attempt
            // A checkout for a plan would begin a second subscription.
            && attempt.change.is_none()
            && attempt.state.is_dead()
            && checkout.as_ref().is_none_or(|checkout| checkout.url.is_none() || self.has_run_out(checkout))
            // Nor is there anything left to pay for what was bought elsewhere meanwhile.
            && !self.is_had_without(attempt).await?
        {
            checkout = self.open_checkout(&attempt.payable, Some(&attempt.id)).await?;
        }
        if attempt.is_none()
            && let Some(failed) = checkout.take_if(|tried| tried.state.is_dead() && self.has_run_out(tried))
        {
            let opened = self.open_checkout(&failed.payable, None).await?;
            checkout = Some(opened.unwrap_or(Checkout { url: None, ..failed }));
        }
        Ok(outcome(attempt.as_ref(), checkout.as_ref(), PollPolicy::DEFAULT, self.now()))
    }

    /// True when the customer has, or is buying, what this attempt is for by something else.
    pub(super) async fn is_had_without(&self, attempt: &Attempt) -> Result<bool, Refusal> {
        let payable = &attempt.payable;
        Ok(self.store.owns_without(&payable.customer, &payable.product, &attempt.id).await?)
    }

    async fn refreshed(&self, attempt: Attempt) -> Result<Attempt, Refusal> {
        if attempt.state.is_settled() {
            return Ok(attempt);
        }
        if attempt.state.is_unsent() {
            return self.give_up_unsent(attempt).await;
        }
        if !self.store.take_attempt_read(&attempt.id, self.now(), READ_EVERY).await? {
            return Ok(attempt);
        }
        self.asked(attempt).await
    }

    /// What was never sent and has no time left is over, and a late sender finds it moved.
    pub(super) async fn give_up_unsent(&self, attempt: Attempt) -> Result<Attempt, Refusal> {
        let now = self.now();
        let fact = match attempt.state {
            AttemptState::Claimed if now.duration_since(attempt.claimed_at) >= CLAIM_LIFETIME => {
                Some(Fact::Refused { at: now, code: "NOT_SENT".to_owned() })
            }
            _ => overdue(&attempt.state, attempt.claimed_at, now),
        };
        match fact {
            Some(fact) => self.moved(attempt, fact, Source::Reconciler).await.map(|(attempt, _)| attempt),
            None => Ok(attempt),
        }
    }

    /// Moves an attempt on, if it is still what was read; else answers what it has become, and false.
    pub(super) async fn moved(
        &self,
        attempt: Attempt,
        fact: Fact,
        source: Source,
    ) -> Result<(Attempt, bool), Refusal> {
        let now = self.now();
        let mut after = attempt.clone();
        after.state = after.state.after(&fact);
        let next = next_look(&after.state, after.claimed_at, now);
        // The answer to what is just being sent comes by itself.
        after.look_at = if fact == Fact::SendingStarted { next.max(attempt.look_at) } else { next };
        let state = after.state.kind().to_owned();
        let noted = Noted { at: now, source, fact, state, reason: None };
        if self.store.replace_attempt(&after, &noted).await? {
            after.version += 1;
            return Ok((after, true));
        }
        Ok((self.store.attempt(&attempt.id).await?.unwrap_or(attempt), false))
    }

    /// Asks Dodo once. When Dodo cannot be asked, the attempt stays as it is.
    pub(super) async fn asked(&self, attempt: Attempt) -> Result<Attempt, Refusal> {
        if let Some(change) = attempt.change.clone() {
            return self.asked_of_change(attempt, &change).await;
        }
        match self.find_payment(&attempt).await {
            Ok(Some(payment)) => self.learn_payment(attempt, &payment, Source::ReadBack).await,
            Ok(None) => Ok(attempt),
            Err(error) => {
                tracing::warn!(attempt.id, %error, "an attempt's payment cannot be read");
                Ok(attempt)
            }
        }
    }

    /// The payment of an attempt: by its id, by its session, or by searching the customer's payments
    /// for the attempt's id in their metadata. `None` means that all of Dodo was asked.
    pub(super) async fn find_payment(&self, attempt: &Attempt) -> Result<Option<Payment>, DodoError> {
        if let Some(payment) = &attempt.payment
            && let Some(found) = self.dodo.payment(payment).await?
        {
            return Ok(Some(found));
        }
        if let Some(session) = &attempt.session
            && let Some(payment) = self.dodo.session_payment(session).await?
        {
            return self.dodo.payment(&payment).await;
        }
        let since = attempt.claimed_at.saturating_sub(CLOCK_SKEW).unwrap_or(attempt.claimed_at);
        let made_it = |payment: &Payment| {
            payment.metadata_text(Purpose::ATTEMPT) == Some(attempt.id.as_str())
                && payment.metadata_text(Purpose::CHECKOUT).is_none()
        };
        // List items lack the error code and the payment link.
        match self.dodo.find_payment(&attempt.payable.customer, since, made_it).await? {
            Some(found) => self.dodo.payment(&found.payment_id).await,
            None => Ok(None),
        }
    }

    async fn refreshed_checkout(&self, checkout: Checkout) -> Result<Checkout, Refusal> {
        if checkout.state.is_paid()
            || !self.store.take_checkout_read(&checkout.id, self.now(), READ_EVERY).await?
        {
            return Ok(checkout);
        }
        self.asked_of_checkout(checkout).await
    }

    /// As [`Self::asked`], for a checkout.
    pub(super) async fn asked_of_checkout(&self, checkout: Checkout) -> Result<Checkout, Refusal> {
        match self.payment_in(&checkout).await {
            Ok(Some(payment)) => {
                Ok(self.learn_checkout_payment(&checkout.id, &payment).await?.unwrap_or(checkout))
            }
            Ok(None) => Ok(checkout),
            Err(error) => {
                tracing::warn!(checkout.id, %error, "a checkout's payment cannot be read");
                Ok(checkout)
            }
        }
    }

    /// The payment in a checkout. `None`: Dodo says that there is none.
    pub(super) async fn payment_in(&self, checkout: &Checkout) -> Result<Option<Payment>, DodoError> {
        let Some(session) = &checkout.session else { return Ok(None) };
        let Some(payment) = self.dodo.session_payment(session).await? else { return Ok(None) };
        let found = self.dodo.payment(&payment).await?;
        found
            .map(Some)
            .ok_or_else(|| DodoError::Unreadable(format!("{session} names {payment}, which is not there")))
    }
}

/// The try that tells how a place stands: the last, unless one before it turned out paid after all.
fn speaking(before: Vec<Attempt>, last: Option<Attempt>) -> Option<Attempt> {
    match last {
        Some(last) if last.state.is_paid() => Some(last),
        last => before.into_iter().find(|tried| tried.state.is_paid()).or(last),
    }
}
