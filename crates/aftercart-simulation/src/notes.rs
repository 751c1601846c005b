//! What happened in a history so far.

use crate::plan::Faults;
use crate::subscription::Timeline;
use aftercart_contract::Money;
use dodo_sandbox::core::Core;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The notes of one history.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) hits: Faults,
    /// The faults have ended.
    pub(crate) calm: bool,
    pub(crate) trace: Option<Vec<String>>,
    /// Sentences about what a shopper was told wrongly.
    pub(crate) untrue: Vec<String>,
    /// Keys of clicks whose shoppers were told that they did not arrive.
    pub(crate) not_received: Vec<String>,
    /// What the button said at each click that left its page, by the click's key.
    pub(crate) buttons: BTreeMap<String, Button>,
    /// When the price of the offered product moved.
    pub(crate) price_moved: Option<Timestamp>,
    /// How many requests to charge or to change a plan reached Dodo, by attempt.
    pub(crate) orders: BTreeMap<String, u32>,
    /// The plan that is to change, if the history is about one.
    pub(crate) timeline: Option<Timeline>,
    /// A shopper was told that the planned change is called off.
    pub(crate) told_called_off: bool,
    /// A shopper was told that the accept is taken back.
    pub(crate) told_taken_back: bool,
    pub(crate) sent: u64,
    pub(crate) newest_arrival: u64,
}

/// What a shopper agreed to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Button {
    pub(crate) clicked_at: Timestamp,
    pub(crate) due_now: Money,
    pub(crate) quantity: u32,
}

impl Notes {
    /// Looks at Dodo after everything that may have changed it.
    pub(crate) fn see(&mut self, core: &Core, now: Timestamp) {
        if let Some(timeline) = &mut self.timeline {
            timeline.look(core, now);
        }
    }

    /// Dodo was asked to charge, or to change a plan, for this attempt.
    pub(crate) fn orders_taken(&mut self, attempt: String) {
        *self.orders.entry(attempt).or_default() += 1;
    }
}
