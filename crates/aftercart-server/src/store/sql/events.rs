//! Webhooks, declines and reports.

use super::row::{id, millis, moment};
use super::{Decline, EventSeen, SqlStore, Step, StoreError};
use crate::store::MOST_REPORTS;
use aftercart_contract::{CustomerId, EventBatch, OfferId};
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool};
use std::collections::BTreeMap;

/// Keeps an event; false: it was here before.
pub(super) async fn keep(
    connection: &mut AnyConnection,
    webhook_id: &str,
    kind: &str,
    body: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into webhook_events (webhook_id, event_type, body, received_at) values ($1, $2, $3, $4)
         on conflict (webhook_id) do nothing",
    )
    .bind(webhook_id)
    .bind(kind)
    .bind(body)
    .bind(millis(now))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How far an event got that was here before.
pub(super) async fn seen(connection: &mut AnyConnection, webhook_id: &str) -> Result<EventSeen, StoreError> {
    let row: Option<(Option<i64>,)> =
        sqlx::query_as("select applied_at from webhook_events where webhook_id = $1")
            .bind(webhook_id)
            .fetch_optional(connection)
            .await?;
    let is_applied = row.is_some_and(|(applied_at,)| applied_at.is_some());
    Ok(if is_applied { EventSeen::Applied } else { EventSeen::ToApply })
}

pub(super) async fn mark_applied(
    connection: &mut AnyConnection,
    webhook_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("update webhook_events set applied_at = $1 where webhook_id = $2")
        .bind(millis(now))
        .bind(webhook_id)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn put_decline(
    pool: &AnyPool,
    customer: &CustomerId,
    step: &Step,
    reason: Option<&str>,
    now: Timestamp,
    forgotten: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into declines (customer_id, offer_id, purchase_id, reason, declined_at) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, offer_id) do update set
             purchase_id = case when declines.declined_at <= $6 then excluded.purchase_id else declines.purchase_id end,
             reason = case when declines.declined_at <= $6 then excluded.reason
                      else coalesce(declines.reason, excluded.reason) end,
             declined_at = case when declines.declined_at <= $6 then excluded.declined_at else declines.declined_at end",
    )
    .bind(customer.as_str())
    .bind(step.offer.as_str())
    .bind(step.occasion.as_str())
    .bind(reason)
    .bind(millis(now))
    .bind(forgotten.map_or(i64::MIN, millis))
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn decline_of(
    connection: &mut AnyConnection,
    customer: &CustomerId,
    offer: &OfferId,
) -> Result<Option<Decline>, StoreError> {
    let row: Option<(String, Option<String>, i64)> = sqlx::query_as(
        "select purchase_id, reason, declined_at from declines where customer_id = $1 and offer_id = $2",
    )
    .bind(customer.as_str())
    .bind(offer.as_str())
    .fetch_optional(connection)
    .await?;
    let read =
        |(occasion, reason, at)| Ok(Decline { occasion: id(occasion)?, reason, declined_at: moment(at)? });
    row.map(read).transpose()
}

pub(super) async fn put_reported(
    store: &SqlStore,
    subject: &str,
    customer: Option<&CustomerId>,
    batch: &EventBatch,
    counts: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let mut room = BTreeMap::new();
    for event in &batch.events {
        let name = serde_json::to_value(event.name).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        if let Some(customer) = customer {
            let left = match room.get(name) {
                Some(left) => *left,
                None => room_for(&mut transaction, customer, &batch.offer_id, name).await?,
            };
            room.insert(name.to_owned(), left - 1);
            if left <= 0 {
                continue;
            }
        }
        sqlx::query(
            "insert into reported_events (subject, offer_id, name, happened_at, received_at, customer_id, counts)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(subject)
        .bind(batch.offer_id.as_str())
        .bind(name)
        .bind(event.at.as_str())
        .bind(millis(now))
        .bind(customer.map(CustomerId::as_str))
        .bind(i64::from(counts))
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// How many more reports of this name are kept.
async fn room_for(
    connection: &mut AnyConnection,
    customer: &CustomerId,
    offer: &OfferId,
    name: &str,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = sqlx::query_as(
        "select count(*) from reported_events where customer_id = $1 and offer_id = $2 and name = $3",
    )
    .bind(customer.as_str())
    .bind(offer.as_str())
    .bind(name)
    .fetch_one(connection)
    .await?;
    Ok(i64::from(MOST_REPORTS) - count)
}

pub(super) async fn times_shown(
    connection: &mut AnyConnection,
    customer: &CustomerId,
    offer: &OfferId,
) -> Result<u64, StoreError> {
    let (count,): (i64,) = sqlx::query_as(
        "select count(*) from reported_events where customer_id = $1 and offer_id = $2 and name = 'shown'",
    )
    .bind(customer.as_str())
    .bind(offer.as_str())
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}
