//! Timers and moments.

use crate::model::Timer;
use aftercart_contract::Timestamp;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;

/// The running timers, at most one of each kind. Dropping this stops them all.
#[derive(Default)]
pub(super) struct Timers(RefCell<Vec<(Timer, Timeout)>>);

impl Timers {
    /// Starts `timer`; one of the same kind that still runs is stopped.
    pub(super) fn start(&self, timer: Timer, ms: u32, fire: impl FnOnce() + 'static) {
        let mut running = self.0.borrow_mut();
        running.retain(|(kind, _)| *kind != timer);
        running.push((timer, Timeout::new(ms, fire)));
    }
}

/// Milliseconds from one moment to a later one; `None` when either is no date.
pub(super) fn between(from: &Timestamp, until: &Timestamp) -> Option<u32> {
    let ms = js_sys::Date::parse(until.as_str()) - js_sys::Date::parse(from.as_str());
    // A browser's timer holds 31 bits; NaN fails the comparison.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
    (0.0..2_147_483_000.0).contains(&ms).then_some(ms as u32)
}

/// Now, on the shopper's clock.
pub(super) fn now() -> Option<Timestamp> {
    Timestamp::new(String::from(js_sys::Date::new_0().to_iso_string())).ok()
}
