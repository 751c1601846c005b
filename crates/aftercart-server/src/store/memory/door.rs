//! One node's door to the rows: the store itself, and the disk in front of it.

use super::rows::Rows;
use crate::attempt::{Attempt, AttemptState};
use crate::store::StoreError;
use async_trait::async_trait;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What happens around each transaction: a simulated disk may be slow, busy, or gone with its node.
#[async_trait]
pub trait Disk: fmt::Debug + Send + Sync {
    /// Before the transaction; false refuses it. Never returning is a crash.
    async fn before(&self) -> bool;
    /// After the commit; false loses the answer. Never returning is a crash.
    async fn after(&self) -> bool;
}

/// One node's door to the rows. Everything behind it happens at once, as in a serialised transaction.
#[derive(Clone, Debug)]
pub(crate) struct MemoryStore {
    pub(crate) rows: Arc<Mutex<Rows>>,
    pub(crate) disk: Arc<dyn Disk>,
    /// The planted fault: nothing is claimed before the call to Dodo, so nobody sees that one is under way.
    pub(crate) forgets_claims: bool,
}

impl MemoryStore {
    /// True for an attempt that a question about claims sees.
    pub(super) fn sees(&self, attempt: &Attempt) -> bool {
        !self.forgets_claims || !matches!(attempt.state, AttemptState::Claimed | AttemptState::Sent)
    }

    /// One transaction.
    pub(super) async fn transact<T>(
        &self,
        change: impl FnOnce(&mut Rows) -> T + Send,
    ) -> Result<T, StoreError> {
        let busy = || StoreError::Database(sqlx::Error::PoolTimedOut);
        if !self.disk.before().await {
            return Err(busy());
        }
        let changed = change(&mut self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        if self.disk.after().await { Ok(changed) } else { Err(busy()) }
    }
}

#[cfg(test)]
impl MemoryStore {
    /// An empty one whose disk never fails.
    pub(crate) fn calm() -> Self {
        #[derive(Debug)]
        struct Calm;

        #[async_trait]
        impl Disk for Calm {
            async fn before(&self) -> bool {
                true
            }

            async fn after(&self) -> bool {
                true
            }
        }
        Self { rows: Arc::default(), disk: Arc::new(Calm), forgets_claims: false }
    }
}
