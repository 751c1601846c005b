//! The sandbox's two clocks, read together.

use std::time::Duration;

use jiff::Timestamp;

/// One reading of both clocks. The core never reads a clock itself: whoever calls it brings the time.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// What documents say, UTC. Runs at the pace of the wall clock, so that a merchant's own clock agrees.
    pub at: Timestamp,
    /// Sandbox time since the start. Retries and processing delays are counted in it, and it may run faster.
    pub elapsed: Duration,
}

impl Moment {
    /// `at` as Dodo writes it: RFC 3339, UTC, microseconds at most.
    pub(crate) fn stamp(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at.as_microsecond()).unwrap_or(self.at)
    }
}
