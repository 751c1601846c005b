//! How many attempts and refunds are in each state, read from the store.

use super::Label;
use crate::attempt::AttemptState;
use crate::store::{AcceptanceStore, StoreError};
use jiff::{SignedDuration, Timestamp};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use tokio::sync::Mutex;

/// However many ask, the store is counted at most this often.
const FRESH: SignedDuration = SignedDuration::from_secs(5);
/// The states in which Dodo may still charge.
const OPEN: [&str; 4] = ["sent", "unknown", "processing", "action_required"];

/// The gauges, and when they were last true.
#[derive(Debug)]
pub(super) struct Census {
    taken: Mutex<Option<Timestamp>>,
    attempts: Family<Label, Gauge>,
    oldest: Family<Label, Gauge>,
    refunds: Family<Label, Gauge>,
    is_up: Gauge,
}

impl Census {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let census = Self {
            taken: Mutex::new(None),
            attempts: Family::default(),
            oldest: Family::default(),
            refunds: Family::default(),
            is_up: Gauge::default(),
        };
        registry.register("attempts", "Accepted offers, by state", census.attempts.clone());
        let help = "Age of the oldest attempt that may still be charged, by state; 0 when there is none";
        registry.register_with_unit("oldest_open_attempt_age", help, Unit::Seconds, census.oldest.clone());
        registry.register(
            "refunds",
            "Steps that were paid twice, by state of the refund",
            census.refunds.clone(),
        );
        registry.register("store_up", "1 when the database could be counted, else 0", census.is_up.clone());
        census
    }

    /// Counts, unless that was just done. While the store fails nothing is said about attempts: numbers of
    /// yesterday would hide what is going on.
    pub(super) async fn take(&self, store: &dyn AcceptanceStore, now: Timestamp) {
        let mut taken = self.taken.lock().await;
        if taken.is_some_and(|at| at <= now && now.duration_since(at) < FRESH) {
            return;
        }
        let counted = self.count(store, now).await;
        if let Err(error) = &counted {
            tracing::warn!(%error, "attempts cannot be counted");
            for family in [&self.attempts, &self.oldest, &self.refunds] {
                family.clear();
            }
        }
        self.is_up.set(i64::from(counted.is_ok()));
        *taken = counted.is_ok().then_some(now);
    }

    async fn count(&self, store: &dyn AcceptanceStore, now: Timestamp) -> Result<(), StoreError> {
        let attempts = store.count_attempts().await?;
        let refunds = store.list_refunds(u32::MAX).await?;
        for state in AttemptState::KINDS {
            let found = attempts.iter().find(|count| count.kind == state);
            set(&self.attempts, state, found.map_or(0, |count| count.count));
            let refunded = refunds.iter().filter(|refund| refund.state.kind() == state).count();
            set(&self.refunds, state, u64::try_from(refunded).unwrap_or(u64::MAX));
            if OPEN.contains(&state) {
                let age = found.map_or(0, |count| now.duration_since(count.oldest).as_secs());
                set(&self.oldest, state, u64::try_from(age).unwrap_or(0));
            }
        }
        Ok(())
    }
}

fn set(family: &Family<Label, Gauge>, state: &'static str, value: u64) {
    family.get_or_create(&[("state", state)]).set(i64::try_from(value).unwrap_or(i64::MAX));
}
