//! Opening the database and bringing it up to date.

use super::batch::Batches;
use super::database::{Database, Postgres};
use super::reads::Reads;
use super::sqlite::Sqlite;
use super::{Kind, SqlStore};
use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::error::Error;
use std::str::FromStr as _;
use std::time::Duration;

/// Two nodes stay well below PostgreSQL's usual limit of 100.
const CONNECTIONS: u32 = 24;
/// Of these, so many are kept for questions and for writes; what takes long has the rest.
const QUESTIONS: usize = 10;
const WRITES: usize = 12;
/// A connection that was not used for so long may be gone.
const QUIET: Duration = Duration::from_secs(1);
/// A database that is busy for longer is down.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

impl SqlStore {
    /// Opens the database that the address names (`sqlite://path`, created when absent, or
    /// `postgres://…`) and runs the migrations. Nodes that start at once wait for each other.
    pub(crate) async fn open(database_url: &str) -> Result<Self, String> {
        Self::open_as(database_url, true).await
    }

    /// As [`Self::open`], but a file that is absent is an error.
    pub(crate) async fn open_existing(database_url: &str) -> Result<Self, String> {
        Self::open_as(database_url, false).await
    }

    async fn open_as(database_url: &str, is_created: bool) -> Result<Self, String> {
        let database = match Kind::of(database_url)? {
            Kind::Sqlite if [":memory:", "mode=memory"].iter().any(|sign| database_url.contains(sign)) => {
                sqlite_in_memory().map(Database::Sqlite)
            }
            Kind::Sqlite => Box::pin(sqlite(database_url, is_created)).await.map(Database::Sqlite),
            Kind::Postgres => Box::pin(postgres(database_url)).await.map(Database::Postgres),
        };
        let database = database.map_err(|error| {
            // PostgreSQL's address may hold a password; SQLite's is a path, which is what to check.
            let name = if scheme(database_url) == "sqlite" { database_url } else { scheme(database_url) };
            format!("the database {name} cannot be used: {error}; check database_url, and who may use it")
        })?;
        let (batches, reads) = (Batches::start(database.clone()), Reads::start(database.clone()));
        Ok(Self { database, batches, reads })
    }
}

type Refused = Box<dyn Error + Send + Sync>;

/// sqlx knows the address and has noted which migrations were run; what is asked while shoppers wait is not its.
async fn sqlite(database_url: &str, is_created: bool) -> Result<Sqlite, Refused> {
    let options = SqliteConnectOptions::from_str(database_url)?;
    let options =
        if database_url.contains("mode=") { options } else { options.create_if_missing(is_created) };
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options.clone().busy_timeout(BUSY_TIMEOUT)).await?;
    SQLITE.run(&pool).await?;
    pool.close().await;
    Ok(Sqlite::at(options.get_filename())?)
}

fn sqlite_in_memory() -> Result<Sqlite, Refused> {
    Ok(Sqlite::in_memory(SQLITE.iter().map(|migration| migration.sql.as_str()))?)
}

async fn postgres(database_url: &str) -> Result<Postgres, Refused> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
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
        .connect_with(PgConnectOptions::from_str(database_url)?)
        .await?;
    POSTGRES.run(&pool).await?;
    Ok(Postgres::of(pool, QUESTIONS, WRITES))
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
