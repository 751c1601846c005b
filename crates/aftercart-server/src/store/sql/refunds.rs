//! Refunds of steps that were paid twice: one row per step, before any call to Dodo.

use super::row::{id, millis, moment, of_step, readable, state, state_text, step};
use super::{SqlStore, Step, StoreError};
use crate::attempt::{LeftSubscription, Refund};
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, FromRow};

#[derive(FromRow)]
struct RefundRow {
    refund_id: String,
    purchase_id: String,
    offer_id: String,
    step: i64,
    payment_id: String,
    subscription_id: Option<String>,
    subscription_ended_at: Option<i64>,
    state: String,
    claimed_at: i64,
    sent_at: Option<i64>,
    look_at: Option<i64>,
    version: i64,
}

impl RefundRow {
    fn refund(self) -> Result<Refund, StoreError> {
        let ended_at = self.subscription_ended_at.map(moment).transpose()?;
        Ok(Refund {
            id: self.refund_id,
            step: step(self.purchase_id, self.offer_id, self.step)?,
            payment: id(self.payment_id)?,
            subscription: self.subscription_id.map(|id| LeftSubscription { id, ended_at }),
            state: state(&self.state)?,
            claimed_at: moment(self.claimed_at)?,
            sent_at: self.sent_at.map(moment).transpose()?,
            look_at: self.look_at.map(moment).transpose()?,
            version: self.version,
        })
    }
}

pub(super) async fn claim(pool: &AnyPool, refund: &Refund) -> Result<bool, StoreError> {
    let sql = "insert into refunds (purchase_id, offer_id, step, refund_id, payment_id, state, claimed_at,
             look_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
         on conflict (purchase_id, offer_id, step) do nothing";
    let done = sqlx::query_with(sql, of_step(&refund.step))
        .bind(&refund.id)
        .bind(refund.payment.as_str())
        .bind(state_text(&refund.state))
        .bind(millis(refund.claimed_at))
        .bind(refund.look_at.map(millis))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn at_step(
    connection: &mut AnyConnection,
    step: &Step,
) -> Result<Option<Refund>, StoreError> {
    let sql = "select * from refunds where purchase_id = $1 and offer_id = $2 and step = $3";
    let row: Option<RefundRow> = sqlx::query_as_with(sql, of_step(step)).fetch_optional(connection).await?;
    row.map(RefundRow::refund).transpose()
}

pub(super) async fn replace(pool: &AnyPool, refund: &Refund) -> Result<bool, StoreError> {
    let left = refund.subscription.as_ref();
    let done = sqlx::query(
        "update refunds set state = $1, subscription_id = $2, subscription_ended_at = $3, sent_at = $4,
             look_at = $5, version = version + 1
         where refund_id = $6 and version = $7",
    )
    .bind(state_text(&refund.state))
    .bind(left.map(|left| left.id.as_str()))
    .bind(left.and_then(|left| left.ended_at).map(millis))
    .bind(refund.sent_at.map(millis))
    .bind(refund.look_at.map(millis))
    .bind(&refund.id)
    .bind(refund.version)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Refund>, StoreError> {
    let rows: Vec<RefundRow> = store.lease("refunds", "refund_id", now, until).await?;
    Ok(readable("refunds", rows, |row| &row.refund_id, RefundRow::refund))
}

pub(super) async fn list(connection: &mut AnyConnection, limit: u32) -> Result<Vec<Refund>, StoreError> {
    let rows: Vec<RefundRow> = sqlx::query_as("select * from refunds order by claimed_at desc limit $1")
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    Ok(readable("refunds", rows, |row| &row.refund_id, RefundRow::refund))
}
