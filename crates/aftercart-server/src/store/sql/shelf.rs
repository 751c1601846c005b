//! Connections that are kept between questions: taking one from the pool and giving it back asks the database each
//! time whether it is there, which costs as much as a question.

use super::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// After so long without a question the database may be gone, and is asked.
const QUIET: Duration = Duration::from_secs(1);
/// Pools of fewer connections lend theirs for one question only: a database in memory has one.
const FEW: u32 = 4;

/// So many connections, for those who ask by turns.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pool: AnyPool,
    kept: Arc<Mutex<Vec<Kept>>>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    connection: PoolConnection<Any>,
    used: Instant,
}

impl Shelf {
    /// Empty: connections come from the pool as they are needed, at most so many at once.
    pub(super) fn of(pool: AnyPool, places: usize) -> Self {
        Self { pool, kept: Arc::default(), places: Arc::new(Semaphore::new(places)) }
    }

    /// Asks, when it is this question's turn. A connection on which anything failed, or that somebody left in the
    /// middle of a question, goes back to the pool.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _place = self.places.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut connection = self.connection().await?;
        let answer = question(&mut connection).await?;
        if self.pool.options().get_max_connections() >= FEW {
            self.kept().push(Kept { connection, used: Instant::now() });
        }
        Ok(answer)
    }

    /// The one that was used last, or another one, should the database have gone and come back.
    async fn connection(&self) -> Result<PoolConnection<Any>, StoreError> {
        let kept = self.kept().pop();
        if let Some(Kept { mut connection, used }) = kept
            && (used.elapsed() <= QUIET || connection.ping().await.is_ok())
        {
            return Ok(connection);
        }
        Ok(self.pool.acquire().await?)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
