//! Small changes of one row that the tables of money have in common.

use super::batch::Write;
use super::row::millis;
use super::statement::{Connection, statement};
use super::{SqlStore, StoreError};
use jiff::{SignedDuration, Timestamp};

impl SqlStore {
    /// Says when the reconciler looks at a row again, unless it has changed since this version.
    pub(super) async fn look_at(
        &self,
        table: &'static str,
        key: &'static str,
        id: &str,
        version: i64,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.batches.write(Write::OneRow(OneRow::LookAt { table, key, id, version, at })).await.map(drop)
    }

    /// Takes the right to ask Dodo about a row.
    pub(super) async fn take_read(
        &self,
        table: &'static str,
        key: &'static str,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.batches.write(Write::OneRow(OneRow::TakeRead { table, key, id, now, every })).await
    }
}

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
    pub(super) async fn write(&self, connection: &mut Connection<'_>) -> Result<bool, StoreError> {
        let query = match self {
            Self::LookAt { table, key, id, version, at } => {
                let sql = format!("update {table} set look_at = $1 where {key} = $2 and version = $3");
                statement(sql).bind(at.map(millis)).bind(id.as_str()).bind(*version)
            }
            Self::TakeRead { table, key, id, now, every } => {
                let now = millis(*now);
                let free_since = now.saturating_sub(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
                let sql = format!("update {table} set read_at = $1 where {key} = $2 and read_at <= $3");
                statement(sql).bind(now).bind(id.as_str()).bind(free_since)
            }
        };
        Ok(query.run(connection).await? == 1)
    }
}
