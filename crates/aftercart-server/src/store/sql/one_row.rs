//! Small changes of one row that the tables of money have in common.

use super::StoreError;
use super::row::millis;
use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;

/// One of them. Table and key are ours, never a caller's.
#[derive(Debug)]
pub(super) enum OneRow {
    /// Says when the reconciler looks again, unless the row has changed since this version.
    LookAt { table: &'static str, key: &'static str, id: String, version: i64, at: Option<Timestamp> },
    /// Takes the right to ask Dodo about a row; at most one holder per interval.
    TakeRead { table: &'static str, key: &'static str, id: String, now: Timestamp, every: SignedDuration },
}

impl OneRow {
    /// Writes it; false: there was no such row.
    pub(super) async fn write(&self, connection: &mut AnyConnection) -> Result<bool, StoreError> {
        let done = match self {
            Self::LookAt { table, key, id, version, at } => {
                let sql = format!("update {table} set look_at = $1 where {key} = $2 and version = $3");
                let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(at.map(millis)).bind(id).bind(version);
                query.execute(connection).await?
            }
            Self::TakeRead { table, key, id, now, every } => {
                let now = millis(*now);
                let free_since = now.saturating_sub(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
                let sql = format!("update {table} set read_at = $1 where {key} = $2 and read_at <= $3");
                let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).bind(id).bind(free_since);
                query.execute(connection).await?
            }
        };
        Ok(done.rows_affected() == 1)
    }
}
