//! SQLite (one file, WAL, one writer at a time) or PostgreSQL (several nodes): the same statements for both.
//!
//! They differ in four places: opening, what has a transaction of its own (`batch.rs`), how claims wait for each other,
//! and how rows are leased. Migrations stand side by side in `migrations/sqlite` and `migrations/postgres` under the same
//! numbers, and only ever expand: see `migrations/README.md`.

mod attempts;
mod batch;
mod checkouts;
mod database;
mod events;
mod facts;
mod figures;
mod lease;
mod old;
mod one_row;
mod open;
mod prepared;
mod purchases;
mod reads;
mod refunds;
mod row;
mod shelf;
mod sqlite;
mod statement;
mod triggers;
mod turn;

use super::figures::Figure;
use super::port::{AcceptanceStore, Claim, Decline, EventSeen, Old, PreparedOffer, StateCount, StoreError};
use crate::attempt::{Attempt, Checkout, Noted, Refund, Step};
use crate::occasion::{OccasionId, Trigger, TriggerId};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, OfferId, PaymentId, ProductId, Subject};
use async_trait::async_trait;
use batch::{Batches, Write};
use database::Database;
use jiff::{SignedDuration, Timestamp};
use reads::Reads;
use statement::{Connection, statement};

/// The store in one database.
#[derive(Clone, Debug)]
pub(crate) struct SqlStore {
    database: Database,
    batches: Batches,
    reads: Reads,
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One file.
    Sqlite,
    /// A server, for several nodes.
    Postgres,
}

/// Each method is one query or one transaction, in the file of its table.
#[async_trait]
impl AcceptanceStore for SqlStore {
    async fn is_up(&self) -> bool {
        self.database
            .ask(async |connection| statement("select 1").all(connection, |_| Ok(())).await)
            .await
            .is_ok()
    }

