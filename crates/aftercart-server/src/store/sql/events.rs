//! Webhooks, declines and reports.

use super::row::{id, millis, moment};
use super::statement::{Connection, Row, statement};
use super::{Decline, EventSeen, Step, StoreError};
use crate::store::MOST_REPORTS;
use aftercart_contract::{CustomerId, EventBatch, OfferId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Keeps an event; false: it was here before.
pub(super) async fn keep(
    connection: &mut Connection<'_>,
    webhook_id: &str,
    kind: &str,
    body: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = statement(
        "insert into webhook_events (webhook_id, event_type, body, received_at) values ($1, $2, $3, $4)
         on conflict (webhook_id) do nothing",
    )
    .bind(webhook_id)
    .bind(kind)
    .bind(body)
    .bind(millis(now))
    .run(connection)
    .await?;
    Ok(changed == 1)
}

/// How far an event got that was here before.
pub(super) async fn seen(connection: &mut Connection<'_>, webhook_id: &str) -> Result<EventSeen, StoreError> {
    let sql = "select applied_at from webhook_events where webhook_id = $1";
    let read = |row: &Row<'_>| row.maybe_number("applied_at");
    let applied_at = statement(sql).bind(webhook_id).one(connection, read).await?.flatten();
    Ok(if applied_at.is_some() { EventSeen::Applied } else { EventSeen::ToApply })
}

pub(super) async fn mark_applied(
    connection: &mut Connection<'_>,
    webhook_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    statement("update webhook_events set applied_at = $1 where webhook_id = $2")
        .bind(millis(now))
        .bind(webhook_id)
        .run(connection)
        .await?;
    Ok(())
}

pub(super) async fn put_decline(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    step: &Step,
    reason: Option<&str>,
    now: Timestamp,
    forgotten: Option<Timestamp>,
) -> Result<(), StoreError> {
    statement(
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
    .run(connection)
    .await?;
    Ok(())
}

pub(super) async fn decline_of(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    offer: &OfferId,
) -> Result<Option<Decline>, StoreError> {
    let sql =
        "select purchase_id, reason, declined_at from declines where customer_id = $1 and offer_id = $2";
    let read = |row: &Row<'_>| {
        Ok(Decline {
            occasion: id(row.text("purchase_id")?)?,
            reason: row.maybe_text("reason")?.map(str::to_owned),
            declined_at: moment(row.number("declined_at")?)?,
        })
    };
    statement(sql).bind(customer.as_str()).bind(offer.as_str()).one(connection, read).await
}

pub(super) async fn put_reported(
    connection: &mut Connection<'_>,
    subject: &str,
    customer: Option<&CustomerId>,
    batch: &EventBatch,
    counts: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut room = BTreeMap::new();
    for event in &batch.events {
        let name = serde_json::to_value(event.name).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        if let Some(customer) = customer {
            let left = match room.get(name) {
                Some(left) => *left,
                None => room_for(connection, customer, &batch.offer_id, name).await?,
            };
            room.insert(name.to_owned(), left - 1);
            if left <= 0 {
                continue;
            }
        }
        statement(
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
        .run(connection)
        .await?;
    }
    Ok(())
}

/// How many more reports of this name are kept.
async fn room_for(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    offer: &OfferId,
    name: &str,
) -> Result<i64, StoreError> {
    let sql = "select count(*) as number from reported_events where customer_id = $1 and offer_id = $2 and name = $3";
    let query = statement(sql).bind(customer.as_str()).bind(offer.as_str()).bind(name);
    let count = query.number(connection).await?;
    Ok(i64::from(MOST_REPORTS) - count)
}

pub(super) async fn times_shown(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    offer: &OfferId,
) -> Result<u64, StoreError> {
    let sql = "select count(*) as number from reported_events
         where customer_id = $1 and offer_id = $2 and name = 'shown'";
    let query = statement(sql).bind(customer.as_str()).bind(offer.as_str());
    Ok(query.number(connection).await?.unsigned_abs())
}
