//! Shared reads: questions for prepared offers that come at once are one statement, as writes share one commit.
//!
//! 1. A statement begins after its questions were asked, never before: each is answered by what was committed by then.
//! 2. Nothing is waited for to fill one: it asks what came while the one before was answered.
//! 3. If it fails, everybody in it is told so.
//!
//! Under load this spares most of what a read costs: the way to SQLite's thread or to PostgreSQL, and back.

use super::prepared::{PreparedRow, of_subjects};
use super::shelf::Shelf;
use super::{PreparedOffer, StoreError};
use aftercart_contract::Subject;
use sqlx::AnyPool;
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// The most questions of one statement.
pub(super) const LARGEST: usize = 64;

/// The door to the reader. The reader ends with the last door.
#[derive(Clone, Debug)]
pub(super) struct Reads(mpsc::UnboundedSender<Waiting>);

type Found = Result<Option<PreparedRow>, String>;
type Waiting = (Subject, oneshot::Sender<Found>);

impl Reads {
    /// Starts the reader.
    pub(super) fn start(pool: AnyPool) -> Self {
        let (door, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep_reading(pool, queue));
        Self(door)
    }

    /// The offer that is ready for this subject.
    pub(super) async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError> {
        let gone = || StoreError::Batch("the reader is gone".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send((subject.clone(), answer)).map_err(|_| gone())?;
        let row = answered.await.map_err(|_| gone())?.map_err(StoreError::Batch)?;
        row.map(PreparedRow::prepared).transpose()
    }
}

async fn keep_reading(pool: AnyPool, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let (shelf, mut batch) = (Shelf::of(pool, 1), Vec::with_capacity(LARGEST));
    while queue.recv_many(&mut batch, LARGEST).await > 0 {
        let (customers, payments): (Vec<_>, Vec<_>) =
            batch.drain(..).partition(|(subject, _): &Waiting| matches!(subject, Subject::Customer(_)));
        for waiting in [customers, payments] {
            answer(&shelf, waiting).await;
        }
    }
}

/// All of one kind.
async fn answer(shelf: &Shelf, waiting: Vec<Waiting>) {
    let subjects: Vec<&Subject> = waiting.iter().map(|(subject, _)| subject).collect();
    let rows = read(shelf, &subjects).await.map_err(|error| error.to_string());
    for (subject, answer) in waiting {
        let found = match &rows {
            Ok(rows) => Ok(rows.get(subject.as_str()).cloned()),
            Err(error) => Err(error.clone()),
        };
        // Who has gone needs no answer.
        let _ = answer.send(found);
    }
}

async fn read(shelf: &Shelf, subjects: &[&Subject]) -> Result<HashMap<String, PreparedRow>, StoreError> {
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    shelf.ask(async |connection| of_subjects(connection, subjects).await).await
}
