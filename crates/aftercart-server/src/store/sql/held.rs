//! A connection that one task keeps: taking one from the pool and giving it back asks the database each time whether it
//! is there, which costs as much as a question.

use super::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _};
use std::time::{Duration, Instant};

/// After so long without a question the database may be gone, and is asked.
const QUIET: Duration = Duration::from_secs(1);
/// Pools of fewer connections lend theirs for one question only: a database in memory has one.
const FEW: u32 = 4;

/// A connection, or where the next one comes from.
pub(super) struct Held {
    pool: AnyPool,
    connection: Option<PoolConnection<Any>>,
    used: Instant,
}

impl Held {
    /// None yet.
    pub(super) fn of(pool: AnyPool) -> Self {
        Self { pool, connection: None, used: Instant::now() }
    }

    /// The connection, or another one, should the database have gone and come back.
    pub(super) async fn get(&mut self) -> Result<&mut AnyConnection, StoreError> {
        let is_doubtful = self.used.elapsed() > QUIET;
        let mut kept = self.connection.take();
        if let Some(connection) = kept.as_mut().filter(|_| is_doubtful)
            && connection.ping().await.is_err()
        {
            kept = None;
        }
        let connection = match kept {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        self.used = Instant::now();
        Ok(self.connection.insert(connection))
    }

    /// The question is answered. After a failure, or from a small pool, the connection goes back.
    pub(super) fn done(&mut self, is_well: bool) {
        if !is_well || self.pool.options().get_max_connections() < FEW {
            self.connection = None;
        }
    }
}
