//! What was learnt about attempts, for the operator.

use super::row::{millis, moment};
use super::{Noted, StoreError};
use crate::attempt::Source;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
struct FactRow {
    source: String,
    fact: String,
    seen_at: i64,
    state_kind: String,
    reason: Option<String>,
}

impl FactRow {
    fn noted(self) -> Result<Noted, StoreError> {
        Ok(Noted {
            at: moment(self.seen_at)?,
            source: Source::of_name(&self.source).ok_or(StoreError::Unreadable("source"))?,
            fact: serde_json::from_str(&self.fact).map_err(|_| StoreError::Unreadable("fact"))?,
            state: self.state_kind,
            reason: self.reason,
        })
    }
}

pub(super) async fn note(
    connection: &mut AnyConnection,
    attempt_id: &str,
    noted: &Noted,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into attempt_facts (attempt_id, source, fact, seen_at, state_kind, reason)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (attempt_id, source, fact) do nothing",
    )
    .bind(attempt_id)
    .bind(noted.source.name())
    .bind(serde_json::to_string(&noted.fact).unwrap_or_default())
    .bind(millis(noted.at))
    .bind(&noted.state)
    .bind(&noted.reason)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn of(connection: &mut AnyConnection, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
    let rows: Vec<FactRow> = sqlx::query_as(
        "select source, fact, seen_at, state_kind, reason from attempt_facts where attempt_id = $1 order by seen_at, seq",
    )
    .bind(attempt_id)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(FactRow::noted).collect()
}
