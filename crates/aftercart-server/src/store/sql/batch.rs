//! Group commit: writes that come at once share one transaction, so that a storm of webhooks or clicks waits for
//! few flushes of the disk instead of one each.
//!
//! 1. A caller is answered after the commit that holds its write, never before.
//! 2. Nothing is waited for to fill a batch: it holds what came while the one before was committed.
//! 3. Each write sees those before it in its batch, as if they were committed: one claim of a step is taken, however
//!    many are in one batch.
//! 4. If a batch fails, every caller in it is told so, and nothing of it is stored. Who is told so of a claim sends
//!    nothing.
//!
//! SQLite has one writer anyway, so that claims and changes of attempts come here, too. PostgreSQL has many, which wait
//! for each other's rows and locks: there these have a transaction of their own, and only idempotent writes come here.

use super::one_row::OneRow;
use super::shelf::Shelf;
use super::{Attempt, Kind, Noted, PreparedOffer, StoreError, attempts, events, facts, prepared, purchases};
use crate::purchase::Purchase;
use jiff::Timestamp;
use sqlx::{AnyConnection, AnyPool, Connection as _};
use tokio::sync::{mpsc, oneshot};

/// The most writes in one transaction.
const LARGEST: usize = 128;

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

/// The door to the writer. The writer ends with the last door.
#[derive(Clone, Debug)]
pub(super) struct Batches(mpsc::UnboundedSender<Waiting>);

type Waiting = (Write, oneshot::Sender<Result<bool, String>>);

impl Batches {
    /// Starts the writer.
    pub(super) fn start(pool: AnyPool, kind: Kind) -> Self {
        let (door, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep_writing(pool, kind, queue));
        Self(door)
    }

    /// Writes, and returns when it is durable: whether it was taken. What can be refused says so.
    pub(super) async fn write(&self, write: Write) -> Result<bool, StoreError> {
        let gone = || StoreError::Batch("the writer is gone".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send((write, answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(StoreError::Batch)
    }
}

async fn keep_writing(pool: AnyPool, kind: Kind, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let (shelf, mut batch) = (Shelf::of(pool, 1), Vec::with_capacity(LARGEST));
    while queue.recv_many(&mut batch, LARGEST).await > 0 {
        let (writes, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let done = shelf.ask(async |connection| commit(connection, kind, &writes).await).await;
        let done = done.map_err(|error| error.to_string());
        for (at, answer) in answers.into_iter().enumerate() {
            let taken = done.as_ref().map(|taken| taken.get(at).copied().unwrap_or_default());
            // A caller that is gone needs no answer.
            let _ = answer.send(taken.map_err(Clone::clone));
        }
    }
}

/// Whether each was taken.
async fn commit(
    connection: &mut AnyConnection,
    kind: Kind,
    writes: &[Write],
) -> Result<Vec<bool>, StoreError> {
    let mut transaction = connection.begin_with(kind.begin()).await?;
    let mut taken = Vec::with_capacity(writes.len());
    for write in writes {
        let is_taken = match write {
            Write::Event { id, kind, body, now } => {
                events::keep(&mut transaction, id, kind, body, *now).await?
            }
            Write::Applied { id, now } => {
                events::mark_applied(&mut transaction, id, *now).await?;
                true
            }
            Write::Purchase { purchase, now } => {
                purchases::put(&mut transaction, purchase, *now).await?;
                true
            }
            Write::Prepared(offer) => {
                prepared::put(&mut transaction, offer).await?;
                true
            }
            Write::Fact { attempt, noted } => {
                facts::note(&mut transaction, attempt, noted).await?;
                true
            }
            Write::Claim(attempt) => attempts::insert(&mut transaction, attempt).await?,
            Write::OneRow(change) => change.write(&mut transaction).await?,
            Write::Change(change) => attempts::change(&mut transaction, &change.0, &change.1).await?,
        };
        taken.push(is_taken);
    }
    transaction.commit().await?;
    Ok(taken)
}
