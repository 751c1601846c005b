//! What the merchant's app told of.

use super::row::{id, millis, moment, unsigned};
use super::statement::{Connection, Row, statement};
use super::{Trigger, TriggerId};
use crate::occasion::Cause;
use crate::store::StoreError;
use aftercart_contract::CustomerId;

fn trigger(row: &Row<'_>) -> Result<Trigger, StoreError> {
    let percent = row.maybe_number("percent")?.map(unsigned).transpose()?;
    let name = row.maybe_text("name")?.map(str::to_owned);
    let cause = Cause::of_trigger(row.text("kind")?, name, percent);
    let billing = serde_json::from_str(row.text("billing")?);
    Ok(Trigger {
        id: id(row.text("trigger_id")?)?,
        customer: id(row.text("customer_id")?)?,
        cause: cause.ok_or(StoreError::Unreadable("trigger"))?,
        key: row.maybe_text("merchant_id")?.map(str::to_owned),
        told_at: moment(row.number("told_at")?)?,
        billing: billing.map_err(|_| StoreError::Unreadable("address"))?,
    })
}

/// The trigger that is kept, and whether it is this one. The unique index decides between two that are told at once.
pub(super) async fn put(
    connection: &mut Connection<'_>,
    told: &Trigger,
) -> Result<(Trigger, bool), StoreError> {
    let (kind, name, percent) = told.cause.columns();
    let changed = statement(
        "insert into triggers (trigger_id, customer_id, kind, name, percent, merchant_id, billing, told_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (merchant_id) do nothing",
    )
    .bind(told.id.as_str())
    .bind(told.customer.as_str())
    .bind(kind)
    .bind(name)
    .bind(percent.map(i64::from))
    .bind(told.key.as_deref())
    .bind(told.billing.to_string())
    .bind(millis(told.told_at))
    .run(connection)
    .await?;
    if changed == 1 {
        return Ok((told.clone(), true));
    }
    let sql = "select * from triggers where merchant_id = $1";
    let kept = statement(sql).bind(told.key.as_deref()).one(connection, trigger).await?;
    Ok((kept.ok_or(StoreError::Unreadable("trigger"))?, false))
}

pub(super) async fn find(
    connection: &mut Connection<'_>,
    id: &TriggerId,
) -> Result<Option<Trigger>, StoreError> {
    let sql = "select * from triggers where trigger_id = $1";
    statement(sql).bind(id.as_str()).one(connection, trigger).await
}

pub(super) async fn of_customer(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
) -> Result<Vec<Trigger>, StoreError> {
    let sql = "select * from triggers where customer_id = $1 order by told_at desc, trigger_id desc limit 10";
    statement(sql).bind(customer.as_str()).all(connection, trigger).await
}
