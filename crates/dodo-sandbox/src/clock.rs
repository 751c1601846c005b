//! The real clock behind both of the sandbox's clocks.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::core::Moment;

/// Reads the wall clock for documents, and a clock that may run faster for delays.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// Sandbox seconds in a real second; positive and finite, checked at the start.
    scale: f64,
    /// Added to both clocks by hand.
    advanced: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn new(scale: f64) -> Self {
        Self { started: Instant::now(), scale, advanced: Mutex::new(Duration::ZERO) }
    }

    pub(crate) fn now(&self) -> Moment {
        let advanced = self.advanced();
        let shift = SignedDuration::try_from(advanced).unwrap_or(SignedDuration::MAX);
        Moment {
            at: Timestamp::now().checked_add(shift).unwrap_or(Timestamp::MAX),
            elapsed: self.started.elapsed().mul_f64(self.scale) + advanced,
        }
    }

    /// Moves both clocks forward.
    pub(crate) fn advance(&self, by: Duration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        *advanced = advanced.saturating_add(by);
    }

    /// Real time until the sandbox clock reads `due`.
    pub(crate) fn wait_until(&self, due: Duration) -> Duration {
        due.saturating_sub(self.now().elapsed).div_f64(self.scale)
    }

    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    fn advanced(&self) -> Duration {
        *self.advanced.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
