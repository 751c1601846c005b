//! Group commit: writes that come at once share one transaction, so that a storm of webhooks or clicks waits for
//! few flushes of the disk instead of one each.
//!
//! 1. A caller is answered after the commit that holds its write, never before.
//! 2. Nothing is waited for to fill a batch: it holds what came while the one before was committed.
//! 3. Each write sees those before it in its batch, as if they were committed: one claim of a step is taken, however
//!    many are in one batch.
//! 4. If a batch is refused, each of its writes is tried alone, in the same order: one that cannot be stored fails
//!    for itself and not for those that came beside it.
//! 5. If the database is gone, full or busy, every caller is told so, and is not made to wait for each of the others.
//!    Who is told so of a claim sends nothing.
//!
//! SQLite has one writer anyway, so that claims and changes of attempts come here, too. PostgreSQL has many, which wait
//! for each other's rows and locks: there these have a transaction of their own, and only idempotent writes come here,
//! in the one order in which every node locks (`turn.rs`).

use super::database::Database;
use super::one_row::OneRow;
use super::statement::Connection;
use super::{
    Attempt, Kind, Noted, PreparedOffer, StoreError, attempts, events, facts, prepared, purchases, turn,
};
use crate::purchase::Purchase;
use jiff::Timestamp;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The most writes in one transaction.
const LARGEST: usize = 128;
/// How often a write is tried alone while others are in its way, such as a node of an older version.
const TRIES: usize = 3;

/// One write.
#[derive(Debug)]
pub(super) enum Write {
    /// A verified webhook, as it came; not taken: it was here before.
    Event { id: String, kind: String, body: String, now: Timestamp },
    /// The webhook's effect is stored.
    Applied { id: String, now: Timestamp },
    /// A purchase.
    Purchase { purchase: Box<Purchase>, now: Timestamp },
    /// An offer made ready.
    Prepared(Box<PreparedOffer>),
    /// The claim of a step; not taken: something stands against it.
    Claim(Box<Attempt>),
    /// A change of an attempt, with its fact; not taken: somebody was faster.
    Change(Box<(Attempt, Noted)>),
    /// A fact alone, of the attempt with this id.
    Fact { attempt: String, noted: Box<Noted> },
    /// A small change; not taken: there was no such row.
    OneRow(OneRow),
}

impl Write {
    /// True of what locks a row, or a customer, that somebody else may hold: nothing else should have to wait with it.
    fn may_wait_for_others(&self) -> bool {
        matches!(self, Self::Claim(_) | Self::Change(_) | Self::OneRow(_))
    }
}

/// The door to the writer. The writer ends with the last door.
#[derive(Clone, Debug)]
pub(super) struct Batches {
    door: mpsc::UnboundedSender<Waiting>,
    /// For what does not go through it.
    database: Database,
}

type Waiting = (Write, oneshot::Sender<Result<bool, String>>);

impl Batches {
    /// Starts the writer.
    pub(super) fn start(database: Database) -> Self {
        let (door, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep_writing(database.clone(), queue));
        Self { door, database }
    }

