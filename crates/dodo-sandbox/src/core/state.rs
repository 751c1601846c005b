//! The pretended Dodo as one value: records, timers, faults, deliveries, and the log of calls.

use std::time::Duration;

use super::behaviour::Behaviour;
use super::catalogue;
use super::fault::Faults;
use super::ids::Ids;
use super::journal::Journal;
use super::ledger::Ledger;
use super::moment::Moment;
use super::outbox::Outbox;
use super::plan_change::Proration;

/// What stays the same while the sandbox runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `http://127.0.0.1:PORT`, no trailing slash: links point here.
    pub base_url: String,
    /// The only key the API accepts.
    pub api_key: String,
    /// How a declined one-click charge is answered.
    pub decline_mode: DeclineMode,
    /// Whether `confirm: true` without a billing address is refused.
    pub require_billing_address_on_confirm: bool,
    /// How plan changes are priced.
    pub proration: Proration,
    /// Whether `effective_at: next_billing_date` is refused with the modes that compare prices.
    pub strict_scheduled_modes: bool,
    /// Equal seeds and equal calls give equal ids.
    pub seed: u64,
}

/// How `POST /checkouts` answers when the charge fails at once. Dodo documents neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeclineMode {
    /// 200 with the id of a payment that has failed.
    #[default]
    Recorded,
    /// 402 with the decline code; the failed payment exists all the same.
    PaymentRequired,
}

/// The whole of a pretended Dodo, without sockets, clocks or randomness of its own.
///
/// Every call brings the [`Moment`]; ids come from a seed; what should be sent is collected and
/// handed out by [`Core::take_due`]. The same calls in the same order therefore give the same
/// answers, which lets the core run inside a simulation as well as behind HTTP.
#[derive(Debug)]
pub struct Core {
    /// Unchanging settings.
    pub settings: Settings,
    /// The records.
    pub ledger: Ledger,
    /// Webhook deliveries.
    pub outbox: Outbox,
    /// Faults that wait for a matching call.
    pub faults: Faults,
    /// API calls received.
    pub journal: Journal,
    pub(crate) ids: Ids,
    pub(crate) timers: Vec<Timer>,
    /// Set while a call runs whose charge must end in this way.
    pub(crate) forced_behaviour: Option<Behaviour>,
}

/// A payment that leaves `processing` by itself.
#[derive(Debug)]
pub(crate) struct Timer {
    pub(crate) due: Duration,
    pub(crate) payment_id: String,
    pub(crate) error_code: Option<String>,
}

/// The shop's business and brand id.
pub(crate) const BUSINESS_ID: &str = "bus_lumen_and_grain";

impl Core {
    /// A fresh shop with its catalogue.
    pub fn new(settings: Settings, now: Moment) -> Self {
        let mut core = Self {
            ids: Ids::seeded(settings.seed),
            faults: Faults::seeded(settings.seed),
            settings,
            ledger: Ledger::default(),
            outbox: Outbox::default(),
            journal: Journal::default(),
            timers: Vec::new(),
            forced_behaviour: None,
        };
        catalogue::stock(&mut core, now);
        core
    }

    /// Back to the fresh shop. The webhook address stays, everything else goes.
    pub fn reset(&mut self, now: Moment) {
        let mut outbox = Outbox::default();
        outbox.endpoint = self.outbox.endpoint.take();
        self.ledger = Ledger::default();
        self.outbox = outbox;
        self.faults = Faults::seeded(self.settings.seed);
        self.journal = Journal::default();
        self.timers.clear();
        catalogue::stock(self, now);
    }

    /// Ends every payment whose processing time is over.
    pub fn tick(&mut self, now: Moment) {
        let (due, later) =
            std::mem::take(&mut self.timers).into_iter().partition(|timer| timer.due <= now.elapsed);
        self.timers = later;
        let due: Vec<Timer> = due;
        for timer in due {
            // A payment that vanished in a reset has no timer either, so this cannot miss.
            let _ = self.settle(now, &timer.payment_id, timer.error_code);
        }
    }

    /// When [`Core::tick`] or [`Core::take_due`] next has something to do, in sandbox time.
    pub fn next_due(&self) -> Option<Duration> {
        self.timers.iter().map(|timer| timer.due).chain(self.outbox.next_due()).min()
    }
}
