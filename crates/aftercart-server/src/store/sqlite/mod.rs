//! SQLite: one file, WAL, one writer at a time.

mod attempts;
mod checkouts;
mod events;
mod open;
mod purchases;
mod row;

use super::port::{AcceptanceStore, EventSeen, StoreError};
use crate::attempt::{Attempt, Checkout, Step};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, IdempotencyKey, OfferId, PaymentId, ProductId};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::SqlitePool;

/// The store in one SQLite database.
#[derive(Clone, Debug)]
pub(crate) struct SqliteStore {
    pool: SqlitePool,
}

/// Each method is one query or one transaction, in the file of its table.
#[async_trait]
impl AcceptanceStore for SqliteStore {
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
        events::keep(&self.pool, id, kind, body, now).await
    }

    async fn mark_applied(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        events::mark_applied(&self.pool, id, now).await
    }

    async fn put_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<(), StoreError> {
        purchases::put(&self.pool, purchase, now).await
    }

    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError> {
        purchases::find(&self.pool, payment).await
    }

    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError> {
        purchases::of_customer(&self.pool, customer).await
    }

    async fn owns(&self, customer: &CustomerId, product: &ProductId) -> Result<bool, StoreError> {
        purchases::owns(&self.pool, customer, product).await
    }

    async fn claim(&self, attempt: &Attempt) -> Result<bool, StoreError> {
        attempts::claim(&self.pool, attempt).await
    }

    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        attempts::by_id(&self.pool, id).await
    }

    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError> {
        attempts::at_step(&self.pool, step).await
    }

    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError> {
        attempts::by_payment(&self.pool, payment).await
    }

    async fn attempt_by_key(
        &self,
        customer: &CustomerId,
        key: &IdempotencyKey,
    ) -> Result<Option<Attempt>, StoreError> {
        attempts::by_key(&self.pool, customer, key).await
    }

    async fn replace_attempt(&self, attempt: &Attempt) -> Result<bool, StoreError> {
        attempts::replace(&self.pool, attempt).await
    }

    async fn take_attempt_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        attempts::take_read(&self.pool, id, now, every).await
    }

    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        checkouts::claim(&self.pool, checkout).await
    }

    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError> {
        checkouts::drop_unopened(&self.pool, id).await
    }

    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError> {
        checkouts::by_id(&self.pool, id).await
    }

    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError> {
        checkouts::at_step(&self.pool, step).await
    }

    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError> {
        checkouts::by_payment(&self.pool, payment).await
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
        checkouts::take_read(&self.pool, id, now, every).await
    }

    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        events::put_decline(&self.pool, customer, step, reason, now).await
    }

    async fn declined_after(
        &self,
        customer: &CustomerId,
        offer: &OfferId,
    ) -> Result<Option<PaymentId>, StoreError> {
        events::declined_after(&self.pool, customer, offer).await
    }

    async fn put_events(&self, subject: &str, batch: &EventBatch, now: Timestamp) -> Result<(), StoreError> {
        events::put_reported(&self.pool, subject, batch, now).await
    }
}
