//! The store of a simulated node: the same promises, kept in memory, in the order of insertion.
//!
//! It outlives the nodes of a history as a database outlives the processes. `store/suite.rs` holds it to
//! the promises that the real ones keep.

use super::port::{AcceptanceStore, Claim, EventSeen, StateCount, StoreError};
use crate::attempt::{Attempt, AttemptState, Checkout, Fact, Noted, Refund, Step};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, IdempotencyKey, OfferId, PaymentId, ProductId};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that a node leases at once.
const LEASED: usize = 32;

/// What happens around each transaction: a simulated disk may be slow, busy, or gone with its node.
#[async_trait]
pub trait Disk: fmt::Debug + Send + Sync {
    /// Before the transaction; false refuses it. Never returning is a crash.
    async fn before(&self) -> bool;
    /// After the commit; false loses the answer. Never returning is a crash.
    async fn after(&self) -> bool;
}

/// One node's door to the rows. Everything behind it happens at once, as in a serialised transaction.
#[derive(Clone, Debug)]
pub(crate) struct MemoryStore {
    pub(crate) rows: Arc<Mutex<Rows>>,
    pub(crate) disk: Arc<dyn Disk>,
    /// The planted fault: nothing is claimed before the call to Dodo, so nobody sees that one is under way.
    pub(crate) forgets_claims: bool,
}

/// The tables.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    events: BTreeMap<String, bool>,
    purchases: Vec<Purchase>,
    pub(crate) attempts: Vec<(Attempt, Timestamp)>,
    facts: Vec<(String, Noted)>,
    pub(crate) checkouts: Vec<(Checkout, Timestamp)>,
    pub(crate) refunds: Vec<Refund>,
    declines: Vec<(CustomerId, OfferId, PaymentId)>,
}

#[cfg(test)]
impl MemoryStore {
    /// An empty one whose disk never fails.
    pub(crate) fn calm() -> Self {
        #[derive(Debug)]
        struct Calm;

        #[async_trait]
        impl Disk for Calm {
            async fn before(&self) -> bool {
                true
            }

            async fn after(&self) -> bool {
                true
            }
        }
        Self { rows: Arc::default(), disk: Arc::new(Calm), forgets_claims: false }
    }
}

impl MemoryStore {
    /// True for an attempt that a question about claims sees.
    fn sees(&self, attempt: &Attempt) -> bool {
        !self.forgets_claims || !matches!(attempt.state, AttemptState::Claimed | AttemptState::Sent)
    }

    async fn transact<T>(
        &self,
        change: impl FnOnce(&mut Rows) -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        let busy = || StoreError::Database(sqlx::Error::PoolTimedOut);
        if !self.disk.before().await {
            return Err(busy());
        }
        let changed = change(&mut self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        if self.disk.after().await { changed } else { Err(busy()) }
    }
}

impl Rows {
    fn attempt_where(&self, wanted: impl Fn(&Attempt) -> bool) -> Option<Attempt> {
        self.attempts.iter().map(|(attempt, _)| attempt).find(|attempt| wanted(attempt)).cloned()
    }

    fn checkout_where(&self, wanted: impl Fn(&Checkout) -> bool) -> Option<Checkout> {
        self.checkouts.iter().map(|(checkout, _)| checkout).find(|checkout| wanted(checkout)).cloned()
    }

    /// True when the reconciler has given the attempt up, whatever came after.
    pub(crate) fn has_given_up(&self, attempt_id: &str) -> bool {
        let gave_up = |noted: &Noted| matches!(noted.fact, Fact::GaveUp { .. });
        self.facts.iter().any(|(id, noted)| id == attempt_id && gave_up(noted))
    }

    fn note(&mut self, attempt_id: &str, noted: &Noted) {
        let is_known = self
            .facts
            .iter()
            .any(|(id, known)| id == attempt_id && known.source == noted.source && known.fact == noted.fact);
        if !is_known {
            self.facts.push((attempt_id.to_owned(), noted.clone()));
        }
    }
}

fn is_due(look_at: Option<Timestamp>, now: Timestamp) -> bool {
    look_at.is_some_and(|at| at <= now)
}

#[async_trait]
impl AcceptanceStore for MemoryStore {
    async fn is_up(&self) -> bool {
        true
    }

