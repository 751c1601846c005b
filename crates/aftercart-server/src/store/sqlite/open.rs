//! Opening the database and bringing it up to date.

use super::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

/// Enough for readers beside the one writer that SQLite allows.
const CONNECTIONS: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl SqliteStore {
    /// Opens or creates the database and runs the migrations.
    pub(crate) async fn open(database_url: &str) -> Result<Self, String> {
        let refused = |error: &dyn std::fmt::Display| {
            format!(
                "the database {database_url} cannot be used: {error}; check database_url and the directory's permissions"
            )
        };
        if !database_url.starts_with("sqlite:") {
            return Err(format!(
                "the database {} is not SQLite: write sqlite://path/to/file.db",
                scheme(database_url)
            ));
        }
        let in_memory = database_url.contains(":memory:");
        let options = SqliteConnectOptions::from_str(database_url)
            .map_err(|error| refused(&error))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Full: a claim must survive the loss of power.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true);
        let connections = if in_memory { 1 } else { CONNECTIONS };
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(|error| refused(&error))?;
        sqlx::migrate!().run(&pool).await.map_err(|error| refused(&error))?;
        Ok(Self { pool })
    }
}

/// Only the scheme, as the rest may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once("://").map_or("address", |(scheme, _)| scheme)
}
