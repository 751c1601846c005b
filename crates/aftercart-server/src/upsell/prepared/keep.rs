//! When offers are made ready in the background: after a webhook, and before one runs out. What a page had to wait for is
//! kept at once (`make.rs`).
//!
//! 1. Wishes stand in a short queue of this process. A wish that finds it full is forgotten: the page then waits for Dodo.
//! 2. Rows that run out are leased in the database, so that two nodes do not make the same one.
//! 3. Nothing begins without enough of the budget left; what shoppers wait for goes first.

use crate::occasion::OccasionId;
use crate::upsell::core::after;
use crate::upsell::{Core, Refusal};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How many wishes wait.
const WAITING: usize = 4_096;
/// How many offers are made ready at once.
const AT_ONCE: usize = 32;
/// Calls to Dodo for one offer: product, price, methods.
const CALLS: u8 = 3;
/// The pause before the budget is looked at again.
const PAUSE: Duration = Duration::from_millis(100);
/// The pause between two looks for rows that run out.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longer than making one takes.
const LEASE: Duration = Duration::from_secs(40);

/// Occasions whose offer may be asked for soon.
pub(crate) type Wished = mpsc::Receiver<OccasionId>;

/// Makes offers ready until the core is gone or `stop` is cancelled.
pub(crate) async fn keep_preparing(core: Weak<Core>, mut wished: Wished, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let wish = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            wish = wished.recv() => wish,
            () = sleep(LOOK_EVERY) => None,
        };
        let Some(core) = core.upgrade() else { return };
        let due = match wish {
            Some(occasion) => vec![occasion],
            None => core.running_out().await,
        };
        for occasion in due {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            while !core.dodo.budget().has_spare(CALLS) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep(PAUSE) => {}
                }
            }
            let core = Arc::clone(&core);
            tokio::spawn(async move {
                let made = core.prepare(&occasion).await;
                core.metrics.prepared(made.is_ok());
                if let Err(error) = made {
                    let occasion = occasion.for_log();
                    tracing::debug!(occasion, %error, "an offer cannot be made ready");
                }
                drop(place);
            });
        }
    }
}

/// Makes each offer ready as soon as it is wished for: on a simulated node, whose minutes no budget counts.
#[cfg(feature = "simulation")]
pub(crate) async fn prepare_at_once(core: Weak<Core>, mut wished: Wished) {
    while let Some(occasion) = wished.recv().await {
        let Some(core) = core.upgrade() else { return };
        // What cannot be made ready is asked for later.
        let _ = core.prepare(&occasion).await;
    }
}

impl Core {
    /// With a queue of offers to be made ready; its end is for [`keep_preparing`]. `None`: none shall be made.
    pub(crate) fn preparing(mut self) -> (Self, Option<Wished>) {
        if self.config.dodo_requests_per_minute == 0 {
            return (self, None);
        }
        let (door, queue) = mpsc::channel(WAITING);
        self.wishes = Some(door);
        (self, Some(queue))
    }

    /// The offer of this occasion may be asked for soon.
    pub(crate) fn prepare_soon(&self, occasion: OccasionId) {
        if let Some(wishes) = &self.wishes {
            // A full queue is no trouble: the page asks Dodo then.
            let _ = wishes.try_send(occasion);
        }
    }

    /// What has to be made anew; what nobody will ask for any more is taken away.
    async fn running_out(&self) -> Vec<OccasionId> {
        match self.leased().await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "prepared offers cannot be read");
                Vec::new()
            }
        }
    }

    async fn leased(&self) -> Result<Vec<OccasionId>, Refusal> {
        let now = self.now();
        let mut due = Vec::new();
        for prepared in self.store.lease_prepared(now, after(now, LEASE)).await? {
            if now < prepared.fresh_until {
                due.push(prepared.occasion);
            } else {
                self.store.drop_prepared(&prepared.occasion).await?;
            }
        }
        Ok(due)
    }
}
