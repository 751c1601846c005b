//! SQLite: one file, any number of readers, one writer.
//!
//! 1. A question of a few rows is answered where it is asked: it takes less time than handing it to another thread
//!    and back would. WAL's readers wait for no writer.
//! 2. What may take long (the disk at a commit, a count of everything) has a thread that nobody else waits for.
//! 3. Who writes waits for his turn here, in the order of asking, and not in SQLite's lock, which knows no order. Another
//!    process at the same file is waited for there.

use super::StoreError;
use super::statement::Connection;
use rusqlite::OpenFlags;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// Full: a claim must survive the loss of power.
const PRAGMAS: &str = "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; \
     pragma foreign_keys = on; pragma temp_store = memory;";
/// More than the store has statements.
const PREPARED: usize = 128;

/// A file, or a database in memory.
#[derive(Clone, Debug)]
pub(super) struct Sqlite {
    /// None in memory: such a database is where its only connection is.
    readers: Option<Readers>,
    writer: Arc<tokio::sync::Mutex<rusqlite::Connection>>,
}

/// Connections that wait for a question; there are as many as there were questions at once.
#[derive(Clone, Debug)]
struct Readers {
    file: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<rusqlite::Connection>>>,
}

impl Sqlite {
    /// A file that is there.
    pub(super) fn at(file: &Path) -> Result<Self, StoreError> {
        let readers = Readers { file: Arc::new(file.to_owned()), idle: Arc::default() };
        let writer = Arc::new(tokio::sync::Mutex::new(readers.another()?));
        Ok(Self { readers: Some(readers), writer })
    }

    /// Made by these migrations, and gone with the last clone of this.
    pub(super) fn in_memory<'m>(migrations: impl Iterator<Item = &'m str>) -> Result<Self, StoreError> {
        let connection = ready(rusqlite::Connection::open_in_memory()?)?;
        for migration in migrations {
            connection.execute_batch(migration)?;
        }
        Ok(Self { readers: None, writer: Arc::new(tokio::sync::Mutex::new(connection)) })
    }

    /// Asks for a few rows.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(readers) = &self.readers else {
            return question(&mut Connection::Sqlite(&mut *self.writer.lock().await)).await;
        };
        let mut reader = readers.take()?;
        let answer = question(&mut Connection::Sqlite(&mut reader)).await?;
        readers.idle().push(reader);
        Ok(answer)
    }

    /// Asks what may take seconds.
    pub(super) async fn ask_at_length<T: Send + 'static>(
        &self,
        question: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (this, handle) = (self.clone(), Handle::current());
        aside(move || handle.block_on(this.ask(question))).await
    }

    /// One transaction.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let handle = Handle::current();
        aside(move || handle.block_on(transaction(&mut writer, change))).await
    }
}

impl Readers {
    fn take(&self) -> Result<rusqlite::Connection, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| self.another(), Ok)
    }

    fn another(&self) -> Result<rusqlite::Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        ready(rusqlite::Connection::open_with_flags(self.file.as_path(), flags)?)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<rusqlite::Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ready(connection: rusqlite::Connection) -> Result<rusqlite::Connection, StoreError> {
    connection.execute_batch(PRAGMAS)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    Ok(connection)
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    spawn_blocking(work).await.map_err(|error| StoreError::Batch(error.to_string()))?
}

/// Takes the write lock at once, so that it cannot fail half-way.
async fn transaction<T>(
    writer: &mut rusqlite::Connection,
    change: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    run(writer, "begin immediate")?;
    let open = Open(writer);
    let done = change(&mut Connection::Sqlite(open.0)).await?;
    run(open.0, "commit")?;
    Ok(done)
}

fn run(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

/// A transaction that is rolled back where it was not committed: after an error, and where the change panics.
struct Open<'w>(&'w mut rusqlite::Connection);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = run(self.0, "rollback")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::statement::statement;
    use super::*;
    use std::sync::mpsc;

    const TABLE: &str = "create table kept (number integer not null)";

    fn file() -> (tempfile::TempDir, Sqlite) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kept.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(TABLE).unwrap();
        let sqlite = Sqlite::at(&path).unwrap();
        (directory, sqlite)
    }

    async fn keep(connection: &mut Connection<'_>, number: i64) -> Result<u64, StoreError> {
        statement("insert into kept (number) values ($1)").bind(number).run(connection).await
    }

    async fn count(sqlite: &Sqlite) -> i64 {
        let sql = "select count(*) as number from kept";
        sqlite.ask(async |connection| statement(sql).number(connection).await).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_written_is_there_for_the_next_question() {
        let (_directory, file) = file();
        let memory = Sqlite::in_memory([TABLE].into_iter()).unwrap();
        for sqlite in [file, memory] {
            for written in 1..=3 {
                sqlite.write(async |connection| keep(connection, 1).await).await.unwrap();
                assert_eq!(count(&sqlite).await, written);
            }
            let at_length = async |connection: &mut Connection<'_>| {
                statement("select number from kept").all(connection, |row| row.number("number")).await
            };
            assert_eq!(sqlite.ask_at_length(at_length).await.unwrap(), [1, 1, 1]);
        }
    }

    #[tokio::test]
    async fn of_a_change_that_fails_or_panics_nothing_is_stored_and_the_next_one_goes_on() {
        let (_directory, sqlite) = file();
        let fails = async |connection: &mut Connection<'_>| {
            keep(connection, 1).await?;
            Err::<(), _>(StoreError::Unreadable("a column"))
        };
        assert!(sqlite.write(fails).await.is_err());
        let panics = async |connection: &mut Connection<'_>| -> Result<(), StoreError> {
            keep(connection, 1).await?;
            panic!("in the middle of a change");
        };
        assert!(sqlite.write(panics).await.is_err());
        assert!(sqlite.writer.lock().await.is_autocommit(), "another process would wait for the lock");
        assert_eq!(count(&sqlite).await, 0);
        sqlite.write(async |connection| keep(connection, 2).await).await.unwrap();
        assert_eq!(count(&sqlite).await, 1);
    }

    #[tokio::test]
    async fn questions_do_not_wait_for_a_change_and_see_none_of_it_before_its_end() {
        let (_directory, sqlite) = file();
        let (begun, wait_for_begin) = mpsc::channel();
        let (end, wait_for_end) = mpsc::channel::<()>();
        let change = async move |connection: &mut Connection<'_>| {
            keep(connection, 1).await?;
            begun.send(()).unwrap();
            wait_for_end.recv().unwrap();
            Ok(())
        };
        let writer = sqlite.clone();
        let changed = tokio::spawn(async move { writer.write(change).await });
        spawn_blocking(move || wait_for_begin.recv()).await.unwrap().unwrap();
        assert_eq!(count(&sqlite).await, 0);
        end.send(()).unwrap();
        changed.await.unwrap().unwrap();
        assert_eq!(count(&sqlite).await, 1);
    }

    #[tokio::test]
    async fn a_value_has_the_place_of_its_number_wherever_it_is_met_first() {
        let (_directory, sqlite) = file();
        let read = async |connection: &mut Connection<'_>| {
            let query = statement("select $2 - $1 as number where $2 > $1").bind(3).bind(10);
            query.number(connection).await
        };
        assert_eq!(sqlite.ask(read).await.unwrap(), 7);
        let unbound = async |connection: &mut Connection<'_>| {
            statement("select $2 as number").bind(3).number(connection).await
        };
        assert!(sqlite.ask(unbound).await.is_err(), "a value that is not given is no null");
    }
}
