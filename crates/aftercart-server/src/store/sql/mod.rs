//! SQLite (one file, WAL, one writer at a time) or PostgreSQL (several nodes): the same statements for both.
//!
//! sqlx's `Any` driver carries them: text, 64-bit integers and null are all that the columns hold. The two
//! databases differ in three places, each a `match` on [`Kind`]: opening, how a writing transaction begins,
//! and how rows are leased. Migrations stand side by side in `migrations/sqlite` and `migrations/postgres`
//! under the same numbers, and only ever expand: see `migrations/README.md`.

mod attempts;
mod batch;
mod checkouts;
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
use jiff::{SignedDuration, Timestamp};
use reads::Reads;
use shelf::Shelf;
use sqlx::{Any, AnyPool, Transaction};

/// The store in one database.
#[derive(Clone, Debug)]
pub(crate) struct SqlStore {
    pool: AnyPool,
    kind: Kind,
    batches: Batches,
    reads: Reads,
    /// For whatever reads one thing.
    questions: Shelf,
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One file.
    Sqlite,
    /// A server, for several nodes.
    Postgres,
}

impl Kind {
    /// Begins a transaction that writes. SQLite takes the write lock at once, so that it cannot fail half-way.
    fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin",
        }
    }
}

impl SqlStore {
    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(self.pool.begin_with(self.kind.begin()).await?)
    }
}

/// Each method is one query or one transaction, in the file of its table.
#[async_trait]
impl AcceptanceStore for SqlStore {
    async fn is_up(&self) -> bool {
        sqlx::query("select 1").execute(&self.pool).await.is_ok()
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
        self.questions.ask(async |connection| events::seen(connection, id).await).await
    }

    async fn mark_applied(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.batches.write(Write::Applied { id: id.to_owned(), now }).await.map(drop)
    }

    async fn put_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<(), StoreError> {
        self.batches.write(Write::Purchase { purchase: Box::new(purchase.clone()), now }).await.map(drop)
    }

    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError> {
        self.questions.ask(async |connection| purchases::find(connection, payment).await).await
    }

    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError> {
        self.questions.ask(async |connection| purchases::of_customer(connection, customer).await).await
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
        self.questions
            .ask(async |connection| purchases::owns_without(connection, customer, product, attempt_id).await)
            .await
    }

    async fn claim(&self, attempt: &Attempt) -> Result<Claim, StoreError> {
        attempts::claim(self, attempt).await
    }

    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::by_id(connection, id).await).await
    }

    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::at_step(connection, step).await).await
    }

    async fn tries_at(&self, step: &Step) -> Result<Vec<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::tries(connection, step).await).await
    }

    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::by_payment(connection, payment).await).await
    }

    async fn failures_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::failures_of(connection, customer).await).await
    }

    async fn changes_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError> {
        self.questions.ask(async |connection| attempts::changes_of(connection, customer).await).await
    }

    async fn replace_attempt(&self, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
        attempts::replace(self, attempt, noted).await
    }

    async fn note_fact(&self, attempt_id: &str, noted: &Noted) -> Result<(), StoreError> {
        let (attempt, noted) = (attempt_id.to_owned(), Box::new(noted.clone()));
        self.batches.write(Write::Fact { attempt, noted }).await.map(drop)
    }

    async fn facts_of(&self, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
        self.questions.ask(async |connection| facts::of(connection, attempt_id).await).await
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
        self.questions.ask(async |connection| attempts::list(connection, kinds, limit).await).await
    }

    async fn count_attempts(&self) -> Result<Vec<StateCount>, StoreError> {
        self.questions.ask(async |connection| attempts::count(connection).await).await
    }

    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        checkouts::claim(&self.pool, checkout).await
    }

    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError> {
        checkouts::drop_unopened(&self.pool, id).await
    }

    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError> {
        self.questions.ask(async |connection| checkouts::by_id(connection, id).await).await
    }

    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError> {
        self.questions.ask(async |connection| checkouts::at_step(connection, step).await).await
    }

    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError> {
        self.questions.ask(async |connection| checkouts::by_payment(connection, payment).await).await
    }

    async fn replace_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        checkouts::replace(&self.pool, checkout).await
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
        refunds::claim(&self.pool, refund).await
    }

    async fn refund_at(&self, step: &Step) -> Result<Option<Refund>, StoreError> {
        self.questions.ask(async |connection| refunds::at_step(connection, step).await).await
    }

    async fn replace_refund(&self, refund: &Refund) -> Result<bool, StoreError> {
        refunds::replace(&self.pool, refund).await
    }

    async fn lease_refunds(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Refund>, StoreError> {
        refunds::lease(self, now, until).await
    }

    async fn look_at_refund(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.look_at("refunds", "refund_id", id, version, at).await
    }

    async fn list_refunds(&self, limit: u32) -> Result<Vec<Refund>, StoreError> {
        self.questions.ask(async |connection| refunds::list(connection, limit).await).await
    }

    async fn put_trigger(&self, trigger: &Trigger) -> Result<(Trigger, bool), StoreError> {
        triggers::put(&self.pool, trigger).await
    }

    async fn trigger(&self, id: &TriggerId) -> Result<Option<Trigger>, StoreError> {
        self.questions.ask(async |connection| triggers::find(connection, id).await).await
    }

    async fn triggers_of(&self, customer: &CustomerId) -> Result<Vec<Trigger>, StoreError> {
        self.questions.ask(async |connection| triggers::of_customer(connection, customer).await).await
    }

    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
        forgotten: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        events::put_decline(&self.pool, customer, step, reason, now, forgotten).await
    }

    async fn decline_of(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
    ) -> Result<Option<Decline>, StoreError> {
        self.questions.ask(async |connection| events::decline_of(connection, customer, offer).await).await
    }

    async fn put_events(
        &self,
        subject: &str,
        customer: Option<&CustomerId>,
        batch: &EventBatch,
        counts: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        events::put_reported(self, subject, customer, batch, counts, now).await
    }

    async fn times_shown(&self, customer: &CustomerId, offer: &OfferId) -> Result<u64, StoreError> {
        self.questions.ask(async |connection| events::times_shown(connection, customer, offer).await).await
    }

    async fn figures(&self, since: Timestamp) -> Result<Vec<Figure>, StoreError> {
        // It may take seconds: on a connection that no shopper waits for.
        figures::since(&mut *self.pool.acquire().await?, since).await
    }

    async fn forget(&self, what: Old, before: Timestamp) -> Result<u64, StoreError> {
        old::forget(self, what, before).await
    }

    async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError> {
        self.reads.prepared(subject).await
    }

    async fn revision_of(&self, customer: &CustomerId) -> Result<i64, StoreError> {
        self.questions.ask(async |connection| prepared::revision(connection, customer).await).await
    }

    async fn has_begun(&self, occasion: &OccasionId) -> Result<bool, StoreError> {
        self.questions.ask(async |connection| prepared::has_begun(connection, occasion).await).await
    }

    async fn put_prepared(&self, prepared: &PreparedOffer) -> Result<(), StoreError> {
        self.batches.write(Write::Prepared(Box::new(prepared.clone()))).await.map(drop)
    }

    async fn drop_prepared(&self, occasion: &OccasionId) -> Result<(), StoreError> {
        prepared::drop_one(&self.pool, occasion).await
    }

    async fn lease_prepared(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PreparedOffer>, StoreError> {
        prepared::lease(self, now, until).await
    }
}