    /// Writes, and returns when it is durable: whether it was taken. What can be refused says so.
    pub(super) async fn write(&self, write: Write) -> Result<bool, StoreError> {
        if self.database.kind() == Kind::Postgres && write.may_wait_for_others() {
            return write_alone(&self.database, &[write].into(), 0).await;
        }
        let gone = || StoreError::Batch("the writer is gone".to_owned());
        let (answer, answered) = oneshot::channel();
        self.door.send((write, answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(StoreError::Batch)
    }
}

async fn keep_writing(database: Database, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(LARGEST);
    while queue.recv_many(&mut batch, LARGEST).await > 0 {
        if database.kind() == Kind::Postgres {
            batch.sort_by_cached_key(|(write, _)| turn::of(write));
        }
        let (writes, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let done = write_all(&database, &writes.into()).await;
        for (answer, done) in answers.into_iter().zip(done) {
            // A caller that is gone needs no answer.
            let _ = answer.send(done);
        }
    }
}

/// What became of each.
async fn write_all(database: &Database, writes: &Arc<[Write]>) -> Vec<Result<bool, String>> {
    if writes.len() > 1 {
        match commit(database, writes, 0..writes.len()).await {
            Ok(taken) => return taken.into_iter().map(Ok).collect(),
            Err(error) if Failure::of(&error) == Failure::Database => {
                return vec![Err(error.to_string()); writes.len()];
            }
            Err(error) => {
                tracing::warn!(%error, batch.writes = writes.len(), "a batch is refused; each write is tried alone");
            }
        }
    }
    let mut done = Vec::with_capacity(writes.len());
    for place in 0..writes.len() {
        match write_alone(database, writes, place).await {
            Err(error) if Failure::of(&error) == Failure::Database => {
                done.resize(writes.len(), Err(error.to_string()));
                break;
            }
            alone => done.push(alone.map_err(|error| error.to_string())),
        }
    }
    done
}

async fn write_alone(database: &Database, writes: &Arc<[Write]>, place: usize) -> Result<bool, StoreError> {
    let mut tries = 1;
    loop {
        match commit(database, writes, place..place + 1).await {
            Err(error) if tries < TRIES && Failure::of(&error) == Failure::Crossed => tries += 1,
            done => return done.map(|taken| taken.into_iter().all(|is_taken| is_taken)),
        }
    }
}

/// Some of the writes, in one transaction.
async fn commit(
    database: &Database,
    writes: &Arc<[Write]>,
    of: Range<usize>,
) -> Result<Vec<bool>, StoreError> {
    let writes = Arc::clone(writes);
    let change = async move |connection: &mut Connection<'_>| {
        put(connection, writes.get(of).unwrap_or_default()).await
    };
    database.write(change).await
}

/// Whose fault it is that a transaction failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// One write cannot be stored: no other has to suffer for it.
    Write,
    /// Another transaction was in the way (SQLSTATE 40001, 40P01): the same again may go well.
    Crossed,
    /// The database takes nothing now, or what became of the commit is not known.
    Database,
}

impl Failure {
    fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                if is_of_sqlite(error.extended_code) { Self::Database } else { Self::Write }
            }
            StoreError::Sqlite(_) => Self::Write,
            StoreError::Database(sqlx::Error::Database(error)) => match error.code().as_deref() {
                Some("40001" | "40P01") => Self::Crossed,
                Some(code) if is_of_postgres(code) => Self::Database,
                _ => Self::Write,
            },
            _ => Self::Database,
        }
    }
}

/// Connection, resources, intervention and system by class, and a server that only reads.
fn is_of_postgres(code: &str) -> bool {
    code == "25006" || ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class))
}

/// The lowest byte is the kind: perm, abort, busy, locked, nomem, readonly, interrupt, ioerr, corrupt, full, cantopen,
/// protocol, schema, notadb.
fn is_of_sqlite(code: i32) -> bool {
    matches!(code & 0xff, 3..=11 | 13..=15 | 17 | 26)
}

/// Whether each was taken.
async fn put(connection: &mut Connection<'_>, writes: &[Write]) -> Result<Vec<bool>, StoreError> {
    if matches!(connection, Connection::Postgres(_)) {
        turn::hold_customers(connection, writes).await?;
    }
    let mut taken = Vec::with_capacity(writes.len());
    for write in writes {
        let is_taken = match write {
            Write::Event { id, kind, body, now } => events::keep(connection, id, kind, body, *now).await?,
            Write::Applied { id, now } => {
                events::mark_applied(connection, id, *now).await?;
                true
            }
            Write::Purchase { purchase, now } => {
                purchases::put(connection, purchase, *now).await?;
                true
            }
            Write::Prepared(offer) => {
                prepared::put(connection, offer).await?;
                true
            }
            Write::Fact { attempt, noted } => {
                facts::note(connection, attempt, noted).await?;
                true
            }
            Write::Claim(attempt) => attempts::insert_in_turn(connection, attempt).await?,
            Write::OneRow(change) => change.write(connection).await?,
            Write::Change(change) => attempts::change(connection, &change.0, &change.1).await?,
        };
        taken.push(is_taken);
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::{is_of_postgres, is_of_sqlite};

    #[test]
    fn a_database_that_takes_nothing_is_told_from_a_write_that_cannot_be_stored() {
        for code in ["08006", "53100", "57014", "57P01", "58030", "25006"] {
            assert!(is_of_postgres(code), "{code}");
        }
        for code in ["22021", "22P05", "23503", "40P01"] {
            assert!(!is_of_postgres(code), "{code}");
        }
        for code in [5, 517, 8, 13, 10, 778] {
            assert!(is_of_sqlite(code), "{code}");
        }
        for code in [1, 19, 787, 1811] {
            assert!(!is_of_sqlite(code), "{code}");
        }
    }
}
