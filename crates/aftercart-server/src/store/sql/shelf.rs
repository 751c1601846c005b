//! Connections that are kept between questions: taking one from the pool and giving it back asks the database each
//! time whether it is there, which costs as much as a question.

use super::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, PgPool, Postgres};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// After so long without a question the database may be gone, and is asked.
const QUIET: Duration = Duration::from_secs(1);

/// So many connections, for those who ask by turns.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pool: PgPool,
    kept: Arc<Mutex<Vec<Kept>>>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    connection: PoolConnection<Postgres>,
    used: Instant,
}

impl Shelf {
    /// Empty: connections come from the pool as they are needed, at most so many at once.
    pub(super) fn of(pool: PgPool, places: usize) -> Self {
        Self { pool, kept: Arc::default(), places: Arc::new(Semaphore::new(places)) }
    }

    /// Asks, when it is this question's turn; an error, if that takes as long as the pool waits. A connection on which anything failed, or that somebody left in the
    /// middle of a question, goes back to the pool.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let patience = self.pool.options().get_acquire_timeout();
        let place = timeout(patience, self.places.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let _place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut connection = self.connection().await?;
        let answer = question(&mut connection).await?;
        self.kept().push(Kept { connection, used: Instant::now() });
        Ok(answer)
    }

    /// The one that was used last, or another one, should the database have gone and come back.
    async fn connection(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        let kept = self.kept().pop();
        if let Some(Kept { mut connection, used }) = kept
            && (used.elapsed() <= QUIET || connection.ping().await.is_ok())
        {
            return Ok(connection);
        }
        Ok(self.pool.acquire().await?)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Executor as _;
    use sqlx::postgres::PgPoolOptions;

    /// Connections with a memory of their own each, which a temporary table tells apart. None where no PostgreSQL is
    /// named.
    async fn shelf(places: usize) -> Option<Shelf> {
        let server = std::env::var("AFTERCART_TEST_POSTGRES").ok()?;
        let options = PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(1));
        Some(Shelf::of(options.connect(&server).await.unwrap(), places))
    }

    async fn mark(connection: &mut PgConnection) -> Result<(), StoreError> {
        connection.execute("create temp table mark (id integer)").await?;
        Ok(())
    }

    async fn has_mark(connection: &mut PgConnection) -> Result<bool, StoreError> {
        Ok(connection.execute("select * from mark").await.is_ok())
    }

    #[tokio::test]
    async fn the_connection_that_was_used_last_answers_the_next_question() {
        let Some(shelf) = shelf(2).await else { return };
        shelf.ask(async |connection| mark(connection).await).await.unwrap();
        assert!(shelf.ask(async |connection| has_mark(connection).await).await.unwrap());
        assert_eq!(shelf.kept().len(), 1);
    }

    #[tokio::test]
    async fn a_connection_on_which_something_failed_is_not_kept() {
        let Some(shelf) = shelf(2).await else { return };
        let failed: Result<(), _> = shelf.ask(async |_| Err(StoreError::Unreadable("a column"))).await;
        assert!(failed.is_err());
        assert_eq!(shelf.kept().len(), 0);
    }

    #[tokio::test]
    async fn who_waits_for_a_turn_longer_than_the_pool_would_is_told_so() {
        let Some(shelf) = shelf(1).await else { return };
        let waited = shelf.ask(async |_| Ok(shelf.ask(async |_| Ok(())).await)).await.unwrap();
        assert!(matches!(waited, Err(StoreError::Database(sqlx::Error::PoolTimedOut))));
        assert!(shelf.ask(async |_| Ok(())).await.is_ok(), "the turn ended with its question");
    }
}
