//! What goes wrong in a history: chosen by its seed before it begins.

use crate::journey::{Journey, Purchases};
use fastrand::Rng;

/// Everything that can go wrong. Each history gets some of these; each hit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A request of the page does not arrive.
    LostRequest,
    /// An answer to the page does not arrive.
    LostAnswer,
    /// A message between page and server takes seconds.
    Delay,
    /// A request of the page arrives twice.
    Duplicate,
    /// A later message overtakes an earlier one.
    Reorder,
    /// A call to Dodo does not arrive, or is refused at the door.
    DodoLostRequest,
    /// Dodo does it and the answer is lost.
    DodoLostAnswer,
    /// Dodo takes longer than the server waits.
    DodoDelay,
    /// A charge arrives at Dodo long after the server gave it up.
    DodoLate,
    /// Dodo answers 429 or 5xx and does nothing.
    DodoError,
    /// Dodo does it and answers 500.
    DodoErrorAfterEffect,
    /// A server process dies at one of its awaits and starts again.
    Crash,
    /// The servers' clocks are wrong.
    ClockSkew,
    /// The database refuses, or loses the answer to a commit.
    DatabaseBusy,
    /// Webhooks come several times and shuffled.
    WebhookStorm,
    /// Webhooks come minutes late.
    WebhookLate,
    /// No webhook ever comes.
    WebhookNever,
    /// The page is open twice.
    TwoTabs,
    /// The accept is clicked twice.
    DoubleClick,
    /// The page is loaded again in the middle.
    Reload,
    /// The shopper comes back with the back button.
    Back,
    /// The price moves while the offer is shown.
    PriceMoved,
}

/// All of them, in the order of the report.
pub(crate) const FAULTS: [Fault; 22] = [
    Fault::LostRequest,
    Fault::LostAnswer,
    Fault::Delay,
    Fault::Duplicate,
    Fault::Reorder,
    Fault::DodoLostRequest,
    Fault::DodoLostAnswer,
    Fault::DodoDelay,
    Fault::DodoLate,
    Fault::DodoError,
    Fault::DodoErrorAfterEffect,
    Fault::Crash,
    Fault::ClockSkew,
    Fault::DatabaseBusy,
    Fault::WebhookStorm,
    Fault::WebhookLate,
    Fault::WebhookNever,
    Fault::TwoTabs,
    Fault::DoubleClick,
    Fault::Reload,
    Fault::Back,
    Fault::PriceMoved,
];

impl Fault {
    fn bit(self) -> u32 {
        1 << (self as u32)
    }

    /// How many of 100 histories have it.
    fn share(self) -> u32 {
        match self {
            Self::Reorder => 60,
            Self::Back => 50,
            Self::DodoLate | Self::DoubleClick | Self::PriceMoved => 35,
            _ => 25,
        }
    }

    /// How often it strikes where it can, per mille; `is_charge` where money moves.
    pub(crate) fn chance(self, is_charge: bool) -> u32 {
        match self {
            Self::Crash => 12,
            Self::DatabaseBusy => 10,
            Self::DodoLate | Self::Reload | Self::TwoTabs | Self::PriceMoved => 800,
            Self::Back | Self::DoubleClick => 900,
            Self::LostRequest | Self::LostAnswer | Self::Delay | Self::Duplicate => 200,
            Self::DodoLostAnswer | Self::DodoErrorAfterEffect | Self::DodoDelay if is_charge => 500,
            Self::DodoLostRequest | Self::DodoError if is_charge => 300,
            Self::DodoLostAnswer
            | Self::DodoErrorAfterEffect
            | Self::DodoDelay
            | Self::DodoLostRequest
            | Self::DodoError => 60,
            _ => 250,
        }
    }
}

/// A set of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(u32);

impl Faults {
    pub(crate) fn has(self, fault: Fault) -> bool {
        self.0 & fault.bit() != 0
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.0 |= fault.bit();
    }
}

/// A history's circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) faults: Faults,
    /// One of the sandbox's customers, which decides how Dodo takes the charge.
    pub(crate) customer: &'static str,
    pub(crate) journey: Journey,
    pub(crate) purchases: Purchases,
    /// How many server processes share the database.
    pub(crate) nodes: usize,
    /// The seconds each node's clock is ahead.
    pub(crate) skew_seconds: [i64; 2],
}

const CUSTOMERS: [&str; 18] = [
    "cus_paid",
    "cus_paid",
    "cus_paid",
    "cus_paid",
    "cus_declined",
    "cus_fraud",
    "cus_network",
    "cus_3ds",
    "cus_3ds",
    "cus_3ds_no_link",
    "cus_processing",
    "cus_processing_fails",
    "cus_slow",
    "cus_lost_answer",
    "cus_error_after_commit",
    "cus_conflict",
    "cus_no_method",
    "cus_many_cards",
];

impl Plan {
    /// The circumstances of this seed.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let mut faults = Faults::default();
        for fault in FAULTS {
            if rng.u32(..100) < fault.share() {
                faults.add(fault);
            }
        }
        let customer = CUSTOMERS.get(rng.usize(..CUSTOMERS.len())).copied().unwrap_or("cus_paid");
        let skew_seconds =
            if faults.has(Fault::ClockSkew) { [rng.i64(-90..=90), rng.i64(-90..=90)] } else { [0, 0] };
        let journey = Journey::of(rng);
        let purchases = journey.purchases(rng);
        Self { faults, customer, journey, purchases, nodes: rng.usize(1..=2), skew_seconds }
    }
}
