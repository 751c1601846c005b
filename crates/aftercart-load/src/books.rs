//! What the server's database says at the end.

use crate::verdict::is_open;
use anyhow::{Context, Result};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row as _};
use std::collections::BTreeSet;
use std::fs;

/// The rows that the verdict is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) attempts: Vec<Entry>,
    pub(crate) checkouts: Vec<Entry>,
    /// Refunds by the payment that is given back, and their state.
    pub(crate) refunds: Vec<(String, String)>,
    /// Payments that are known as purchases.
    pub(crate) purchases: BTreeSet<String>,
}

/// An attempt or a checkout.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    /// The state's kind, such as `succeeded`.
    pub(crate) state: String,
    /// Minor units; none for a checkout, whose page names the price.
    pub(crate) quoted: Option<i64>,
    pub(crate) charged: Option<i64>,
}

/// A connection to the database, beside the server's own.
pub(crate) struct Reader {
    pool: AnyPool,
    /// The path, for SQLite.
    file: Option<String>,
}

impl Reader {
    /// Connects. Errors: the address is no database of the server's.
    pub(crate) async fn open(database_url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let pool = AnyPool::connect(database_url).await.context("the server's database")?;
        Ok(Self { pool, file: database_url.strip_prefix("sqlite://").map(str::to_owned) })
    }

    /// Reads everything.
    pub(crate) async fn read(&self) -> Result<Books> {
        let attempts = "select attempt_id, state, amount, charged_amount from attempts";
        let checkouts = "select checkout_id, state, cast(null as bigint), charged_amount from checkouts";
        let refunds = sqlx::query("select payment_id, state from refunds").fetch_all(&self.pool).await?;
        let purchases = sqlx::query("select payment_id from purchases").fetch_all(&self.pool).await?;
        Ok(Books {
            attempts: self.entries(attempts).await?,
            checkouts: self.entries(checkouts).await?,
            refunds: refunds.iter().map(|row| Ok((row.try_get(0)?, kind(row, 1)?))).collect::<Result<_>>()?,
            purchases: purchases.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
        })
    }

    async fn entries(&self, query: &'static str) -> Result<Vec<Entry>> {
        let rows = sqlx::query(query).fetch_all(&self.pool).await?;
        let entry = |row: &AnyRow| {
            Ok(Entry {
                id: row.try_get(0)?,
                state: kind(row, 1)?,
                quoted: row.try_get(2)?,
                charged: row.try_get(3)?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// How many attempts wait for something that is not the shopper.
    pub(crate) async fn open_attempts(&self) -> Result<usize> {
        let books = self.read().await?;
        Ok(books.attempts.iter().filter(|attempt| is_open(&attempt.state)).count())
    }

    /// The size on disk in MiB.
    pub(crate) async fn size_mib(&self) -> Result<f64> {
        let bytes = if let Some(file) = &self.file {
            let files = ["", "-wal", "-shm"].map(|end| format!("{file}{end}"));
            files.iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
        } else {
            let query = sqlx::query("select pg_database_size(current_database())");
            u64::try_from(query.fetch_one(&self.pool).await?.try_get::<i64, _>(0)?)?
        };
        Ok(f64::from(u32::try_from(bytes / 1024)?) / 1024.0)
    }
}

/// The kind in a stored state.
fn kind(row: &AnyRow, column: usize) -> Result<String> {
    let state: Value = serde_json::from_str(row.try_get(column)?)?;
    Ok(state.get("kind").and_then(Value::as_str).context("a state without a kind")?.to_owned())
}
