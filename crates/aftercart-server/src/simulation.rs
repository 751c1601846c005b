//! A node of this server inside one process: its network, clock and disk belong to the simulation.
//!
//! Only with the feature `simulation`, which no deployment turns on. Everything between the router and
//! the [`Wire`] is the code that runs in production, but for planted faults ([`Planted`]) that show that
//! the simulation sees what it should.

use crate::app::App;
use crate::attempt::{Attempt, Checkout};
use crate::clock::Clock;
use crate::config::Config;
use crate::dodo::Dodo;
pub use crate::dodo::{Answer, Call, NoAnswer, Sends, Verb, Wire};
use crate::rules::OfferBook;
pub use crate::store::Disk;
use crate::store::{MemoryStore, Rows};
use crate::upsell::{Core, prepare_at_once};
use axum::Router;
use jiff::Timestamp;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What all nodes of one history share and what survives their crashes.
#[derive(Clone, Debug, Default)]
pub struct Database {
    rows: Arc<Mutex<Rows>>,
    ids: Arc<AtomicU64>,
}

/// A fault in our own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// Nothing is claimed before the call to Dodo.
    NoClaim,
    /// A 200 answer counts as paid.
    Trust200,
    /// A 200 answer to a plan change counts as changed.
    TrustChange,
    /// An accept charges whatever the price is by then.
    OldPrice,
    /// What could be taken back is charged at once.
    NoWindow,
    /// What is taken back is only said to be.
    EmptyUndo,
}

/// What a node is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Its settings.
    pub config: Config,
    /// The shop's offers.
    pub offers: OfferBook,
    /// Its disk, in front of the shared database.
    pub disk: Arc<dyn Disk>,
    /// Its network to Dodo.
    pub wire: Arc<dyn Wire>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// The fault in it.
    pub planted: Option<Planted>,
}

/// A running node.
#[derive(Clone)]
pub struct Node {
    app: App,
    router: Router,
}

impl Node {
    /// Starts a node on the database. Its reconciler runs when [`Node::reconcile`] is called; offers are made ready
    /// as they are wished for, and not anew when they run out.
    ///
    /// Errors: a webhook key that is not base64 after `whsec_`.
    pub fn start(parts: Parts, database: &Database) -> Result<Self, crate::StartError> {
        let store = MemoryStore {
            rows: Arc::clone(&database.rows),
            disk: parts.disk,
            forgets_claims: parts.planted == Some(Planted::NoClaim),
        };
        let core =
            Core::new(parts.config, parts.offers, Arc::new(store), Dodo::new(parts.wire, 0), parts.clock)
                .with_counted_ids(Arc::clone(&database.ids));
        let (mut core, wished) = core.preparing();
        core.planted = parts.planted;
        let core = Arc::new(core);
        if let Some(wished) = wished {
            tokio::spawn(prepare_at_once(Arc::downgrade(&core), wished));
        }
        let app = App::of(core)?;
        Ok(Self { router: app.router(), app })
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// One round of the reconciler. False when it failed.
    pub async fn reconcile(&self) -> bool {
        self.app.core().reconcile().await.is_ok()
    }
}

/// What the database says about one step at the end.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Record {
    /// Id of the attempt or checkout, as it stands in Dodo's metadata.
    pub id: String,
    /// The key of the click that claimed an attempt; empty for a checkout.
    pub key: String,
    /// The state's kind.
    pub state: &'static str,
    /// Nothing more is expected.
    pub is_settled: bool,
    /// Counts as not charged.
    pub is_dead: bool,
    /// The reconciler gave it up, whatever came after.
    pub was_given_up: bool,
    /// An attempt that is a change of plan.
    pub changes_plan: bool,
}

impl Database {
    /// The next moment at which the reconciler has something to do.
    pub fn next_look(&self) -> Option<Timestamp> {
        let rows = self.rows();
        let attempts = rows.attempts.iter().filter_map(|(attempt, _)| attempt.look_at);
        let checkouts = rows.checkouts.iter().filter_map(|(checkout, _)| checkout.look_at);
        let refunds = rows.refunds.iter().filter_map(|refund| refund.look_at);
        attempts.chain(checkouts).chain(refunds).min()
    }

    /// Every attempt.
    pub fn attempts(&self) -> Vec<Record> {
        let rows = self.rows();
        let of = |(attempt, _): &(Attempt, Timestamp)| Record {
            was_given_up: rows.has_given_up(&attempt.id),
            changes_plan: attempt.change.is_some(),
            id: attempt.id.clone(),
            key: attempt.key.as_str().to_owned(),
            state: attempt.state.kind(),
            is_settled: attempt.state.is_settled(),
            is_dead: attempt.state.is_dead(),
        };
        rows.attempts.iter().map(of).collect()
    }

    /// Every checkout.
    pub fn checkouts(&self) -> Vec<Record> {
        let of = |(checkout, _): &(Checkout, Timestamp)| Record {
            was_given_up: false,
            changes_plan: false,
            id: checkout.id.clone(),
            key: String::new(),
            state: checkout.state.kind(),
            is_settled: checkout.state.is_settled(),
            is_dead: checkout.state.is_dead(),
        };
        self.rows().checkouts.iter().map(of).collect()
    }

    /// Payments that are given back, with the state of it.
    pub fn refunds(&self) -> Vec<(String, &'static str)> {
        let rows = self.rows();
        rows.refunds.iter().map(|refund| (refund.payment.to_string(), refund.state.kind())).collect()
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
