//! The store of a simulated node: the same promises, kept in memory, in the order of insertion.
//!
//! It outlives the nodes of a history as a database outlives the processes. `store/suite.rs` holds it to
//! the promises that the real ones keep.

mod attempts;
mod checkouts;
mod door;
mod figures;
mod prepared;
mod purchases;
mod rows;
mod told;

pub use door::Disk;
pub(crate) use door::MemoryStore;
pub(crate) use rows::Rows;

use super::figures::Figure;
use super::port::{AcceptanceStore, Claim, Decline, EventSeen, Old, PreparedOffer, StateCount, StoreError};
use crate::attempt::{Attempt, Checkout, Noted, Refund, Step};
use crate::occasion::{OccasionId, Trigger, TriggerId};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, OfferId, PaymentId, ProductId, Subject};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rows::{lease, look_at, replace};

/// Each method is one transaction, in the file of its table.
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
        self.transact(|rows| rows.keep_event(id)).await
    }

    async fn mark_applied(&self, id: &str, _now: Timestamp) -> Result<(), StoreError> {
        self.transact(|rows| {
            rows.events.insert(id.to_owned(), true);
        })
        .await
    }

    async fn put_purchase(&self, purchase: &Purchase, _now: Timestamp) -> Result<(), StoreError> {
        self.transact(|rows| rows.put_purchase(purchase)).await
    }

    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError> {
        self.transact(|rows| rows.purchases.iter().find(|purchase| purchase.payment == *payment).cloned())
            .await
    }

    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError> {
        self.transact(|rows| rows.purchases_of(customer)).await
    }

    async fn owns(&self, customer: &CustomerId, product: &ProductId) -> Result<bool, StoreError> {
        self.owns_without(customer, product, "").await
    }

    async fn owns_without(
        &self,
        customer: &CustomerId,
        product: &ProductId,
        attempt_id: &str,
    ) -> Result<bool, StoreError> {
        let sees = |attempt: &Attempt| attempt.id != attempt_id && self.sees(attempt);
        self.transact(|rows| rows.owns(customer, product, sees)).await
    }

    async fn claim(&self, attempt: &Attempt) -> Result<Claim, StoreError> {
        self.transact(|rows| rows.claim(attempt, |known| self.sees(known))).await
    }

    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.transact(|rows| rows.attempt_where(|attempt| attempt.id == id)).await
    }

    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError> {
        let is_at = |attempt: &Attempt| attempt.payable.step == *step && self.sees(attempt);
        self.transact(|rows| rows.attempt_where(is_at)).await
    }

    async fn tries_at(&self, step: &Step) -> Result<Vec<Attempt>, StoreError> {
        let is_at = |attempt: &Attempt| attempt.payable.step.place() == step.place() && self.sees(attempt);
        self.transact(|rows| rows.tries_where(is_at)).await
    }

    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError> {
        self.transact(|rows| rows.attempt_where(|attempt| attempt.payment.as_ref() == Some(payment))).await
    }

    async fn failures_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| rows.failures_of(customer)).await
    }

    async fn changes_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| rows.changes_of(customer)).await
    }

    async fn replace_attempt(&self, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
        self.transact(|rows| rows.replace_attempt(attempt, noted)).await
    }

    async fn note_fact(&self, attempt_id: &str, noted: &Noted) -> Result<(), StoreError> {
        self.transact(|rows| rows.note(attempt_id, noted)).await
    }

    async fn facts_of(&self, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
        self.transact(|rows| rows.facts_of(attempt_id)).await
    }

    async fn take_attempt_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.transact(|rows| rows.take_attempt_read(id, now, every)).await
    }

    async fn lease_attempts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| lease(rows.attempts_mut(), now, until)).await
    }

    async fn let_go_of_lone(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.transact(|rows| rows.let_go_of_lone(now)).await
    }

    async fn look_at_attempt(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.transact(|rows| look_at(rows.attempts_mut(), id, version, at)).await
    }

    async fn list_attempts(&self, kinds: &[&str], limit: u32) -> Result<Vec<Attempt>, StoreError> {
        self.transact(|rows| rows.list_attempts(kinds, limit)).await
    }

    async fn count_attempts(&self) -> Result<Vec<StateCount>, StoreError> {
        self.transact(|rows| rows.count_attempts()).await
    }

    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        self.transact(|rows| rows.claim_checkout(checkout)).await
    }

    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError> {
        self.transact(|rows| rows.drop_unopened_checkout(id)).await
    }

    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| rows.checkout_where(|checkout| checkout.id == id)).await
    }

    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| rows.checkout_where(|checkout| checkout.payable.step == *step)).await
    }

    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError> {
        self.transact(|rows| rows.checkout_where(|checkout| checkout.payment.as_ref() == Some(payment))).await
    }

    async fn replace_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        self.transact(|rows| rows.replace_checkout(checkout)).await
    }

    async fn take_checkout_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.transact(|rows| rows.take_checkout_read(id, now, every)).await
    }

    async fn lease_checkouts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        self.transact(|rows| lease(rows.checkouts_mut(), now, until)).await
    }

    async fn look_at_checkout(
        &self,
        id: &str,
        version: i64,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.transact(|rows| look_at(rows.checkouts_mut(), id, version, at)).await
    }

    async fn claim_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        self.transact(|rows| rows.claim_refund(refund)).await
    }

    async fn refund_at(&self, step: &Step) -> Result<Option<Refund>, StoreError> {
        self.transact(|rows| rows.refunds.iter().find(|refund| refund.step == *step).cloned()).await
    }

    async fn replace_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        self.transact(|rows| replace(rows.refunds.iter_mut(), refund)).await
    }

    async fn lease_refunds(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Refund>, StoreError> {
        self.transact(|rows| lease(rows.refunds.iter_mut(), now, until)).await
    }

    async fn look_at_refund(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.transact(|rows| look_at(rows.refunds.iter_mut(), id, version, at)).await
    }

    async fn list_refunds(&self, limit: u32) -> Result<Vec<Refund>, StoreError> {
        self.transact(|rows| rows.refunds.iter().rev().take(limit as usize).cloned().collect()).await
    }

    async fn put_trigger(&self, trigger: &Trigger) -> Result<(Trigger, bool), StoreError> {
        self.transact(|rows| rows.put_trigger(trigger)).await
    }

    async fn trigger(&self, id: &TriggerId) -> Result<Option<Trigger>, StoreError> {
        self.transact(|rows| rows.triggers.iter().find(|trigger| trigger.id == *id).cloned()).await
    }

    async fn triggers_of(&self, customer: &CustomerId) -> Result<Vec<Trigger>, StoreError> {
        self.transact(|rows| rows.triggers_of(customer)).await
    }

    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
        forgotten: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.transact(|rows| rows.put_decline(customer, step, reason, now, forgotten)).await
    }

    async fn decline_of(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
    ) -> Result<Option<Decline>, StoreError> {
        self.transact(|rows| rows.decline_of(customer, offer)).await
    }

    async fn put_events(
        &self,
        subject: &str,
        customer: Option<&CustomerId>,
        batch: &EventBatch,
        counts: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(|rows| rows.put_events(subject, customer, batch, counts, now)).await
    }

    async fn times_shown(&self, customer: &CustomerId, offer: &OfferId) -> Result<u64, StoreError> {
        self.transact(|rows| rows.times_shown(customer, offer)).await
    }

    async fn figures(&self, since: Timestamp) -> Result<Vec<Figure>, StoreError> {
        self.transact(|rows| rows.figures_since(since)).await
    }

    async fn forget(&self, _what: Old, _before: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError> {
        self.transact(|rows| rows.prepared_for(subject)).await
    }

    async fn revision_of(&self, customer: &CustomerId) -> Result<i64, StoreError> {
        self.transact(|rows| rows.revision_of(customer)).await
    }

    async fn has_begun(&self, occasion: &OccasionId) -> Result<bool, StoreError> {
        self.transact(|rows| rows.has_begun(occasion)).await
    }

    async fn put_prepared(&self, prepared: &PreparedOffer) -> Result<(), StoreError> {
        self.transact(|rows| rows.put_prepared(prepared)).await
    }

    async fn drop_prepared(&self, occasion: &OccasionId) -> Result<(), StoreError> {
        self.transact(|rows| rows.prepared.retain(|known| known.occasion != *occasion)).await
    }

    async fn lease_prepared(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PreparedOffer>, StoreError> {
        self.transact(|rows| rows.lease_prepared(now, until)).await
    }
}
