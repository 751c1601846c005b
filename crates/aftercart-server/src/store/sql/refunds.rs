//! Refunds of steps that were paid twice: one row per step, before any call to Dodo.

use super::row::{id, millis, moment, of_step, optional_moment, readable, state, state_text, step};
use super::statement::{Connection, Row, statement};
use super::{SqlStore, Step, StoreError};
use crate::attempt::{LeftSubscription, Refund};
use jiff::Timestamp;

fn refund(row: &Row<'_>) -> Result<Refund, StoreError> {
    let ended_at = optional_moment(row.maybe_number("subscription_ended_at")?)?;
    let subscription = row.maybe_text("subscription_id")?;
    Ok(Refund {
        id: row.text("refund_id")?.to_owned(),
        step: step(row)?,
        payment: id(row.text("payment_id")?)?,
        subscription: subscription.map(|id| LeftSubscription { id: id.to_owned(), ended_at }),
        state: state(row.text("state")?)?,
        claimed_at: moment(row.number("claimed_at")?)?,
        sent_at: optional_moment(row.maybe_number("sent_at")?)?,
        look_at: optional_moment(row.maybe_number("look_at")?)?,
        version: row.number("version")?,
    })
}

pub(super) async fn claim(connection: &mut Connection<'_>, refund: &Refund) -> Result<bool, StoreError> {
    let sql = "insert into refunds (purchase_id, offer_id, step, refund_id, payment_id, state, claimed_at,
             look_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
         on conflict (purchase_id, offer_id, step) do nothing";
    let changed = of_step(statement(sql), &refund.step)
        .bind(refund.id.as_str())
        .bind(refund.payment.as_str())
        .bind(state_text(&refund.state))
        .bind(millis(refund.claimed_at))
        .bind(refund.look_at.map(millis))
        .run(connection)
        .await?;
    Ok(changed == 1)
}

pub(super) async fn at_step(
    connection: &mut Connection<'_>,
    step: &Step,
) -> Result<Option<Refund>, StoreError> {
    let sql = "select * from refunds where purchase_id = $1 and offer_id = $2 and step = $3";
    of_step(statement(sql), step).one(connection, refund).await
}

pub(super) async fn replace(connection: &mut Connection<'_>, refund: &Refund) -> Result<bool, StoreError> {
    let left = refund.subscription.as_ref();
    let changed = statement(
        "update refunds set state = $1, subscription_id = $2, subscription_ended_at = $3, sent_at = $4,
             look_at = $5, version = version + 1
         where refund_id = $6 and version = $7",
    )
    .bind(state_text(&refund.state))
    .bind(left.map(|left| left.id.as_str()))
    .bind(left.and_then(|left| left.ended_at).map(millis))
    .bind(refund.sent_at.map(millis))
    .bind(refund.look_at.map(millis))
    .bind(refund.id.as_str())
    .bind(refund.version)
    .run(connection)
    .await?;
    Ok(changed == 1)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Refund>, StoreError> {
    store.lease("refunds", "refund_id", refund, now, until).await
}

pub(super) async fn list(connection: &mut Connection<'_>, limit: u32) -> Result<Vec<Refund>, StoreError> {
    let query = statement("select * from refunds order by claimed_at desc limit $1").bind(i64::from(limit));
    let read = readable("refunds", "refund_id", refund);
    Ok(query.all(connection, read).await?.into_iter().flatten().collect())
}
