//! Shared reads: questions for prepared offers that come at once are one statement, as writes share one commit.
//!
//! 1. A statement begins after its questions were asked, never before: each is answered by what was committed by then.
//! 2. Nothing is waited for to fill one: it asks what came while the one before was answered.
//! 3. If it fails, everybody in it is told so.
//!
//! Under load this spares most of what a read costs: a statement of its own, and on PostgreSQL the way there and back.

use super::database::Database;
use super::prepared::of_subjects;
use super::{PreparedOffer, StoreError};
use aftercart_contract::Subject;
use tokio::sync::{mpsc, oneshot};

/// The most questions of one statement.
pub(super) const LARGEST: usize = 64;

/// The door to the reader. The reader ends with the last door.
#[derive(Clone, Debug)]
pub(super) struct Reads(mpsc::UnboundedSender<Waiting>);

type Found = Result<Option<PreparedOffer>, String>;
type Waiting = (Subject, oneshot::Sender<Found>);

impl Reads {
    /// Starts the reader.
    pub(super) fn start(database: Database) -> Self {
        let (door, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep_reading(database, queue));
        Self(door)
    }

    /// The offer that is ready for this subject.
    pub(super) async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError> {
        let gone = || StoreError::Batch("the reader is gone".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send((subject.clone(), answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(StoreError::Batch)
    }
}

async fn keep_reading(database: Database, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(LARGEST);
    while queue.recv_many(&mut batch, LARGEST).await > 0 {
        let (customers, payments): (Vec<_>, Vec<_>) =
            batch.drain(..).partition(|(subject, _): &Waiting| matches!(subject, Subject::Customer(_)));
        for waiting in [customers, payments] {
            answer(&database, waiting).await;
        }
    }
}

/// All of one kind.
async fn answer(database: &Database, waiting: Vec<Waiting>) {
    if waiting.is_empty() {
        return;
    }
    let subjects: Vec<&Subject> = waiting.iter().map(|(subject, _)| subject).collect();
    let found = database.ask(async |connection| of_subjects(connection, &subjects).await).await;
    for (subject, answer) in waiting {
        let its = match &found {
            Ok(found) => match found.get(subject.as_str()) {
                Some(Ok(offer)) => Ok(Some(offer.clone())),
                Some(Err(error)) => Err(error.to_string()),
                None => Ok(None),
            },
            Err(error) => Err(error.to_string()),
        };
        // Who has gone needs no answer.
        let _ = answer.send(its);
    }
}
