//! The database: there, writable, durable, and of this version. Nothing in it is changed.

use super::report::Check;
use crate::store::Kind;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

const NAME: &str = "database";
/// A running server may hold SQLite's lock for a moment; PostgreSQL may be far away.
const LIMIT: Duration = Duration::from_secs(10);

/// What was seen of a database that can be used.
struct Seen {
    /// Such as `SQLite, journal wal, /srv/aftercart.db`; never a password.
    words: String,
    /// Versions of the migrations that it has.
    applied: Vec<i64>,
    /// A setting with which a claim can be lost.
    weakness: Option<String>,
}

/// Opens what `database_url` names.
pub(super) async fn examine(database_url: &str) -> Check {
    if database_url.contains(":memory:") {
        let seen = "SQLite in memory, which forgets every charge at its end";
        return Check::warn(NAME, seen, "name a file: database_url = \"sqlite://aftercart.db\"");
    }
    let inspected = async {
        let kind = Kind::of(database_url)?;
        let seen = tokio::time::timeout(LIMIT, inspect(kind, database_url)).await;
        seen.map_err(|_| format!("no answer within {} s", LIMIT.as_secs()))?.map(|seen| (kind, seen))
    };
    match inspected.await {
        Ok((kind, Some(seen))) => judge(kind, &seen),
        Ok((_, None)) => Check::ok(NAME, "not there yet: `serve` creates it"),
        Err(error) => Check::fail(NAME, error, "check database_url, and who may use it"),
    }
}

fn judge(kind: Kind, seen: &Seen) -> Check {
    let known: Vec<i64> = kind.migrator().iter().map(|migration| migration.version).collect();
    let newer = seen.applied.iter().filter(|version| !known.contains(version)).count();
    let outstanding = known.iter().filter(|version| !seen.applied.contains(version)).count();
    let words = &seen.words;
    if newer > 0 {
        let seen = format!("{words}: {newer} migrations that this program does not know");
        Check::fail(NAME, seen, "run the newer aftercart-server")
    } else if outstanding > 0 {
        let seen = format!("{words}: {outstanding} migrations to come");
        Check::warn(NAME, seen, "restart the server: `serve` runs them")
    } else if let Some(weakness) = &seen.weakness {
        let seen = format!("{words}: {weakness}, so that a claim can be lost with the power");
        Check::warn(NAME, seen, "switch it on, or a charge can be sent twice after such a loss")
    } else {
        Check::ok(NAME, format!("{words}, writable, up to date"))
    }
}

/// Connects, tries a write and takes it back. `None` when there is no database yet.
async fn inspect(kind: Kind, database_url: &str) -> Result<Option<Seen>, String> {
    let place = match kind {
        Kind::Sqlite => match file(database_url)? {
            Some(place) => place,
            None => return Ok(None),
        },
        Kind::Postgres => server(database_url)?,
    };
    let refused = |error: sqlx::Error| format!("{place}: {error}");
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(database_url).await.map_err(refused)?;
    let (words, weakness) = match kind {
        Kind::Sqlite => {
            let journal = setting(&mut connection, "pragma journal_mode").await.map_err(refused)?;
            (format!("SQLite, journal {journal}, {place}"), None)
        }
        Kind::Postgres => {
            let version = setting(&mut connection, "show server_version").await.map_err(refused)?;
            let mut weakness = None;
            for (name, query) in [("fsync", "show fsync"), ("synchronous_commit", "show synchronous_commit")]
            {
                if setting(&mut connection, query).await.map_err(refused)? == "off" {
                    weakness = Some(format!("`{name}` is off"));
                }
            }
            (format!("PostgreSQL {version}, {place}"), weakness)
        }
    };
    let mut attempt = connection.begin().await.map_err(refused)?;
    sqlx::query("create table aftercart_doctor (id bigint)").execute(&mut *attempt).await.map_err(refused)?;
    attempt.rollback().await.map_err(refused)?;
    // Absent in a database that was never served.
    let applied = sqlx::query_scalar("select version from _sqlx_migrations where success");
    let applied = applied.fetch_all(&mut connection).await.unwrap_or_default();
    Ok(Some(Seen { words, applied, weakness }))
}

async fn setting(connection: &mut AnyConnection, query: &'static str) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(query).fetch_one(connection).await
}

