//! How often an address and a subject may ask.
//!
//! 1. Each has its own bucket that fills evenly over a minute (GCRA, the `governor` crate).
//! 2. Beyond it: 429 with `Retry-After`, before a body is read or a token checked.
//! 3. Memory is bounded: keys fall into 2^18 places by a hash with a secret seed, and places that are
//!    full again are forgotten. Two keys in one place share a bucket, which is rare and harmless; the
//!    seed keeps anybody from choosing whom to share with.

use super::Gate;
use super::client::client;
use crate::config::Limits;
use crate::http::problem::answer_after;
use crate::http::subject::ForSubject;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const PLACES: u64 = 1 << 18;
/// After so many questions, places that are full again are forgotten.
const FORGET_EVERY: u32 = 10_000;

/// One bucket per key.
#[derive(Debug)]
pub(super) struct Rate {
    limiter: DefaultKeyedRateLimiter<u64>,
    seed: RandomState,
    asked: AtomicU32,
}

impl Rate {
    /// So many a minute, one `share`-th of them at once. `None` for 0: no limit.
    pub(super) fn per_minute(count: u32, share: u32) -> Option<Self> {
        let count = NonZeroU32::new(count)?;
        let burst = NonZeroU32::new(count.get() / share).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::keyed(Quota::per_minute(count).allow_burst(burst));
        Some(Self { limiter, seed: RandomState::new(), asked: AtomicU32::new(0) })
    }

    /// Takes one from the key's bucket, or says how long to wait for it.
    fn take(&self, key: impl Hash) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let place = self.seed.hash_one(key) % PLACES;
        self.limiter
            .check_key(&place)
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Limits each client address.
pub(super) fn of_address(gate: &Gate, limits: &Limits, request: &Request) -> Option<Response> {
    let rate = gate.addresses.as_ref()?;
    rate.take(client(gate, limits, request)?).err().map(too_many)
}

/// Limits each subject, whoever asks about it. What is no subject is 404 further in.
pub(super) fn of_subject(gate: &Gate, subject: Result<ForSubject, Response>) -> Option<Response> {
    let ForSubject(subject) = subject.ok()?;
    gate.subjects.as_ref()?.take(subject).err().map(too_many)
}

fn too_many(wait: Duration) -> Response {
    let text = "too many requests: try again after the time in Retry-After";
    answer_after(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text, wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_burst_and_is_told_how_long_to_wait() {
        let rate = Rate::per_minute(60, 20).unwrap();
        for _ in 0..3 {
            assert_eq!(rate.take("a"), Ok(()));
        }
        let wait = rate.take("a").unwrap_err();
        assert!(wait > Duration::from_millis(500) && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rate.take("b"), Ok(()));
    }

    #[test]
    fn nought_is_no_limit_and_one_is_one() {
        assert!(Rate::per_minute(0, 4).is_none());
        let rate = Rate::per_minute(1, 4).unwrap();
        assert_eq!(rate.take("a"), Ok(()));
        assert!(rate.take("a").is_err());
    }

    #[test]
    fn memory_is_bounded_however_many_ask() {
        let rate = Rate::per_minute(600_000, 1).unwrap();
        for key in 0..600_000_u32 {
            let _ = rate.take(key);
        }
        assert!(rate.limiter.len() <= usize::try_from(PLACES).unwrap());
    }
}
