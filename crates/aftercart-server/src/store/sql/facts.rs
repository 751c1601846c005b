//! What was learnt about attempts, for the operator.

use super::row::{millis, moment};
use super::statement::{Connection, Row, statement};
use super::{Noted, StoreError};
use crate::attempt::Source;

fn noted(row: &Row<'_>) -> Result<Noted, StoreError> {
    Ok(Noted {
        at: moment(row.number("seen_at")?)?,
        source: Source::of_name(row.text("source")?).ok_or(StoreError::Unreadable("source"))?,
        fact: serde_json::from_str(row.text("fact")?).map_err(|_| StoreError::Unreadable("fact"))?,
        state: row.text("state_kind")?.to_owned(),
        reason: row.maybe_text("reason")?.map(str::to_owned),
    })
}

pub(super) async fn note(
    connection: &mut Connection<'_>,
    attempt_id: &str,
    noted: &Noted,
) -> Result<(), StoreError> {
    statement(
        "insert into attempt_facts (attempt_id, source, fact, seen_at, state_kind, reason)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (attempt_id, source, fact) do nothing",
    )
    .bind(attempt_id)
    .bind(noted.source.name())
    .bind(serde_json::to_string(&noted.fact).unwrap_or_default())
    .bind(millis(noted.at))
    .bind(noted.state.as_str())
    .bind(noted.reason.as_deref())
    .run(connection)
    .await?;
    Ok(())
}

pub(super) async fn of(connection: &mut Connection<'_>, attempt_id: &str) -> Result<Vec<Noted>, StoreError> {
    let sql = "select source, fact, seen_at, state_kind, reason from attempt_facts where attempt_id = $1
         order by seen_at, seq";
    statement(sql).bind(attempt_id).all(connection, noted).await
}
