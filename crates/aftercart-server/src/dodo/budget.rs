//! How much of Dodo's rate limit is left.
//!
//! 1. Every call is counted, and none that a known shopper waits for is held back.
//! 2. What can wait begins only while more than half is left: of a minute's calls, and of a second's. The other half is
//!    there for accepts, whatever the background does.
//! 3. A lookup of a payment that nobody told us of begins only then, too: an id costs nothing to make up.
//! 4. A 429 of Dodo's says that we counted wrong, or not alone: nothing is left then.
//!
//! Source: Dodo allows 240 calls a minute and 40 a second, then 1000 and 100, then 5000 and 500, by the account's tier.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A second may bring so much of a minute's calls: no tier of Dodo's allows less.
const BURST: f64 = 0.1;

/// Calls that may still be made, as two buckets that fill evenly.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Levels>);

#[derive(Debug)]
struct Levels {
    minute: Bucket,
    second: Bucket,
    at: Instant,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    most: f64,
    per_second: f64,
}

impl Bucket {
    fn full(most: f64, fills_in: Duration) -> Self {
        Self { left: most, most, per_second: most / fills_in.as_secs_f64() }
    }

    fn fill(&mut self, passed: Duration) {
        self.left = (self.left + passed.as_secs_f64() * self.per_second).min(self.most);
    }

    /// More calls than are left count up to once more the whole.
    fn spend(&mut self, calls: f64) {
        self.left = (self.left - calls).max(-self.most);
    }

    fn has_spare(&self, calls: f64) -> bool {
        self.left - calls >= self.most / 2.0
    }

    /// A bucket so small that one call is more than its half gives it when it is full.
    fn has_spare_for_one(&self) -> bool {
        self.has_spare(1.0) || self.left >= self.most
    }
}

impl Budget {
    /// So many calls a minute.
    pub(crate) fn per_minute(calls: u32) -> Self {
        let calls = f64::from(calls);
        Self(Mutex::new(Levels {
            minute: Bucket::full(calls, Duration::from_mins(1)),
            second: Bucket::full(calls * BURST, Duration::from_secs(1)),
            at: Instant::now(),
        }))
    }

    /// Counts one call.
    pub(super) fn spend(&self) {
        self.at(Instant::now(), |minute, second| {
            minute.spend(1.0);
            second.spend(1.0);
        });
    }

    /// Dodo refused a call because there were too many.
    pub(super) fn is_spent(&self) {
        self.at(Instant::now(), |minute, second| (minute.left, second.left) = (0.0, 0.0));
    }

    /// True when so many calls that can wait may begin.
    pub(crate) fn has_spare(&self, calls: u8) -> bool {
        let calls = f64::from(calls);
        self.at(Instant::now(), |minute, second| minute.has_spare(calls) && second.has_spare(calls))
    }

    /// True when a payment that nobody told us of may be looked up. Always, where no number of calls is said.
    pub(crate) fn may_look_up(&self) -> bool {
        self.at(Instant::now(), |minute, second| minute.has_spare_for_one() && second.has_spare_for_one())
    }

    fn at<T>(&self, now: Instant, look: impl FnOnce(&mut Bucket, &mut Bucket) -> T) -> T {
        let mut levels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(levels.at);
        let Levels { minute, second, at } = &mut *levels;
        minute.fill(passed);
        second.fill(passed);
        *at = now.max(*at);
        look(minute, second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spare(budget: &Budget, at: Instant) -> bool {
        budget.at(at, |minute, second| minute.has_spare(3.0) && second.has_spare(3.0))
    }

    fn spend(budget: &Budget, at: Instant, calls: f64) {
        budget.at(at, |minute, second| {
            minute.spend(calls);
            second.spend(calls);
        });
    }

    #[test]
    fn the_background_stops_at_half_and_goes_on_when_it_is_there_again() {
        let (budget, began) = (Budget::per_minute(240), Instant::now());
        let mut made = 0;
        for second in 0..60 {
            let now = began + Duration::from_secs(second);
            while spare(&budget, now) {
                spend(&budget, now, 3.0);
                made += 3;
            }
        }
        // Half of the first minute's, and what came in while it passed.
        assert!((300..=360).contains(&made), "{made}");
        assert!(!spare(&budget, began + Duration::from_secs(59)));
        assert!(spare(&budget, began + Duration::from_secs(62)));
    }

    #[test]
    fn what_shoppers_wait_for_comes_out_of_the_backgrounds_part() {
        let (budget, now) = (Budget::per_minute(240), Instant::now());
        spend(&budget, now, 130.0);
        assert!(!spare(&budget, now + Duration::from_secs(1)));
        assert!(spare(&budget, now + Duration::from_secs(5)));
    }

    #[test]
    fn one_second_is_not_given_a_minutes_calls() {
        let (budget, now) = (Budget::per_minute(240), Instant::now());
        let begun = std::iter::from_fn(|| spare(&budget, now).then(|| spend(&budget, now, 3.0))).count();
        assert_eq!(begun, 4);
    }

    #[test]
    fn dodos_own_word_counts_more() {
        let budget = Budget::per_minute(5_000);
        assert!(budget.has_spare(3));
        budget.is_spent();
        assert!(!budget.has_spare(3));
    }

    #[test]
    fn nothing_a_minute_is_nothing_in_the_background() {
        assert!(!Budget::per_minute(0).has_spare(3));
    }

    #[test]
    fn lookups_leave_half_to_accepts_and_one_is_possible_however_small_the_budget() {
        let looked_up = |calls: u32| {
            let budget = Budget::per_minute(calls);
            std::iter::from_fn(|| budget.may_look_up().then(|| budget.spend())).take(1_000).count()
        };
        assert_eq!((looked_up(240), looked_up(4)), (12, 1));
        assert_eq!(looked_up(0), 1_000, "a number that is not said bounds nothing");
        let budget = Budget::per_minute(240);
        budget.is_spent();
        assert!(!budget.may_look_up());
    }
}
