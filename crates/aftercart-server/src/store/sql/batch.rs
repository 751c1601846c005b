//! Group commit: writes that come at once share one transaction, so that a storm of webhooks waits for
//! few flushes of the disk instead of one each.
//!
//! 1. A caller is answered after the commit that holds its write, never before.
//! 2. Nothing is waited for to fill a batch: it holds what came while the one before was committed.
//! 3. If a batch fails, every caller in it is told so; each of these writes may be made again.
//!
//! Only for writes that are idempotent. Claims have a transaction of their own.

use super::{Kind, PreparedOffer, StoreError, begin, events, prepared, purchases};
use crate::purchase::Purchase;
use jiff::Timestamp;
use sqlx::AnyPool;
use tokio::sync::{mpsc, oneshot};

/// The most writes in one transaction.
const LARGEST: usize = 128;

/// One idempotent write.
#[derive(Debug)]
pub(super) enum Write {
    /// A verified webhook, as it came.
    Event { id: String, kind: String, body: String, now: Timestamp },
    /// The webhook's effect is stored.
    Applied { id: String, now: Timestamp },
    /// A purchase.
    Purchase { purchase: Box<Purchase>, now: Timestamp },
    /// An offer made ready.
    Prepared(Box<PreparedOffer>),
}

/// The door to the writer. The writer ends with the last door.
#[derive(Clone, Debug)]
pub(super) struct Batches(mpsc::UnboundedSender<Waiting>);

type Waiting = (Write, oneshot::Sender<Result<(), String>>);

impl Batches {
    /// Starts the writer.
    pub(super) fn start(pool: AnyPool, kind: Kind) -> Self {
        let (door, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep_writing(pool, kind, queue));
        Self(door)
    }

    /// Writes, and returns when it is durable.
    pub(super) async fn write(&self, write: Write) -> Result<(), StoreError> {
        let gone = || StoreError::Batch("the writer is gone".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send((write, answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(StoreError::Batch)
    }
}

async fn keep_writing(pool: AnyPool, kind: Kind, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(LARGEST);
    while queue.recv_many(&mut batch, LARGEST).await > 0 {
        let (writes, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let done = commit(&pool, kind, &writes).await.map_err(|error| error.to_string());
        for answer in answers {
            // A caller that is gone needs no answer.
            let _ = answer.send(done.clone());
        }
    }
}

async fn commit(pool: &AnyPool, kind: Kind, writes: &[Write]) -> Result<(), StoreError> {
    let mut transaction = begin(pool, kind).await?;
    for write in writes {
        match write {
            Write::Event { id, kind, body, now } => {
                events::keep(&mut transaction, id, kind, body, *now).await?;
            }
            Write::Applied { id, now } => events::mark_applied(&mut transaction, id, *now).await?,
            Write::Purchase { purchase, now } => purchases::put(&mut transaction, purchase, *now).await?,
            Write::Prepared(offer) => prepared::put(&mut transaction, offer).await?,
        }
    }
    Ok(transaction.commit().await?)
}
