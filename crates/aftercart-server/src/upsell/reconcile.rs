//! The reconciler: nothing stays open because a process died, an answer was lost or a webhook never came.
//!
//! 1. Every node runs one. Rows are leased in the database, so that no two nodes look at the same one; the
//!    lease of a node that dies runs out by itself. A row that cannot be read, and a table that cannot be leased, are
//!    said in the log and keep no others from their look.
//! 2. A look asks Dodo for the payment by its id, by its session, or by searching the customer's payments
//!    for the attempt's id. What is found goes through the same door as a webhook.
//! 3. It charges nothing but what has waited for the end of its undo window (`undo.rs`). A claim that was never
//!    sent is declared dead.
//! 4. It gives up in two cases, each only right after Dodo answered a whole search, and says so in the log
//!    and in the operator's list: the charge was sent and Dodo has shown no payment for `unseen`; or the
//!    payment is there and has been pending for `pending` (a debit in India takes up to 51 hours).
//! 5. What was given up is still looked at for a month; paid after all, it counts as paid.
//! 6. A step that was paid twice gets its later payment back, once: see `refund.rs`. What is paid and stands alone is
//!    not looked at: in a busy shop a lost answer would wait behind it.

use super::core::after;
use super::plan::Seen;
use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, Checkout, Fact, Source, next_checkout_look, next_look};
use crate::dodo::DodoError;
use crate::store::StoreError;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Longer than any look takes: two reads, each tried twice.
const LEASE: Duration = Duration::from_secs(40);

/// Runs rounds until the core is gone or `stop` is cancelled.
pub(crate) async fn keep_reconciling(core: Weak<Core>, every: Duration, stop: CancellationToken) {
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = sleep(every) => {}
        }
        let Some(core) = core.upgrade() else { return };
        let round = core.reconcile().await;
        core.metrics.round(round.is_ok());
        if let Err(error) = round {
            tracing::error!(%error, "a round of reconciling failed; the next one tries again");
        }
    }
}

impl Core {
    /// One round: looks at everything that is due. Answers how many rows that were, or the first table's failure after
    /// all else that was due has been looked at.
    pub(crate) async fn reconcile(self: &Arc<Self>) -> Result<usize, Refusal> {
        let now = self.now();
        let until = after(now, LEASE);
        let mut failure = None;
        let let_go = or_nothing(self.store.let_go_of_lone(now).await, &mut failure);
        let mut count = usize::try_from(let_go).unwrap_or(usize::MAX);
        let mut looks = JoinSet::new();
        for attempt in or_nothing(self.store.lease_attempts(now, until).await, &mut failure) {
            let core = Arc::clone(self);
            looks.spawn(async move { core.look_at_attempt(attempt).await });
        }
        for checkout in or_nothing(self.store.lease_checkouts(now, until).await, &mut failure) {
            let core = Arc::clone(self);
            looks.spawn(async move { core.look_at_checkout(checkout).await });
        }
        for refund in or_nothing(self.store.lease_refunds(now, until).await, &mut failure) {
            let core = Arc::clone(self);
            looks.spawn(async move { core.look_at_refund(refund).await });
        }
        while let Some(look) = looks.join_next().await {
            count += 1;
            self.metrics.look(matches!(look, Ok(Ok(()))));
            match look {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "a look failed; its lease runs out"),
                Err(error) => tracing::error!(%error, "a look ended unexpectedly; its lease runs out"),
            }
        }
        failure.map_or(Ok(count), |error| Err(error.into()))
    }

    async fn look_at_attempt(self: &Arc<Self>, attempt: Attempt) -> Result<(), Refusal> {
        let seen = match &attempt.state {
            AttemptState::Waiting { .. } | AttemptState::Held { .. } => {
                // On its own task, as every charge: neither a stop nor a slow Dodo cuts it short. It plans its
                // own next look; should it not, the lease runs out.
                let core = Arc::clone(self);
                self.charges.spawn(async move { core.send_waiting(attempt).await });
                return Ok(());
            }
            AttemptState::Claimed => self.give_up_unsent(attempt).await?,
            AttemptState::Succeeded { .. } => {
                if attempt.change.is_none() {
                    self.claim_refund_of_duplicate(&attempt.payable.step).await?;
                }
                return Ok(self.store.look_at_attempt(&attempt.id, attempt.version, None).await?);
            }
            state if state.is_settled() => attempt,
            _ => self.searched(attempt).await?,
        };
        // Paid by what this look found: the next round sees whether the step was paid twice.
        let is_paid = seen.state.is_paid();
        let now = self.now();
        let next = if is_paid { Some(now) } else { next_look(&seen.state, seen.claimed_at, now) };
        Ok(self.store.look_at_attempt(&seen.id, seen.version, next).await?)
    }

    /// Asks Dodo, and gives up if that was the last time.
    async fn searched(&self, attempt: Attempt) -> Result<Attempt, Refusal> {
        let looked = match attempt.change.clone() {
            Some(change) => self.look_at_change(attempt.clone(), &change).await?,
            None => self.look_for_payment(attempt.clone()).await?,
        };
        let (seen, is_seen) = match looked {
            Ok(Seen { attempt, has_payment }) => (attempt, has_payment),
            Err(error) => {
                tracing::warn!(attempt.id, %error, "an attempt's payment cannot be read");
                return Ok(attempt);
            }
        };
        let window = if is_seen { self.config.pending } else { self.config.unseen };
        let is_planned = matches!(seen.state, AttemptState::Scheduled { .. });
        let is_open = !seen.state.is_settled() && !seen.state.is_dead() && !is_planned;
        // From the sending on: an undo window may lie before it.
        if !is_open
            || self.now() < after(seen.claimed_at, window)
            || self.now() < after(self.sent_at(&seen).await?, window)
        {
            return Ok(seen);
        }
        tracing::error!(
            attempt.id = seen.id, customer.id = %seen.payable.customer, payment.seen = is_seen,
            "an attempt is given up: look at it with `aftercart-server attempts show`"
        );
        let fact = Fact::GaveUp { at: self.now() };
        self.learn(seen, fact, Source::Reconciler, |_| {}).await
    }

    async fn look_for_payment(&self, attempt: Attempt) -> Result<Result<Seen, DodoError>, Refusal> {
        let found = match self.find_payment(&attempt).await {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let has_payment = found.is_some();
        let attempt = match found {
            Some(payment) => self.learn_payment(attempt, &payment, Source::ReadBack).await?,
            None => attempt,
        };
        Ok(Ok(Seen { attempt, has_payment }))
    }

    async fn look_at_checkout(&self, checkout: Checkout) -> Result<(), Refusal> {
        if checkout.state.is_paid() {
            self.claim_refund_of_duplicate(&checkout.payable.step).await?;
            return Ok(self.store.look_at_checkout(&checkout.id, checkout.version, None).await?);
        }
        let seen = self.asked_of_checkout(checkout).await?;
        let is_paid = seen.state.is_paid();
        let now = self.now();
        let next = if is_paid { Some(now) } else { next_checkout_look(&seen.state, seen.opened_at, now) };
        Ok(self.store.look_at_checkout(&seen.id, seen.version, next).await?)
    }
}

/// What a table answered, or nothing: the next one has its turn, whatever became of this one.
fn or_nothing<Answer: Default>(
    answer: Result<Answer, StoreError>,
    failure: &mut Option<StoreError>,
) -> Answer {
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "what is due in a table cannot be had; the next one has its turn");
        failure.get_or_insert(error);
        Answer::default()
    })
}
