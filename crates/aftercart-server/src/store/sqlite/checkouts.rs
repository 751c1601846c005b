//! Standard checkouts.

use super::row::{id, millis, moment, optional_id, optional_money, state, state_text, unsigned};
use super::{Checkout, Step, StoreError};
use crate::attempt::{Card, Payable};
use aftercart_contract::{PaymentId, SessionId, WebUrl};
use jiff::{SignedDuration, Timestamp};
use sqlx::{FromRow, SqlitePool};

#[derive(FromRow)]
struct CheckoutRow {
    checkout_id: String,
    purchase_id: String,
    offer_id: String,
    step: i64,
    customer_id: String,
    product_id: String,
    product_name: String,
    locale: String,
    session_id: Option<String>,
    url: Option<String>,
    state: String,
    charged_amount: Option<i64>,
    charged_currency: Option<String>,
    payment_id: Option<String>,
    card_brand: Option<String>,
    card_last4: Option<String>,
    opened_at: i64,
    version: i64,
}

impl CheckoutRow {
    fn checkout(self) -> Result<Checkout, StoreError> {
        Ok(Checkout {
            id: self.checkout_id,
            payable: Payable {
                step: Step {
                    purchase: id(self.purchase_id)?,
                    offer: id(self.offer_id)?,
                    number: unsigned(self.step)?,
                },
                customer: id(self.customer_id)?,
                product: id(self.product_id)?,
                product_name: self.product_name,
                quantity: 1,
                locale: self.locale,
            },
            session: optional_id(self.session_id)?,
            url: optional_id(self.url)?,
            state: state(&self.state)?,
            charged: optional_money(self.charged_amount, self.charged_currency.as_deref())?,
            payment: optional_id(self.payment_id)?,
            card: Card { brand: self.card_brand, last4: self.card_last4 },
            opened_at: moment(self.opened_at)?,
            version: self.version,
        })
    }
}

pub(super) async fn claim(pool: &SqlitePool, checkout: &Checkout) -> Result<bool, StoreError> {
    let payable = &checkout.payable;
    let done = sqlx::query(
        "insert into checkouts (checkout_id, purchase_id, offer_id, step, customer_id, product_id, product_name,
             locale, state, opened_at, read_at, version)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)
         on conflict (purchase_id, offer_id, step) do nothing",
    )
    .bind(&checkout.id)
    .bind(payable.step.purchase.as_str())
    .bind(payable.step.offer.as_str())
    .bind(i64::from(payable.step.number))
    .bind(payable.customer.as_str())
    .bind(payable.product.as_str())
    .bind(&payable.product_name)
    .bind(&payable.locale)
    .bind(state_text(&checkout.state))
    .bind(millis(checkout.opened_at))
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn drop_unopened(pool: &SqlitePool, id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from checkouts where checkout_id = ? and url is null").bind(id).execute(pool).await?;
    Ok(())
}

pub(super) async fn by_id(pool: &SqlitePool, id: &str) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> =
        sqlx::query_as("select * from checkouts where checkout_id = ?").bind(id).fetch_optional(pool).await?;
    row.map(CheckoutRow::checkout).transpose()
}

pub(super) async fn at_step(pool: &SqlitePool, step: &Step) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> =
        sqlx::query_as("select * from checkouts where purchase_id = ? and offer_id = ? and step = ?")
            .bind(step.purchase.as_str())
            .bind(step.offer.as_str())
            .bind(i64::from(step.number))
            .fetch_optional(pool)
            .await?;
    row.map(CheckoutRow::checkout).transpose()
}

pub(super) async fn by_payment(
    pool: &SqlitePool,
    payment: &PaymentId,
) -> Result<Option<Checkout>, StoreError> {
    let row: Option<CheckoutRow> = sqlx::query_as("select * from checkouts where payment_id = ?")
        .bind(payment.as_str())
        .fetch_optional(pool)
        .await?;
    row.map(CheckoutRow::checkout).transpose()
}

pub(super) async fn replace(pool: &SqlitePool, checkout: &Checkout) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update checkouts set state = ?, charged_amount = ?, charged_currency = ?, payment_id = ?, session_id = ?,
             url = ?, card_brand = ?, card_last4 = ?, version = version + 1
         where checkout_id = ? and version = ?",
    )
    .bind(state_text(&checkout.state))
    .bind(checkout.charged.map(|money| money.amount_minor.get()))
    .bind(checkout.charged.as_ref().map(|money| money.currency.code()))
    .bind(checkout.payment.as_ref().map(PaymentId::as_str))
    .bind(checkout.session.as_ref().map(SessionId::as_str))
    .bind(checkout.url.as_ref().map(WebUrl::as_str))
    .bind(&checkout.card.brand)
    .bind(&checkout.card.last4)
    .bind(&checkout.id)
    .bind(checkout.version)
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
    let done = sqlx::query("update checkouts set read_at = ? where checkout_id = ? and read_at <= ?")
        .bind(now)
        .bind(id)
        .bind(free_since)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}