    async fn keep_event(
        &self,
        id: &str,
        _kind: &str,
        _body: &str,
        _now: Timestamp,
    ) -> Result<EventSeen, StoreError> {
        self.transact(|rows| {
            let applied = rows.events.entry(id.to_owned()).or_insert(false);
            Ok(if *applied { EventSeen::Applied } else { EventSeen::ToApply })
        })
        .await
    }

    async fn mark_applied(&self, id: &str, _now: Timestamp) -> Result<(), StoreError> {
        self.transact(|rows| {
            rows.events.insert(id.to_owned(), true);
            Ok(())
        })
        .await
    }

    async fn put_purchase(&self, purchase: &Purchase, _now: Timestamp) -> Result<(), StoreError> {
        self.transact(|rows| {
            let is_over = |purchase: &Purchase| matches!(purchase.status.as_str(), "failed" | "cancelled");
            match rows.purchases.iter_mut().find(|known| known.payment == purchase.payment) {
                Some(known) if is_newer(known, purchase, is_over) => *known = purchase.clone(),
                Some(_) => {}
                None => rows.purchases.push(purchase.clone()),
            }
            Ok(())
        })
        .await
    }

    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError> {
        self.transact(|rows| Ok(rows.purchases.iter().find(|purchase| purchase.payment == *payment).cloned()))
            .await
    }

    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError> {
        self.transact(|rows| {
            let own = rows.purchases.iter().filter(|purchase| purchase.customer == *customer);
            let mut paid: Vec<_> = own.filter(|purchase| purchase.paid_at.is_some()).cloned().collect();
            paid.sort_by(|a, b| (b.paid_at, &b.payment).cmp(&(a.paid_at, &a.payment)));
            paid.truncate(10);
            Ok(paid)
        })
        .await
    }

