//! Offers that are ready, and the revisions that say whether they still hold.
//!
//! The tables raise a customer's revision themselves, by triggers in the migrations, in the transaction of the change:
//! no statement can forget it, and what an older node writes counts too.

use super::reads::LARGEST;
use super::row::{id, millis, moment, optional_moment};
use super::statement::{Connection, Row, statement};
use super::{PreparedOffer, SqlStore, StoreError};
use crate::occasion::OccasionId;
use aftercart_contract::{CustomerId, Subject};
use jiff::Timestamp;
use std::collections::HashMap;

fn prepared(row: &Row<'_>) -> Result<PreparedOffer, StoreError> {
    Ok(PreparedOffer {
        occasion: id(row.text("occasion_id")?)?,
        customer: id(row.text("customer_id")?)?,
        revision: row.number("revision")?,
        made_by: row.text("made_by")?.to_owned(),
        is_newest: row.number("is_newest")? != 0,
        fresh_until: moment(row.number("fresh_until")?)?,
        shown_until: moment(row.number("shown_until")?)?,
        look_at: optional_moment(row.maybe_number("look_at")?)?,
        offer: row.text("offer")?.to_owned(),
    })
}

/// What is ready for these subjects, all of one kind, by their text; or why it cannot be read. The statement that reads
/// an offer compares its revision, so that no change can come between.
pub(super) async fn of_subjects(
    connection: &mut Connection<'_>,
    subjects: &[&Subject],
) -> Result<HashMap<String, Result<PreparedOffer, StoreError>>, StoreError> {
    let Some(last) = subjects.last() else { return Ok(HashMap::new()) };
    let is_customers = matches!(last, Subject::Customer(_));
    let of = if is_customers { "made.is_newest = 1 and made.customer_id" } else { "made.occasion_id" };
    // Few sizes, so that each is prepared once; the last subject fills up.
    let size = if subjects.len() == 1 { 1 } else { LARGEST };
    let places: Vec<String> = (1..=size).map(|place| format!("${place}")).collect();
    let sql = format!(
        "select made.* from prepared_offers as made
         left join customer_revisions as known on known.customer_id = made.customer_id
         where {of} in ({}) and made.revision = coalesce(known.revision, 0)",
        places.join(", ")
    );
    let mut query = statement(sql);
    for place in 0..size {
        query = query.bind(subjects.get(place).unwrap_or(last).as_str());
    }
    let key = if is_customers { "customer_id" } else { "occasion_id" };
    let found = query.all(connection, |row| Ok((row.text(key)?.to_owned(), prepared(row)))).await?;
    Ok(found.into_iter().collect())
}

pub(super) async fn revision(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
) -> Result<i64, StoreError> {
    let sql = "select revision as number from customer_revisions where customer_id = $1";
    statement(sql).bind(customer.as_str()).number(connection).await
}

pub(super) async fn has_begun(
    connection: &mut Connection<'_>,
    occasion: &OccasionId,
) -> Result<bool, StoreError> {
    let sql = "select (select count(*) from attempts where purchase_id = $1)
             + (select count(*) from checkouts where purchase_id = $1) as number";
    Ok(statement(sql).bind(occasion.as_str()).number(connection).await? > 0)
}

/// What was made from an older revision does not take the place of what was made from a newer one.
pub(super) async fn put(connection: &mut Connection<'_>, offer: &PreparedOffer) -> Result<(), StoreError> {
    statement(
        "insert into prepared_offers (occasion_id, customer_id, revision, made_by, is_newest, fresh_until,
             shown_until, look_at, offer)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (occasion_id) do update set
             customer_id = excluded.customer_id, revision = excluded.revision, made_by = excluded.made_by,
             is_newest = excluded.is_newest, fresh_until = excluded.fresh_until,
             shown_until = excluded.shown_until, look_at = excluded.look_at, offer = excluded.offer
         where excluded.revision >= prepared_offers.revision",
    )
    .bind(offer.occasion.as_str())
    .bind(offer.customer.as_str())
    .bind(offer.revision)
    .bind(offer.made_by.as_str())
    .bind(i64::from(offer.is_newest))
    .bind(millis(offer.fresh_until))
    .bind(millis(offer.shown_until))
    .bind(offer.look_at.map(millis))
    .bind(offer.offer.as_str())
    .run(connection)
    .await?;
    Ok(())
}

pub(super) async fn drop_one(
    connection: &mut Connection<'_>,
    occasion: &OccasionId,
) -> Result<(), StoreError> {
    let sql = "delete from prepared_offers where occasion_id = $1";
    statement(sql).bind(occasion.as_str()).run(connection).await.map(drop)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<PreparedOffer>, StoreError> {
    store.lease("prepared_offers", "occasion_id", prepared, now, until).await
}
