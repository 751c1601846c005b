//! What the merchant's app told of.

use super::row::{id, millis, moment, unsigned};
use super::{Trigger, TriggerId};
use crate::occasion::Cause;
use crate::store::StoreError;
use aftercart_contract::CustomerId;
use sqlx::{AnyConnection, AnyPool, FromRow};

#[derive(FromRow)]
struct TriggerRow {
    trigger_id: String,
    customer_id: String,
    kind: String,
    name: Option<String>,
    percent: Option<i64>,
    merchant_id: Option<String>,
    billing: String,
    told_at: i64,
}

impl TriggerRow {
    fn trigger(self) -> Result<Trigger, StoreError> {
        let percent = self.percent.map(unsigned).transpose()?;
        Ok(Trigger {
            id: id(self.trigger_id)?,
            customer: id(self.customer_id)?,
            cause: Cause::of_trigger(&self.kind, self.name, percent)
                .ok_or(StoreError::Unreadable("trigger"))?,
            key: self.merchant_id,
            told_at: moment(self.told_at)?,
            billing: serde_json::from_str(&self.billing).map_err(|_| StoreError::Unreadable("address"))?,
        })
    }
}

/// The unique index decides between two that are told at once.
pub(super) async fn put(pool: &AnyPool, trigger: &Trigger) -> Result<(Trigger, bool), StoreError> {
    let (kind, name, percent) = trigger.cause.columns();
    let done = sqlx::query(
        "insert into triggers (trigger_id, customer_id, kind, name, percent, merchant_id, billing, told_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (merchant_id) do nothing",
    )
    .bind(trigger.id.as_str())
    .bind(trigger.customer.as_str())
    .bind(kind)
    .bind(name)
    .bind(percent.map(i64::from))
    .bind(&trigger.key)
    .bind(trigger.billing.to_string())
    .bind(millis(trigger.told_at))
    .execute(pool)
    .await?;
    if done.rows_affected() == 1 {
        return Ok((trigger.clone(), true));
    }
    let row: TriggerRow = sqlx::query_as("select * from triggers where merchant_id = $1")
        .bind(&trigger.key)
        .fetch_one(pool)
        .await?;
    Ok((row.trigger()?, false))
}

pub(super) async fn find(
    connection: &mut AnyConnection,
    id: &TriggerId,
) -> Result<Option<Trigger>, StoreError> {
    let row: Option<TriggerRow> = sqlx::query_as("select * from triggers where trigger_id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(TriggerRow::trigger).transpose()
}

pub(super) async fn of_customer(
    connection: &mut AnyConnection,
    customer: &CustomerId,
) -> Result<Vec<Trigger>, StoreError> {
    let rows: Vec<TriggerRow> = sqlx::query_as(
        "select * from triggers where customer_id = $1 order by told_at desc, trigger_id desc limit 10",
    )
    .bind(customer.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TriggerRow::trigger).collect()
}
