//! Standard checkouts.

use super::row::{PayableRow, millis, moment, of_step, optional_id, readable, state_text};
use super::{Checkout, PaymentId, SqlStore, Step, StoreError};
use aftercart_contract::{SessionId, WebUrl};
use jiff::Timestamp;
use sqlx::any::AnyArguments;
use sqlx::{AnyConnection, AnyPool, FromRow};

#[derive(FromRow)]
struct CheckoutRow {
    checkout_id: String,
    url: Option<String>,
    opened_at: i64,
    #[sqlx(flatten)]
    payable: PayableRow,
}

impl CheckoutRow {
    fn checkout(self) -> Result<Checkout, StoreError> {
        let paid = self.payable.read()?;
        Ok(Checkout {
            id: self.checkout_id,
            payable: paid.payable,
            session: paid.session,
            url: optional_id(self.url)?,
            state: paid.state,
            charged: paid.charged,
            payment: paid.payment,
            card: paid.card,
            opened_at: moment(self.opened_at)?,
            look_at: paid.look_at,
            version: paid.version,
        })
    }
}

pub(super) async fn claim(pool: &AnyPool, checkout: &Checkout) -> Result<bool, StoreError> {
    let payable = &checkout.payable;
    let sql = "insert into checkouts (purchase_id, offer_id, step, checkout_id, customer_id, product_id,
             product_name, quantity, locale, state, opened_at, look_at, read_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0)
         on conflict (purchase_id, offer_id, step) do nothing";
    let done = sqlx::query_with(sql, of_step(&payable.step))
        .bind(&checkout.id)
        .bind(payable.customer.as_str())
        .bind(payable.product.as_str())
        .bind(&payable.product_name)
        .bind(i64::from(payable.quantity))
        .bind(&payable.locale)
        .bind(state_text(&checkout.state))
        .bind(millis(checkout.opened_at))
        .bind(checkout.look_at.map(millis))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn drop_unopened(pool: &AnyPool, id: &str) -> Result<(), StoreError> {
    let sql = "delete from checkouts where checkout_id = $1 and url is null";
    sqlx::query(sql).bind(id).execute(pool).await?;
    Ok(())
}

pub(super) async fn by_id(connection: &mut AnyConnection, id: &str) -> Result<Option<Checkout>, StoreError> {
    one(connection, sqlx::query_as("select * from checkouts where checkout_id = $1").bind(id.to_owned()))
        .await
}

pub(super) async fn at_step(
    connection: &mut AnyConnection,
    step: &Step,
) -> Result<Option<Checkout>, StoreError> {
    let sql = "select * from checkouts where purchase_id = $1 and offer_id = $2 and step = $3";
    one(connection, sqlx::query_as_with(sql, of_step(step))).await
}

pub(super) async fn by_payment(
    connection: &mut AnyConnection,
    payment: &PaymentId,
) -> Result<Option<Checkout>, StoreError> {
    let sql = "select * from checkouts where payment_id = $1";
    one(connection, sqlx::query_as(sql).bind(payment.to_string())).await
}

async fn one(connection: &mut AnyConnection, query: Asking<'_>) -> Result<Option<Checkout>, StoreError> {
    query.fetch_optional(connection).await?.map(CheckoutRow::checkout).transpose()
}

type Asking<'q> = sqlx::query::QueryAs<'q, sqlx::Any, CheckoutRow, AnyArguments>;

pub(super) async fn replace(pool: &AnyPool, checkout: &Checkout) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update checkouts set state = $1, charged_amount = $2, charged_currency = $3, payment_id = $4,
             session_id = $5, url = $6, card_brand = $7, card_last4 = $8, look_at = $9, opened_at = $10,
             version = version + 1
         where checkout_id = $11 and version = $12",
    )
    .bind(state_text(&checkout.state))
    .bind(checkout.charged.map(|money| money.amount_minor.get()))
    .bind(checkout.charged.as_ref().map(|money| money.currency.code()))
    .bind(checkout.payment.as_ref().map(PaymentId::as_str))
    .bind(checkout.session.as_ref().map(SessionId::as_str))
    .bind(checkout.url.as_ref().map(WebUrl::as_str))
    .bind(&checkout.card.brand)
    .bind(&checkout.card.last4)
    .bind(checkout.look_at.map(millis))
    .bind(millis(checkout.opened_at))
    .bind(&checkout.id)
    .bind(checkout.version)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Checkout>, StoreError> {
    let rows: Vec<CheckoutRow> = store.lease("checkouts", "checkout_id", now, until).await?;
    Ok(readable("checkouts", rows, |row| &row.checkout_id, CheckoutRow::checkout))
}
