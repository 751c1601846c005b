//! Leases: rows whose time has come, for one node alone.

use super::row::{millis, readable};
use super::statement::{Connection, Row, statement};
use super::{Kind, SqlStore, StoreError};
use jiff::Timestamp;

/// Rows that a node leases at once.
const LEASED: i64 = 32;

impl SqlStore {
    /// Moves `look_at` of rows that are due to `until` and answers them. No two nodes get the same row.
    pub(super) async fn lease<T: Send + 'static>(
        &self,
        table: &'static str,
        key: &'static str,
        read: fn(&Row<'_>) -> Result<T, StoreError>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<T>, StoreError> {
        let locking = match self.database.kind() {
            Kind::Sqlite => "",
            Kind::Postgres => "for update skip locked",
        };
        let due =
            format!("select {key} from {table} where look_at <= $1 order by look_at limit $3 {locking}");
        if !self.is_due(table, now).await? {
            return Ok(Vec::new());
        }
        let sql = format!("update {table} set look_at = $2 where {key} in ({due}) returning *");
        let lease = async move |connection: &mut Connection<'_>| {
            let query = statement(sql).bind(millis(now)).bind(millis(until)).bind(LEASED);
            query.all(connection, readable(table, key, read)).await
        };
        Ok(self.database.write(lease).await?.into_iter().flatten().collect())
    }

    /// True when a row's time has come. SQLite writes even where none has; this keeps an idle node from that.
    pub(super) async fn is_due(&self, table: &'static str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = format!("select count(*) as number from {table} where look_at <= $1");
        let query = statement(sql).bind(millis(now));
        Ok(self.database.ask(async |connection| query.number(connection).await).await? > 0)
    }
}
