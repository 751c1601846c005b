//! Claims.

use super::row::{id, millis, moment, optional_id, optional_money, state, state_text, unsigned};
use super::{Attempt, Step, StoreError};
use crate::attempt::{Card, Payable, money};
use aftercart_contract::{CustomerId, IdempotencyKey, PaymentId};
use jiff::{SignedDuration, Timestamp};
use sqlx::{FromRow, SqlitePool};

#[derive(FromRow)]
struct AttemptRow {
    attempt_id: String,
    purchase_id: String,
    offer_id: String,
    step: i64,
    customer_id: String,
    product_id: String,
    product_name: String,
    quantity: i64,
    amount: i64,
    currency: String,
    locale: String,
    idempotency_key: String,
    card_brand: Option<String>,
    card_last4: Option<String>,
    state: String,
    charged_amount: Option<i64>,
    charged_currency: Option<String>,
    payment_id: Option<String>,
    session_id: Option<String>,
    claimed_at: i64,
    version: i64,
}

impl AttemptRow {
    fn attempt(self) -> Result<Attempt, StoreError> {
        Ok(Attempt {
            id: self.attempt_id,
            payable: Payable {
                step: Step {
                    purchase: id(self.purchase_id)?,
                    offer: id(self.offer_id)?,
                    number: unsigned(self.step)?,
                },
                customer: id(self.customer_id)?,
                product: id(self.product_id)?,
                product_name: self.product_name,
                quantity: unsigned(self.quantity)?,
                locale: self.locale,
            },
            quoted: money(self.amount, &self.currency).ok_or(StoreError::Unreadable("amount"))?,
            key: id(self.idempotency_key)?,
            card: Card { brand: self.card_brand, last4: self.card_last4 },
            state: state(&self.state)?,
            charged: optional_money(self.charged_amount, self.charged_currency.as_deref())?,
            payment: optional_id(self.payment_id)?,
            session: optional_id(self.session_id)?,
            claimed_at: moment(self.claimed_at)?,
            version: self.version,
        })
    }
}

pub(super) async fn claim(pool: &SqlitePool, attempt: &Attempt) -> Result<bool, StoreError> {
    let payable = &attempt.payable;
    let done = sqlx::query(
        "insert into attempts (attempt_id, purchase_id, offer_id, step, customer_id, product_id, product_name,
             quantity, amount, currency, locale, idempotency_key, card_brand, card_last4, state, claimed_at,
             read_at, version)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)
         on conflict (purchase_id, offer_id, step) do nothing",
    )
    .bind(&attempt.id)
    .bind(payable.step.purchase.as_str())
    .bind(payable.step.offer.as_str())
    .bind(i64::from(payable.step.number))
    .bind(payable.customer.as_str())
    .bind(payable.product.as_str())
    .bind(&payable.product_name)
    .bind(i64::from(payable.quantity))
    .bind(attempt.quoted.amount_minor.get())
    .bind(attempt.quoted.currency.code())
    .bind(&payable.locale)
    .bind(attempt.key.as_str())
    .bind(&attempt.card.brand)
    .bind(&attempt.card.last4)
    .bind(state_text(&attempt.state))
    .bind(millis(attempt.claimed_at))
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn by_id(pool: &SqlitePool, id: &str) -> Result<Option<Attempt>, StoreError> {
    let row: Option<AttemptRow> =
        sqlx::query_as("select * from attempts where attempt_id = ?").bind(id).fetch_optional(pool).await?;
    row.map(AttemptRow::attempt).transpose()
}

pub(super) async fn at_step(pool: &SqlitePool, step: &Step) -> Result<Option<Attempt>, StoreError> {
    let row: Option<AttemptRow> =
        sqlx::query_as("select * from attempts where purchase_id = ? and offer_id = ? and step = ?")
            .bind(step.purchase.as_str())
            .bind(step.offer.as_str())
            .bind(i64::from(step.number))
            .fetch_optional(pool)
            .await?;
    row.map(AttemptRow::attempt).transpose()
}

pub(super) async fn by_payment(
    pool: &SqlitePool,
    payment: &PaymentId,
) -> Result<Option<Attempt>, StoreError> {
    let row: Option<AttemptRow> = sqlx::query_as("select * from attempts where payment_id = ?")
        .bind(payment.as_str())
        .fetch_optional(pool)
        .await?;
    row.map(AttemptRow::attempt).transpose()
}

pub(super) async fn by_key(
    pool: &SqlitePool,
    customer: &CustomerId,
    key: &IdempotencyKey,
) -> Result<Option<Attempt>, StoreError> {
    let row: Option<AttemptRow> =
        sqlx::query_as("select * from attempts where customer_id = ? and idempotency_key = ?")
            .bind(customer.as_str())
            .bind(key.as_str())
            .fetch_optional(pool)
            .await?;
    row.map(AttemptRow::attempt).transpose()
}

pub(super) async fn replace(pool: &SqlitePool, attempt: &Attempt) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update attempts set state = ?, charged_amount = ?, charged_currency = ?, payment_id = ?, session_id = ?,
             version = version + 1
         where attempt_id = ? and version = ?",
    )
    .bind(state_text(&attempt.state))
    .bind(attempt.charged.map(|money| money.amount_minor.get()))
    .bind(attempt.charged.as_ref().map(|money| money.currency.code()))
    .bind(attempt.payment.as_ref().map(PaymentId::as_str))
    .bind(attempt.session.as_ref().map(aftercart_contract::SessionId::as_str))
    .bind(&attempt.id)
    .bind(attempt.version)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn take_read(
    pool: &SqlitePool,
    id: &str,
    now: Timestamp,
    every: SignedDuration,
) -> Result<bool, StoreError> {
    let now = millis(now);
    let free_since = now.saturating_sub(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
    let done = sqlx::query("update attempts set read_at = ? where attempt_id = ? and read_at <= ?")
        .bind(now)
        .bind(id)
        .bind(free_since)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}
