//! Time as a port: everything that compares moments asks here.

use jiff::Timestamp;
use std::fmt;
use std::sync::Mutex;

/// Says what time it is. Waiting is not its business.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock plus an offset that a test moves.
#[derive(Debug, Default)]
pub struct ShiftedClock {
    ahead: Mutex<jiff::SignedDuration>,
}

impl ShiftedClock {
    /// Moves time forward (or back) by this much.
    pub fn advance(&self, by: jiff::SignedDuration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let ahead = *self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }
}