    async fn owns(&self, customer: &CustomerId, product: &ProductId) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let bought = rows.purchases.iter().any(|purchase| {
                purchase.customer == *customer
                    && purchase.paid_at.is_some()
                    && purchase.products.contains(product)
            });
            let is_held = |attempt: &Attempt| self.sees(attempt) && holds(attempt, customer, product);
            let accepted = rows.attempts.iter().any(|(attempt, _)| is_held(attempt));
            let at_checkout = rows.checkouts.iter().any(|(checkout, _)| {
                let payable = &checkout.payable;
                payable.customer == *customer
                    && payable.product == *product
                    && matches!(checkout.state.kind(), "processing" | "action_required" | "succeeded")
            });
            Ok(bought || accepted || at_checkout)
        })
        .await
    }

    async fn claim(&self, attempt: &Attempt) -> Result<Claim, StoreError> {
        self.transact(|rows| {
            let payable = &attempt.payable;
            let seen = || rows.attempts.iter().map(|(known, _)| known).filter(|known| self.sees(known));
            if seen().any(|known| known.payable.step == payable.step) {
                return Ok(Claim::StepTaken);
            }
            if seen().any(|known| holds(known, &payable.customer, &payable.product)) {
                return Ok(Claim::ProductTaken);
            }
            rows.attempts.push((attempt.clone(), Timestamp::UNIX_EPOCH));
            Ok(Claim::Taken)
        })
        .await
    }

    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.transact(|rows| Ok(rows.attempt_where(|attempt| attempt.id == id))).await
    }

    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError> {
        let is_at = |attempt: &Attempt| attempt.payable.step == *step && self.sees(attempt);
        self.transact(|rows| Ok(rows.attempt_where(is_at))).await
    }

    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError> {
        self.transact(|rows| Ok(rows.attempt_where(|attempt| attempt.payment.as_ref() == Some(payment))))
            .await
    }

    async fn attempt_by_key(
        &self,
        customer: &CustomerId,
        key: &IdempotencyKey,
    ) -> Result<Option<Attempt>, StoreError> {
        self.transact(|rows| {
            Ok(rows.attempt_where(|attempt| attempt.payable.customer == *customer && attempt.key == *key))
        })
        .await
    }

    async fn replace_attempt(&self, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let found = rows.attempts.iter_mut().find(|(known, _)| known.id == attempt.id);
            let Some((known, _)) = found.filter(|(known, _)| known.version == attempt.version) else {
                return Ok(false);
            };
            *known = Attempt { version: attempt.version + 1, ..attempt.clone() };
            rows.note(&attempt.id, noted);
            Ok(true)
        })
        .await
    }

    async fn note_fact(&self, attempt_id: &str, noted: &Noted) -> Result<(), StoreError> {
        self.transact(|rows| {
            rows.note(attempt_id, noted);
            Ok(())
        })
        .await
    }

    async fn facts_of(&self, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
        self.transact(|rows| {
            Ok(rows.facts.iter().filter(|(id, _)| id == attempt_id).map(|(_, noted)| noted.clone()).collect())
        })
        .await
    }

    async fn take_attempt_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let found = rows.attempts.iter_mut().find(|(attempt, _)| attempt.id == id);
            Ok(found.is_some_and(|(_, read_at)| take(read_at, now, every)))
        })
        .await
    }

    async fn lease_attempts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| {
            let due = rows.attempts.iter_mut().map(|(attempt, _)| attempt);
            let due = due.filter(|attempt| is_due(attempt.look_at, now)).take(LEASED);
            Ok(due
                .map(|attempt| {
                    attempt.look_at = Some(until);
                    attempt.clone()
                })
                .collect())
        })
        .await
    }

    async fn look_at_attempt(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.transact(|rows| {
            let found = rows.attempts.iter_mut().map(|(attempt, _)| attempt);
            for attempt in found.filter(|attempt| attempt.id == id && attempt.version == version) {
                attempt.look_at = at;
            }
            Ok(())
        })
        .await
    }

    async fn list_attempts(&self, kinds: &[&str], limit: u32) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| {
            let wanted = |attempt: &&Attempt| kinds.is_empty() || kinds.contains(&attempt.state.kind());
            let mut found: Vec<_> =
                rows.attempts.iter().map(|(attempt, _)| attempt).filter(wanted).cloned().collect();
            found.sort_by(|a, b| b.claimed_at.cmp(&a.claimed_at).then_with(|| a.id.cmp(&b.id)));
            found.truncate(limit as usize);
            Ok(found)
        })
        .await
    }

    async fn count_attempts(&self) -> Result<Vec<StateCount>, StoreError> {
        self.transact(|rows| {
            let mut counts: BTreeMap<&'static str, (u64, Timestamp)> = BTreeMap::new();
            for (attempt, _) in &rows.attempts {
                let (count, oldest) = counts.entry(attempt.state.kind()).or_insert((0, attempt.claimed_at));
                *count += 1;
                *oldest = (*oldest).min(attempt.claimed_at);
            }
            let line =
                |(kind, (count, oldest)): (&str, _)| StateCount { kind: kind.to_owned(), count, oldest };
            Ok(counts.into_iter().map(line).collect())
        })
        .await
    }

    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        self.transact(|rows| {
            if rows.checkouts.iter().any(|(known, _)| known.payable.step == checkout.payable.step) {
                return Ok(false);
            }
            rows.checkouts.push((checkout.clone(), Timestamp::UNIX_EPOCH));
            Ok(true)
        })
        .await
    }

    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError> {
        self.transact(|rows| {
            rows.checkouts.retain(|(checkout, _)| checkout.id != id || checkout.url.is_some());
            Ok(())
        })
        .await
    }

    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| Ok(rows.checkout_where(|checkout| checkout.id == id))).await
    }

    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| Ok(rows.checkout_where(|checkout| checkout.payable.step == *step))).await
    }

    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| Ok(rows.checkout_where(|checkout| checkout.payment.as_ref() == Some(payment))))
            .await
    }

    async fn replace_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let found = rows.checkouts.iter_mut().find(|(known, _)| known.id == checkout.id);
            let Some((known, _)) = found.filter(|(known, _)| known.version == checkout.version) else {
                return Ok(false);
            };
            *known = Checkout { version: checkout.version + 1, ..checkout.clone() };
            Ok(true)
        })
        .await
    }

    async fn take_checkout_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let found = rows.checkouts.iter_mut().find(|(checkout, _)| checkout.id == id);
            Ok(found.is_some_and(|(_, read_at)| take(read_at, now, every)))
        })
        .await
    }

    async fn lease_checkouts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        self.transact(|rows| {
            let due = rows.checkouts.iter_mut().map(|(checkout, _)| checkout);
            let due = due.filter(|checkout| is_due(checkout.look_at, now)).take(LEASED);
            Ok(due
                .map(|checkout| {
                    checkout.look_at = Some(until);
                    checkout.clone()
                })
                .collect())
        })
        .await
    }

    async fn look_at_checkout(
        &self,
        id: &str,
        version: i64,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.transact(|rows| {
            let found = rows.checkouts.iter_mut().map(|(checkout, _)| checkout);
            for checkout in found.filter(|checkout| checkout.id == id && checkout.version == version) {
                checkout.look_at = at;
            }
            Ok(())
        })
        .await
    }

    async fn claim_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        self.transact(|rows| {
            if rows.refunds.iter().any(|known| known.step == refund.step) {
                return Ok(false);
            }
            rows.refunds.push(refund.clone());
            Ok(true)
        })
        .await
    }

    async fn refund_at(&self, step: &Step) -> Result<Option<Refund>, StoreError> {
        self.transact(|rows| Ok(rows.refunds.iter().find(|refund| refund.step == *step).cloned())).await
    }

    async fn replace_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        self.transact(|rows| {
            let found = rows.refunds.iter_mut().find(|known| known.id == refund.id);
            let Some(known) = found.filter(|known| known.version == refund.version) else { return Ok(false) };
            *known = Refund { version: refund.version + 1, ..refund.clone() };
            Ok(true)
        })
        .await
    }

    async fn lease_refunds(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Refund>, StoreError> {
        self.transact(|rows| {
            let due = rows.refunds.iter_mut().filter(|refund| is_due(refund.look_at, now)).take(LEASED);
            Ok(due
                .map(|refund| {
                    refund.look_at = Some(until);
                    refund.clone()
                })
                .collect())
        })
        .await
    }

    async fn look_at_refund(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.transact(|rows| {
            for refund in
                rows.refunds.iter_mut().filter(|refund| refund.id == id && refund.version == version)
            {
                refund.look_at = at;
            }
            Ok(())
        })
        .await
    }

    async fn list_refunds(&self, limit: u32) -> Result<Vec<Refund>, StoreError> {
        self.transact(|rows| Ok(rows.refunds.iter().rev().take(limit as usize).cloned().collect())).await
    }

    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        _reason: Option<&str>,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(|rows| {
            let is_known =
                rows.declines.iter().any(|(known, offer, _)| known == customer && *offer == step.offer);
            if !is_known {
                rows.declines.push((customer.clone(), step.offer.clone(), step.purchase.clone()));
            }
            Ok(())
        })
        .await
    }

    async fn declined_after(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
    ) -> Result<Option<PaymentId>, StoreError> {
        self.transact(|rows| {
            let found =
                rows.declines.iter().find(|(known, declined, _)| known == customer && declined == offer);
            Ok(found.map(|(_, _, purchase)| purchase.clone()))
        })
        .await
    }

    async fn put_events(
        &self,
        _subject: &str,
        _batch: &EventBatch,
        _now: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

/// True when what is learnt of a purchase outweighs what is known.
fn is_newer(known: &Purchase, learnt: &Purchase, is_over: impl Fn(&Purchase) -> bool) -> bool {
    match (known.paid_at, learnt.paid_at) {
        (Some(known), Some(learnt)) => learnt < known,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => is_over(learnt) || !is_over(known),
    }
}

/// True for an attempt that lives, or is paid, for this product.
fn holds(attempt: &Attempt, customer: &CustomerId, product: &ProductId) -> bool {
    let payable = &attempt.payable;
    payable.customer == *customer && payable.product == *product && !attempt.state.is_dead()
}

fn take(read_at: &mut Timestamp, now: Timestamp, every: SignedDuration) -> bool {
    let is_free = now.duration_since(*read_at) >= every;
    if is_free {
        *read_at = now;
    }
    is_free
}
