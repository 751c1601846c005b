//! The parts that every use case works with.

use crate::clock::Clock;
use crate::config::Config;
use crate::dodo::Dodo;
use crate::metrics::Metrics;
use crate::occasion::OccasionId;
use crate::rules::OfferBook;
use crate::store::AcceptanceStore;
use aftercart_contract::CustomerId;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Refusal;
use super::arrival::Arrivals;
use super::prepared::made_by;

/// How many unknown payments may be looked up at Dodo at the same time.
const LOOKUPS: usize = 4;

/// One server's working parts.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) book: OfferBook,
    /// Names the rules and settings that offers are made by: see `prepared`.
    pub(super) made_by: String,
    pub(crate) store: Arc<dyn AcceptanceStore>,
    pub(super) dodo: Dodo,
    clock: Arc<dyn Clock>,
    /// Charges under way. They go on when the shopper's connection is gone; stopping waits for them.
    pub(crate) charges: TaskTracker,
    pub(super) lookups: Semaphore,
    /// Clicks that are not claimed yet.
    pub(super) arrivals: Arrivals,
    /// Cancelled when nothing new shall begin: ends the reconciler.
    pub(crate) stopping: CancellationToken,
    pub(super) ids: Ids,
    /// Where offers that could be made ready are named; `None`: nothing is made ready.
    pub(super) wishes: Option<Sender<OccasionId>>,
    /// What this server has counted.
    pub(crate) metrics: Metrics,
    /// A fault planted by the simulation, to show that it sees it.
    #[cfg(feature = "simulation")]
    pub(crate) planted: Option<crate::simulation::Planted>,
}

/// Where the ids of rows come from.
#[derive(Debug, Default)]
pub(crate) enum Ids {
    /// Uuids.
    #[default]
    Random,
    /// 1, 2, 3 …, so that a history can be played again.
    #[cfg(feature = "simulation")]
    Counted(Arc<std::sync::atomic::AtomicU64>),
}

impl Ids {
    /// An id that was not used before.
    pub(super) fn next(&self) -> String {
        match self {
            Self::Random => uuid::Uuid::new_v4().to_string(),
            #[cfg(feature = "simulation")]
            Self::Counted(count) => {
                format!("id-{}", count.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
            }
        }
    }
}

impl Core {
    pub(crate) fn new(
        config: Config,
        book: OfferBook,
        store: Arc<dyn AcceptanceStore>,
        dodo: Dodo,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            made_by: made_by(&config, &book),
            config,
            book,
            store,
            dodo,
            clock,
            charges: TaskTracker::new(),
            lookups: Semaphore::new(LOOKUPS),
            arrivals: Arrivals::default(),
            stopping: CancellationToken::new(),
            ids: Ids::default(),
            wishes: None,
            metrics: Metrics::new(),
            #[cfg(feature = "simulation")]
            planted: None,
        }
    }

    /// Other offers, before anybody is served.
    pub(crate) fn set_book(&mut self, book: OfferBook) {
        self.made_by = made_by(&self.config, &book);
        self.book = book;
    }

    /// With ids that are the same in every run.
    #[cfg(feature = "simulation")]
    pub(crate) fn with_counted_ids(mut self, count: Arc<std::sync::atomic::AtomicU64>) -> Self {
        self.ids = Ids::Counted(count);
        self
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// True for a moment within the time that a payment's id opens an offer.
    pub(super) fn is_fresh(&self, paid_at: Timestamp) -> bool {
        self.now() < after(paid_at, self.config.purchase_fresh)
    }

    pub(super) fn check_subject_token(
        &self,
        token: Option<&str>,
        customer: &CustomerId,
    ) -> Result<(), Refusal> {
        let token = token.ok_or(Refusal::TokenMissing)?;
        let claims = self.config.token_keys.verify_subject(token, self.now())?;
        if claims.customer == *customer { Ok(()) } else { Err(Refusal::TokenForAnother) }
    }
}

/// The moment so much later; the end of time for absurd sums.
pub(super) fn after(moment: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}
