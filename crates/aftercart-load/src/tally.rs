//! Counting requests: how many, how long, how they were answered, and what must not happen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many troubles are kept in words.
const SHOWN: usize = 20;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Offer,
    Accept,
    Status,
    Decline,
    Events,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Accept => "accept",
            Self::Status => "status",
            Self::Decline => "decline",
            Self::Events => "events",
        }
    }
}

/// What all shoppers saw so far.
#[derive(Debug)]
pub(crate) struct Tally {
    counted: Mutex<Counted>,
}

#[derive(Debug)]
struct Counted {
    whole: Period,
    /// Since [`Tally::end_period`] was last asked.
    period: Period,
    troubles: u64,
    words: Vec<String>,
}

/// Counts over some time.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    began: Instant,
    purchases: u64,
    waits: BTreeMap<Kind, Vec<Duration>>,
    /// By status and code, such as `503 dodo_unavailable`.
    answers: BTreeMap<String, u64>,
}

impl Period {
    fn new() -> Self {
        Self { began: Instant::now(), purchases: 0, waits: BTreeMap::new(), answers: BTreeMap::new() }
    }

    /// Purchases made.
    pub(crate) fn purchases(&self) -> u64 {
        self.purchases
    }

    /// Rates, waits per kind and answers, in indented lines.
    pub(crate) fn report(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let requests: usize = self.waits.values().map(Vec::len).sum();
        let each = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds;
        let purchases = each(usize::try_from(self.purchases).unwrap_or_default());
        let mut text = format!(
            "  {} purchases, {purchases:.1}/s; {requests} requests, {:.1}/s\n",
            self.purchases,
            each(requests)
        );
        for (kind, waits) in &self.waits {
            let mut waits = waits.clone();
            waits.sort_unstable();
            let (half, most) = (at(&waits, 50), at(&waits, 99));
            let (name, count) = (kind.name(), waits.len());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<8} {count:>7}  p50 {half:>9.1?}  p99 {most:>9.1?}");
        }
        let answers: Vec<_> =
            self.answers.iter().map(|(answer, count)| format!("{answer} ×{count}")).collect();
        let _ = writeln!(text, "  answers  {}", answers.join(", "));
        text
    }
}

impl Tally {
    pub(crate) fn new() -> Self {
        let counted = Counted { whole: Period::new(), period: Period::new(), troubles: 0, words: Vec::new() };
        Self { counted: Mutex::new(counted) }
    }

    pub(crate) fn purchased(&self) {
        let mut counted = self.lock();
        counted.whole.purchases += 1;
        counted.period.purchases += 1;
    }

    /// A request was answered, after so long, with this status and code.
    pub(crate) fn answered(&self, kind: Kind, wait: Duration, answer: &str) {
        let mut counted = self.lock();
        let Counted { whole, period, .. } = &mut *counted;
        for period in [whole, period] {
            period.waits.entry(kind).or_default().push(wait);
            *period.answers.entry(answer.to_owned()).or_default() += 1;
        }
    }

    /// Something that must not happen.
    pub(crate) fn trouble(&self, words: String) {
        let mut counted = self.lock();
        counted.troubles += 1;
        if counted.words.len() < SHOWN {
            counted.words.push(words);
        }
    }

    /// How many troubles, and the first of them in words.
    pub(crate) fn troubles(&self) -> (u64, Vec<String>) {
        let counted = self.lock();
        (counted.troubles, counted.words.clone())
    }

    /// What was counted since the last time.
    pub(crate) fn end_period(&self) -> Period {
        std::mem::replace(&mut self.lock().period, Period::new())
    }

    /// Everything.
    pub(crate) fn whole(&self) -> Period {
        self.lock().whole.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The wait that so many of a hundred do not exceed.
fn at(sorted: &[Duration], of_hundred: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * of_hundred / 100).min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_and_the_whole_goes_on() {
        let tally = Tally::new();
        for wait in 1..=100 {
            tally.answered(Kind::Offer, Duration::from_millis(wait), "200");
        }
        let period = tally.end_period().report();
        assert!(period.contains("p50    51.0ms  p99   100.0ms"), "{period}");
        assert!(tally.end_period().report().starts_with("  0 purchases, 0.0/s; 0 requests"));
        assert!(tally.whole().report().contains("200 ×100"));
    }
}
