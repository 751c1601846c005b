//! Opening the database and bringing it up to date.

use super::batch::Batches;
use super::reads::Reads;
use super::shelf::Shelf;
use super::{Kind, SqlStore};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Executor};
use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

/// Enough for readers beside the one writer that SQLite allows.
const SQLITE_CONNECTIONS: u32 = 8;
/// Of these, so many are kept for questions, and one each by the writer and the reader; transactions have the rest.
const SQLITE_QUESTIONS: usize = 4;
/// Two nodes stay well below PostgreSQL's usual limit of 100.
const POSTGRES_CONNECTIONS: u32 = 24;
const POSTGRES_QUESTIONS: usize = 10;
/// A connection that was not used for so long may be gone.
const QUIET: Duration = Duration::from_secs(1);
/// A database that is busy for longer is down.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Full: a claim must survive the loss of power.
const SQLITE_PRAGMAS: &str = "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; \
     pragma foreign_keys = on; pragma temp_store = memory;";

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

impl SqlStore {
    /// Opens the database that the address names (`sqlite://path`, created when absent, or
    /// `postgres://…`) and runs the migrations. Nodes that start at once wait for each other.
    pub(crate) async fn open(database_url: &str) -> Result<Self, String> {
        Self::open_as(database_url, "rwc").await
    }

    /// As [`Self::open`], but a file that is absent is an error.
    pub(crate) async fn open_existing(database_url: &str) -> Result<Self, String> {
        Self::open_as(database_url, "rw").await
    }

    async fn open_as(database_url: &str, mode: &str) -> Result<Self, String> {
        sqlx::any::install_default_drivers();
        let kind = Kind::of(database_url)?;
        let refused = |error: &dyn std::fmt::Display| {
            // PostgreSQL's address may hold a password; SQLite's is a path, which is what to check.
            let name = if kind == Kind::Sqlite { database_url } else { scheme(database_url) };
            format!("the database {name} cannot be used: {error}; check database_url, and who may use it")
        };
        let in_memory = database_url.contains(":memory:");
        let url = match kind {
            Kind::Sqlite if !in_memory && !database_url.contains("mode=") => {
                let join = if database_url.contains('?') { '&' } else { '?' };
                Cow::Owned(format!("{database_url}{join}mode={mode}"))
            }
            _ => Cow::Borrowed(database_url),
        };
        let (connections, questions) = match kind {
            Kind::Sqlite if in_memory => (1, 1),
            Kind::Sqlite => (SQLITE_CONNECTIONS, SQLITE_QUESTIONS),
            Kind::Postgres => (POSTGRES_CONNECTIONS, POSTGRES_QUESTIONS),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(|error| refused(&error))?;
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(BUSY_TIMEOUT)
            // Each is asked when it is given back; before it is lent, only after a while.
            .test_before_acquire(false)
            .before_acquire(|connection, of| {
                Box::pin(async move {
                    if of.idle_for > QUIET {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(SQLITE_PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| refused(&error))?;
        kind.migrator().run(&pool).await.map_err(|error| refused(&error))?;
        let (batches, reads) = (Batches::start(pool.clone(), kind), Reads::start(pool.clone()));
        let questions = Shelf::of(pool.clone(), questions);
        Ok(Self { pool, kind, batches, reads, questions })
    }
}

impl Kind {
    /// The database that this address is for.
    pub(crate) fn of(database_url: &str) -> Result<Self, String> {
        match scheme(database_url) {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            other => Err(format!(
                "the database {other} is neither SQLite nor PostgreSQL: write sqlite://path/to/file.db or postgres://user@host/name"
            )),
        }
    }

    /// What brings it up to date.
    pub(crate) fn migrator(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
        }
    }
}

/// Only the scheme, as the rest may hold a password.
fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("address", |(scheme, _)| scheme)
}
