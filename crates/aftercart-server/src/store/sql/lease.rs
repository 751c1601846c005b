//! Leases: rows whose time has come, for one node alone.

use super::row::millis;
use super::{Kind, SqlStore, StoreError};
use jiff::Timestamp;
use sqlx::FromRow;
use sqlx::any::AnyRow;

/// Rows that a node leases at once.
const LEASED: i64 = 32;

impl SqlStore {
    /// Moves `look_at` of rows that are due to `until` and answers them. No two nodes get the same row.
    pub(super) async fn lease<Row>(
        &self,
        table: &'static str,
        key: &'static str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Row>, StoreError>
    where
        Row: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let locking = match self.kind {
            Kind::Sqlite => "",
            Kind::Postgres => "for update skip locked",
        };
        let due =
            format!("select {key} from {table} where look_at <= $1 order by look_at limit $3 {locking}");
        if !self.is_due(table, now).await? {
            return Ok(Vec::new());
        }
        let sql = format!("update {table} set look_at = $2 where {key} in ({due}) returning *");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(millis(now))
            .bind(millis(until))
            .bind(LEASED)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// True when a row's time has come. SQLite writes even where none has; this keeps an idle node from that.
    pub(super) async fn is_due(&self, table: &'static str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = format!("select count(*) from {table} where look_at <= $1");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(millis(now));
        let (count,): (i64,) = query.fetch_one(&self.pool).await?;
        Ok(count > 0)
    }
}
