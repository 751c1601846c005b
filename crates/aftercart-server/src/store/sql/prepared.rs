//! Offers made ready in the background, and the revisions that say whether they still hold.
//!
//! The tables raise a customer's revision themselves, by triggers in the migrations, in the transaction of the change:
//! no statement can forget it, and what an older node writes counts too.

use super::reads::LARGEST;
use super::row::{id, millis, moment, readable};
use super::{PreparedOffer, SqlStore, StoreError};
use crate::occasion::OccasionId;
use aftercart_contract::{CustomerId, Subject};
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, FromRow};
use std::collections::HashMap;

/// A row as it is.
#[derive(Clone, Debug, FromRow)]
pub(super) struct PreparedRow {
    occasion_id: String,
    customer_id: String,
    revision: i64,
    made_by: String,
    is_newest: i64,
    fresh_until: i64,
    shown_until: i64,
    look_at: Option<i64>,
    offer: String,
}

impl PreparedRow {
    pub(super) fn prepared(self) -> Result<PreparedOffer, StoreError> {
        Ok(PreparedOffer {
            occasion: id(self.occasion_id)?,
            customer: id(self.customer_id)?,
            revision: self.revision,
            made_by: self.made_by,
            is_newest: self.is_newest != 0,
            fresh_until: moment(self.fresh_until)?,
            shown_until: moment(self.shown_until)?,
            look_at: self.look_at.map(moment).transpose()?,
            offer: self.offer,
        })
    }
}

/// The rows for these subjects, all of one kind, by their text. The statement that reads an offer compares its revision,
/// so that no change can come between.
pub(super) async fn of_subjects(
    connection: &mut AnyConnection,
    subjects: &[&Subject],
) -> Result<HashMap<String, PreparedRow>, StoreError> {
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
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for place in 0..size {
        query = query.bind(subjects.get(place).unwrap_or(last).as_str());
    }
    let rows: Vec<PreparedRow> = query.fetch_all(connection).await?;
    let named = |row: PreparedRow| {
        (if is_customers { row.customer_id.clone() } else { row.occasion_id.clone() }, row)
    };
    Ok(rows.into_iter().map(named).collect())
}

pub(super) async fn revision(
    connection: &mut AnyConnection,
    customer: &CustomerId,
) -> Result<i64, StoreError> {
    let sql = "select revision from customer_revisions where customer_id = $1";
    let row: Option<(i64,)> = sqlx::query_as(sql).bind(customer.as_str()).fetch_optional(connection).await?;
    Ok(row.map_or(0, |(revision,)| revision))
}

pub(super) async fn has_begun(
    connection: &mut AnyConnection,
    occasion: &OccasionId,
) -> Result<bool, StoreError> {
    let (begun,): (i64,) = sqlx::query_as(
        "select (select count(*) from attempts where purchase_id = $1)
             + (select count(*) from checkouts where purchase_id = $1)",
    )
    .bind(occasion.as_str())
    .fetch_one(connection)
    .await?;
    Ok(begun > 0)
}

/// What was made from an older revision does not take the place of what was made from a newer one.
pub(super) async fn put(connection: &mut AnyConnection, offer: &PreparedOffer) -> Result<(), StoreError> {
    sqlx::query(
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
    .bind(&offer.made_by)
    .bind(i64::from(offer.is_newest))
    .bind(millis(offer.fresh_until))
    .bind(millis(offer.shown_until))
    .bind(offer.look_at.map(millis))
    .bind(&offer.offer)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn drop_one(pool: &AnyPool, occasion: &OccasionId) -> Result<(), StoreError> {
    sqlx::query("delete from prepared_offers where occasion_id = $1")
        .bind(occasion.as_str())
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<PreparedOffer>, StoreError> {
    let rows: Vec<PreparedRow> = store.lease("prepared_offers", "occasion_id", now, until).await?;
    Ok(readable("prepared_offers", rows, |row| &row.occasion_id, PreparedRow::prepared))
}
