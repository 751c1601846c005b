//! Clicks between their arrival and their claim.
//!
//! Until an accept is claimed the store knows nothing of it, and Dodo is asked meanwhile. A page that is loaded again or
//! mounted anew in that time would be shown the offer that its shopper has just accepted. So who asks for an offer waits
//! for the clicks on it, at this node and not for ever. It is for the shopper's eyes: the claim alone decides.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// A click that took longer to get here is refused before the claim: the page may have told the shopper
/// by then that it did not arrive (half a minute after the click: ADR 0010).
const CLAIM_WITHIN: Duration = Duration::from_secs(12);
/// How long an offer waits for a click; pages give up a second later.
const PATIENCE: Duration = Duration::from_secs(3);

/// The clicks of a node.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// How many there are, by every subject whose offer they are on.
    clicks: Mutex<HashMap<String, usize>>,
    left: Notify,
}

/// One click; it is over when this is dropped.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    arrivals: &'a Arrivals,
    subjects: [String; 2],
    at: Instant,
    is_over: bool,
}

impl Arrivals {
    /// A click on the offer of this occasion and customer has come.
    pub(super) fn enter(&self, occasion: &str, customer: &str) -> Arrival<'_> {
        let subjects = [occasion.to_owned(), customer.to_owned()];
        let mut clicks = self.clicks();
        for subject in &subjects {
            *clicks.entry(subject.clone()).or_default() += 1;
        }
        Arrival { arrivals: self, subjects, at: Instant::now(), is_over: false }
    }

    /// Returns when no click on this subject's offer is on its way.
    pub(super) async fn settled(&self, subject: &str) {
        if self.clicks().contains_key(subject) {
            let settled = async {
                loop {
                    // Hears of everything that happens from here on.
                    let left = self.left.notified();
                    if !self.clicks().contains_key(subject) {
                        return;
                    }
                    left.await;
                }
            };
            // An answer that may be old is better than none.
            let _ = timeout(PATIENCE, settled).await;
        }
    }

    fn clicks(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.clicks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival<'_> {
    /// Whether the page may have given up by now.
    pub(super) fn is_late(&self) -> bool {
        self.at.elapsed() > CLAIM_WITHIN
    }

    /// The store knows of it: whoever asks is told.
    pub(super) fn is_known(&mut self) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let mut clicks = self.arrivals.clicks();
        for subject in &self.subjects {
            if let Some(count) = clicks.get_mut(subject) {
                *count -= 1;
                if *count == 0 {
                    clicks.remove(subject);
                }
            }
        }
        drop(clicks);
        self.arrivals.left.notify_waiters();
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.is_known();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test(start_paused = true)]
    async fn an_offer_waits_for_the_last_click_on_it_and_for_no_other() {
        let arrivals = Arc::new(Arrivals::default());
        let (first, mut second) = (arrivals.enter("pay_1", "cus_1"), arrivals.enter("pay_2", "cus_1"));
        let began = Instant::now();
        arrivals.settled("pay_3").await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        let waits = |subject: &'static str| {
            let arrivals = Arc::clone(&arrivals);
            tokio::spawn(async move { arrivals.settled(subject).await })
        };
        let (of_payment, of_customer) = (waits("pay_1"), waits("cus_1"));
        tokio::task::yield_now().await;
        drop(first);
        of_payment.await.unwrap();
        assert!(!of_customer.is_finished());
        second.is_known();
        of_customer.await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(second);
        assert!(arrivals.clicks().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_click_that_hangs_is_not_waited_for_for_ever() {
        let arrivals = Arrivals::default();
        let click = arrivals.enter("pay_1", "cus_1");
        let began = Instant::now();
        arrivals.settled("pay_1").await;
        assert_eq!(began.elapsed(), PATIENCE);
        tokio::time::advance(CLAIM_WITHIN).await;
        assert!(click.is_late());
    }
}
