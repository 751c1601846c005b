//! Taking away what is old, in the background (ADR 0019).

use super::{Core, Refusal};
use crate::store::Old;
use std::sync::Weak;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The pause between two looks for what has become old.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The pause after a batch: shoppers' writes go first.
const PAUSE: Duration = Duration::from_millis(100);

/// Forgets until the core is gone or `stop` is cancelled; ends at once where everything is kept.
pub(crate) async fn keep_forgetting(core: Weak<Core>, stop: CancellationToken) {
    loop {
        let Some(node) = core.upgrade() else { return };
        let Some(kept) = node.config.keep else { return };
        let round = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            round = node.forget(kept) => round,
        };
        if let Err(error) = round {
            tracing::warn!(%error, "what is old cannot be taken away; the next round tries again");
        }
        drop(node);
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK_EVERY) => {}
        }
    }
}

impl Core {
    /// Deletes everything that is older than is kept.
    async fn forget(&self, kept: Duration) -> Result<(), Refusal> {
        let kept = jiff::SignedDuration::try_from(kept).unwrap_or(jiff::SignedDuration::MAX);
        let Ok(before) = self.now().checked_sub(kept) else { return Ok(()) };
        for what in Old::ALL {
            loop {
                let rows = self.store.forget(what, before).await?;
                self.metrics.forgotten(what, rows);
                if rows == 0 {
                    break;
                }
                sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}