/// The file's whole path; `None` when it is not there but can be made.
fn file(database_url: &str) -> Result<Option<String>, String> {
    let options = SqliteConnectOptions::from_str(database_url);
    let options = options.map_err(|_| "database_url is not `sqlite://path/to/file.db`".to_owned())?;
    let file = options.get_filename();
    if let Ok(whole) = std::fs::canonicalize(file) {
        return Ok(Some(whole.display().to_string()));
    }
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    let can_create = std::fs::metadata(directory.unwrap_or(Path::new(".")))
        .is_ok_and(|it| it.is_dir() && !it.permissions().readonly());
    if can_create { Ok(None) } else { Err(format!("{} cannot be created", file.display())) }
}

/// Host, port and database, without user and password.
fn server(database_url: &str) -> Result<String, String> {
    let options = PgConnectOptions::from_str(database_url);
    let options = options.map_err(|_| "database_url is not `postgres://user@host/name`".to_owned())?;
    let database = options.get_database().unwrap_or_default();
    Ok(format!("{}:{}/{database}", options.get_host(), options.get_port()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use crate::store::SqlStore;

    fn at(path: &Path) -> String {
        format!("sqlite://{}", path.display())
    }

    #[tokio::test]
    async fn a_database_is_absent_then_good_then_newer() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("aftercart.db");
        assert!(examine(&at(&file)).await.seen.contains("not there yet"));
        assert!(!file.exists());

        SqlStore::open(&at(&file)).await.unwrap();
        let check = examine(&at(&file)).await;
        assert!(check.verdict == Verdict::Ok && check.seen.contains("journal wal"), "{check}");

        let mut connection = AnyConnection::connect(&at(&file)).await.unwrap();
        let newer = "insert into _sqlx_migrations values (99999999, 'x', '2030-01-01', true, x'00', 1)";
        sqlx::query(newer).execute(&mut connection).await.unwrap();
        let check = examine(&at(&file)).await;
        assert!(check.verdict == Verdict::Fail && check.seen.contains("does not know"), "{check}");
    }

    #[tokio::test]
    async fn an_empty_file_waits_for_its_migrations() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("aftercart.db");
        std::fs::write(&file, "").unwrap();
        assert_eq!(examine(&at(&file)).await.verdict, Verdict::Warn);
    }

    #[tokio::test]
    async fn postgresql_waits_for_its_migrations_then_is_good_and_durable() {
        let Ok(administrator) = std::env::var("AFTERCART_TEST_POSTGRES") else {
            println!("skipped: AFTERCART_TEST_POSTGRES is not set; cargo xtask test sets it");
            return;
        };
        sqlx::any::install_default_drivers();
        let name = format!("doctor_{}", uuid::Uuid::new_v4().simple());
        let mut connection = AnyConnection::connect(&administrator).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut connection).await.unwrap();
        let url = format!("{}/{name}", administrator.rsplit_once('/').unwrap().0);
        let check = examine(&url).await;
        assert!(check.verdict == Verdict::Warn && check.seen.contains("to come"), "{check}");

        SqlStore::open(&url).await.unwrap();
        let check = examine(&url).await;
        assert!(check.verdict == Verdict::Ok && check.seen.starts_with("PostgreSQL 1"), "{check}");

        let lax = sqlx::AssertSqlSafe(format!("alter database {name} set synchronous_commit = off"));
        sqlx::query(lax).execute(&mut connection).await.unwrap();
        let check = examine(&url).await;
        assert!(
            check.verdict == Verdict::Warn && check.seen.contains("`synchronous_commit` is off"),
            "{check}"
        );
    }

    #[tokio::test]
    async fn what_cannot_last_or_be_opened_is_said_without_passwords() {
        assert_eq!(examine("sqlite::memory:").await.verdict, Verdict::Warn);
        assert_eq!(examine("sqlite:///nowhere/at/all.db").await.verdict, Verdict::Fail);
        for url in [
            "mysql://user:hunter2@db/x",
            "postgres://user:hunter2@127.0.0.1:1/x",
            "postgres://user:hunter2@:x",
        ] {
            let check = examine(url).await;
            assert!(check.verdict == Verdict::Fail && !check.to_string().contains("hunter2"), "{check}");
        }
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("notes.txt");
        std::fs::write(&file, "these are notes and no database, for sure".repeat(50)).unwrap();
        assert_eq!(examine(&at(&file)).await.verdict, Verdict::Fail);
    }
}