    async fn keep_event(
        &self,
        id: &str,
        kind: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<EventSeen, StoreError> {
        let write = Write::Event { id: id.to_owned(), kind: kind.to_owned(), body: body.to_owned(), now };
        if self.batches.write(write).await? {
            return Ok(EventSeen::ToApply);
        }
        self.database.ask(async |connection| events::seen(connection, id).await).await
    }

    async fn mark_applied(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.batches.write(Write::Applied { id: id.to_owned(), now }).await.map(drop)
    }

    async fn put_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<(), StoreError> {
        self.batches.write(Write::Purchase { purchase: Box::new(purchase.clone()), now }).await.map(drop)
    }

    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError> {
        self.database.ask(async |connection| purchases::find(connection, payment).await).await
    }

    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError> {
        self.database.ask(async |connection| purchases::of_customer(connection, customer).await).await
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
        self.database
            .ask(async |connection| purchases::owns_without(connection, customer, product, attempt_id).await)
            .await
    }

    async fn claim(&self, attempt: &Attempt) -> Result<Claim, StoreError> {
        attempts::claim(self, attempt).await
    }

    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::by_id(connection, id).await).await
    }

    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::at_step(connection, step).await).await
    }

    async fn tries_at(&self, step: &Step) -> Result<Vec<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::tries(connection, step).await).await
    }

    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::by_payment(connection, payment).await).await
    }

    async fn failures_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::failures_of(connection, customer).await).await
    }

    async fn changes_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.database.ask(async |connection| attempts::changes_of(connection, customer).await).await
    }

    async fn replace_attempt(&self, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
        attempts::replace(self, attempt, noted).await
    }

    async fn note_fact(&self, attempt_id: &str, noted: &Noted) -> Result<(), StoreError> {
        let (attempt, noted) = (attempt_id.to_owned(), Box::new(noted.clone()));
        self.batches.write(Write::Fact { attempt, noted }).await.map(drop)
    }

    async fn facts_of(&self, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
        self.database.ask(async |connection| facts::of(connection, attempt_id).await).await
    }

    async fn take_attempt_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.take_read("attempts", "attempt_id", id, now, every).await
    }

    async fn lease_attempts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Attempt>, StoreError> {
        attempts::lease(self, now, until).await
    }

    async fn let_go_of_lone(&self, now: Timestamp) -> Result<u64, StoreError> {
        attempts::let_go_of_lone(self, now).await
    }

    async fn look_at_attempt(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.look_at("attempts", "attempt_id", id, version, at).await
    }

    async fn list_attempts(&self, kinds: &[&str], limit: u32) -> Result<Vec<Attempt>, StoreError> {
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.database
            .ask_at_length(async move |connection| attempts::list(connection, &kinds, limit).await)
            .await
    }

    async fn count_attempts(&self) -> Result<Vec<StateCount>, StoreError> {
        self.database.ask_at_length(async |connection| attempts::count(connection).await).await
    }

    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        let checkout = checkout.clone();
        self.database.write(async move |connection| checkouts::claim(connection, &checkout).await).await
    }

    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.database.write(async move |connection| checkouts::drop_unopened(connection, &id).await).await
    }

    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError> {
        self.database.ask(async |connection| checkouts::by_id(connection, id).await).await
    }

    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError> {
        self.database.ask(async |connection| checkouts::at_step(connection, step).await).await
    }

    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError> {
        self.database.ask(async |connection| checkouts::by_payment(connection, payment).await).await
    }

    async fn replace_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        let checkout = checkout.clone();
        self.database.write(async move |connection| checkouts::replace(connection, &checkout).await).await
    }

    async fn take_checkout_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        self.take_read("checkouts", "checkout_id", id, now, every).await
    }

    async fn lease_checkouts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Checkout>, StoreError> {
        checkouts::lease(self, now, until).await
    }

    async fn look_at_checkout(
        &self,
        id: &str,
        version: i64,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.look_at("checkouts", "checkout_id", id, version, at).await
    }

    async fn claim_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        let refund = refund.clone();
        self.database.write(async move |connection| refunds::claim(connection, &refund).await).await
    }

    async fn refund_at(&self, step: &Step) -> Result<Option<Refund>, StoreError> {
        self.database.ask(async |connection| refunds::at_step(connection, step).await).await
    }

    async fn replace_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        let refund = refund.clone();
        self.database.write(async move |connection| refunds::replace(connection, &refund).await).await
    }

    async fn lease_refunds(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Refund>, StoreError> {
        refunds::lease(self, now, until).await
    }

    async fn look_at_refund(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.look_at("refunds", "refund_id", id, version, at).await
    }

    async fn list_refunds(&self, limit: u32) -> Result<Vec<Refund>, StoreError> {
        self.database.ask_at_length(async move |connection| refunds::list(connection, limit).await).await
    }

    async fn put_trigger(&self, trigger: &Trigger) -> Result<(Trigger, bool), StoreError> {
        let trigger = trigger.clone();
        self.database.write(async move |connection| triggers::put(connection, &trigger).await).await
    }

    async fn trigger(&self, id: &TriggerId) -> Result<Option<Trigger>, StoreError> {
        self.database.ask(async |connection| triggers::find(connection, id).await).await
    }

    async fn triggers_of(&self, customer: &CustomerId) -> Result<Vec<Trigger>, StoreError> {
        self.database.ask(async |connection| triggers::of_customer(connection, customer).await).await
    }

    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
        forgotten: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (customer, step, reason) = (customer.clone(), step.clone(), reason.map(str::to_owned));
        let decline = async move |connection: &mut Connection<'_>| {
            events::put_decline(connection, &customer, &step, reason.as_deref(), now, forgotten).await
        };
        self.database.write(decline).await
    }

    async fn decline_of(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
    ) -> Result<Option<Decline>, StoreError> {
        self.database.ask(async |connection| events::decline_of(connection, customer, offer).await).await
    }

    async fn put_events(
        &self,
        subject: &str,
        customer: Option<&CustomerId>,
        batch: &EventBatch,
        counts: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (subject, customer, batch) = (subject.to_owned(), customer.cloned(), batch.clone());
        let report = async move |connection: &mut Connection<'_>| {
            events::put_reported(connection, &subject, customer.as_ref(), &batch, counts, now).await
        };
        self.database.write(report).await
    }

    async fn times_shown(&self, customer: &CustomerId, offer: &OfferId) -> Result<u64, StoreError> {
        self.database.ask(async |connection| events::times_shown(connection, customer, offer).await).await
    }

    async fn figures(&self, since: Timestamp) -> Result<Vec<Figure>, StoreError> {
        self.database.ask_at_length(async move |connection| figures::since(connection, since).await).await
    }

    async fn forget(&self, what: Old, before: Timestamp) -> Result<u64, StoreError> {
        old::forget(self, what, before).await
    }

    async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError> {
        self.reads.prepared(subject).await
    }

    async fn revision_of(&self, customer: &CustomerId) -> Result<i64, StoreError> {
        self.database.ask(async |connection| prepared::revision(connection, customer).await).await
    }

    async fn has_begun(&self, occasion: &OccasionId) -> Result<bool, StoreError> {
        self.database.ask(async |connection| prepared::has_begun(connection, occasion).await).await
    }

    async fn put_prepared(&self, prepared: &PreparedOffer) -> Result<(), StoreError> {
        self.batches.write(Write::Prepared(Box::new(prepared.clone()))).await.map(drop)
    }

    async fn drop_prepared(&self, occasion: &OccasionId) -> Result<(), StoreError> {
        let occasion = occasion.clone();
        self.database.write(async move |connection| prepared::drop_one(connection, &occasion).await).await
    }

    async fn lease_prepared(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PreparedOffer>, StoreError> {
        prepared::lease(self, now, until).await
    }
}
