//! Standard checkouts.

use super::row::{Paid, millis, moment, of_step, optional_id, state_text};
use super::statement::{Connection, Row, statement};
use super::{Checkout, PaymentId, SqlStore, Step, StoreError};
use aftercart_contract::{SessionId, WebUrl};
use jiff::Timestamp;

fn checkout(row: &Row<'_>) -> Result<Checkout, StoreError> {
    let paid = Paid::read(row)?;
    Ok(Checkout {
        id: row.text("checkout_id")?.to_owned(),
        payable: paid.payable,
        session: paid.session,
        url: optional_id(row.maybe_text("url")?)?,
        state: paid.state,
        charged: paid.charged,
        payment: paid.payment,
        card: paid.card,
        opened_at: moment(row.number("opened_at")?)?,
        look_at: paid.look_at,
        version: paid.version,
    })
}

pub(super) async fn claim(connection: &mut Connection<'_>, checkout: &Checkout) -> Result<bool, StoreError> {
    let payable = &checkout.payable;
    let sql = "insert into checkouts (purchase_id, offer_id, step, checkout_id, customer_id, product_id,
             product_name, quantity, locale, state, opened_at, look_at, read_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0)
         on conflict (purchase_id, offer_id, step) do nothing";
    let changed = of_step(statement(sql), &payable.step)
        .bind(checkout.id.as_str())
        .bind(payable.customer.as_str())
        .bind(payable.product.as_str())
        .bind(payable.product_name.as_str())
        .bind(i64::from(payable.quantity))
        .bind(payable.locale.as_str())
        .bind(state_text(&checkout.state))
        .bind(millis(checkout.opened_at))
        .bind(checkout.look_at.map(millis))
        .run(connection)
        .await?;
    Ok(changed == 1)
}

pub(super) async fn drop_unopened(connection: &mut Connection<'_>, id: &str) -> Result<(), StoreError> {
    let sql = "delete from checkouts where checkout_id = $1 and url is null";
    statement(sql).bind(id).run(connection).await.map(drop)
}

pub(super) async fn by_id(connection: &mut Connection<'_>, id: &str) -> Result<Option<Checkout>, StoreError> {
    let sql = "select * from checkouts where checkout_id = $1";
    statement(sql).bind(id).one(connection, checkout).await
}

pub(super) async fn at_step(
    connection: &mut Connection<'_>,
    step: &Step,
) -> Result<Option<Checkout>, StoreError> {
    let sql = "select * from checkouts where purchase_id = $1 and offer_id = $2 and step = $3";
    of_step(statement(sql), step).one(connection, checkout).await
}

pub(super) async fn by_payment(
    connection: &mut Connection<'_>,
    payment: &PaymentId,
) -> Result<Option<Checkout>, StoreError> {
    let sql = "select * from checkouts where payment_id = $1";
    statement(sql).bind(payment.as_str()).one(connection, checkout).await
}

pub(super) async fn replace(
    connection: &mut Connection<'_>,
    checkout: &Checkout,
) -> Result<bool, StoreError> {
    let changed = statement(
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
    .bind(checkout.card.brand.as_deref())
    .bind(checkout.card.last4.as_deref())
    .bind(checkout.look_at.map(millis))
    .bind(millis(checkout.opened_at))
    .bind(checkout.id.as_str())
    .bind(checkout.version)
    .run(connection)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Checkout>, StoreError> {
    store.lease("checkouts", "checkout_id", checkout, now, until).await
}
