//! Attempts and what was learnt about them. What says nothing here does what the port says of its name.

use super::rows::{Rows, replace, take};
use crate::attempt::{Attempt, AttemptState, Fact, Noted, Step};
use crate::occasion::OccasionId;
use crate::store::port::{Claim, StateCount};
use aftercart_contract::{CustomerId, ProductId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

impl Rows {
    /// Inserts the claim unless one that is seen stands against it.
    pub(super) fn claim(&mut self, attempt: &Attempt, is_seen: impl Fn(&Attempt) -> bool) -> Claim {
        let payable = &attempt.payable;
        let others = || self.attempts.iter().map(|(known, _)| known).filter(|known| is_seen(known));
        if others().any(|known| known.payable.step == payable.step) {
            return Claim::StepTaken;
        }
        if others().any(|known| known.payable.customer == payable.customer && known.key == attempt.key) {
            return Claim::KeyTaken;
        }
        let stands_against = |known: &Attempt| match attempt.change {
            Some(_) => is_changing(known, &payable.customer),
            None => holds(known, &payable.customer, &payable.product),
        };
        if others().any(stands_against) {
            return Claim::ProductTaken;
        }
        self.attempts.push((attempt.clone(), Timestamp::UNIX_EPOCH));
        self.raise(&payable.customer);
        Claim::Taken
    }

    /// The first attempt that is wanted.
    pub(super) fn attempt_where(&self, wanted: impl Fn(&Attempt) -> bool) -> Option<Attempt> {
        self.attempts.iter().map(|(attempt, _)| attempt).find(|attempt| wanted(attempt)).cloned()
    }

    /// First to last.
    pub(super) fn tries_where(&self, wanted: impl Fn(&Attempt) -> bool) -> Vec<Attempt> {
        let attempts = self.attempts.iter().map(|(attempt, _)| attempt);
        let mut tries: Vec<_> = attempts.filter(|attempt| wanted(attempt)).cloned().collect();
        tries.sort_by_key(|tried| tried.payable.step.number);
        tries
    }

    pub(super) fn has_begun(&self, occasion: &OccasionId) -> bool {
        let attempts = self.attempts.iter().map(|(attempt, _)| &attempt.payable.step);
        let checkouts = self.checkouts.iter().map(|(checkout, _)| &checkout.payable.step);
        attempts.chain(checkouts).any(|step| step.occasion == *occasion)
    }

    pub(super) fn changes_of(&self, customer: &CustomerId) -> Vec<Attempt> {
        self.newest_of(customer, |attempt| attempt.change.is_some())
    }

    pub(super) fn failures_of(&self, customer: &CustomerId) -> Vec<Attempt> {
        let has_failed = |attempt: &Attempt| matches!(attempt.state, AttemptState::Failed { .. });
        self.newest_of(customer, |attempt| has_failed(attempt) && attempt.change.is_none())
    }

    fn newest_of(&self, customer: &CustomerId, wanted: impl Fn(&Attempt) -> bool) -> Vec<Attempt> {
        let attempts = self.attempts.iter().map(|(attempt, _)| attempt);
        let is_of = |attempt: &&Attempt| attempt.payable.customer == *customer && wanted(attempt);
        let mut found: Vec<_> = attempts.filter(is_of).cloned().collect();
        found.sort_by_key(|attempt| std::cmp::Reverse(attempt.claimed_at));
        found.truncate(50);
        found
    }

    pub(super) fn let_go_of_lone(&mut self, now: Timestamp) -> u64 {
        let attempts = self.attempts.iter().map(|(attempt, _)| &attempt.payable.step);
        let checkouts = self.checkouts.iter().map(|(checkout, _)| &checkout.payable.step);
        let steps: Vec<_> = attempts.chain(checkouts).cloned().collect();
        let is_lone = |step: &Step| {
            let beside = |other: &&Step| (&other.occasion, &other.offer) == (&step.occasion, &step.offer);
            steps.iter().filter(beside).count() == 1
        };
        let mut count = 0;
        for attempt in self.attempts_mut() {
            let is_due = attempt.look_at.is_some_and(|at| at <= now);
            if is_due && attempt.state.is_paid() && is_lone(&attempt.payable.step) {
                attempt.look_at = None;
                count += 1;
            }
        }
        count
    }

    /// Every attempt, to be changed.
    pub(super) fn attempts_mut(&mut self) -> impl Iterator<Item = &mut Attempt> {
        self.attempts.iter_mut().map(|(attempt, _)| attempt)
    }

    pub(super) fn replace_attempt(&mut self, attempt: &Attempt, noted: &Noted) -> bool {
        let is_replaced = replace(self.attempts_mut(), attempt);
        if is_replaced {
            self.note(&attempt.id, noted);
            self.raise(&attempt.payable.customer);
        }
        is_replaced
    }

    pub(super) fn take_attempt_read(&mut self, id: &str, now: Timestamp, every: SignedDuration) -> bool {
        let found = self.attempts.iter_mut().find(|(attempt, _)| attempt.id == id);
        found.is_some_and(|(_, read_at)| take(read_at, now, every))
    }

    /// Keeps each distinct fact of a source once.
    pub(super) fn note(&mut self, attempt_id: &str, noted: &Noted) {
        let is_known = self
            .facts
            .iter()
            .any(|(id, known)| id == attempt_id && known.source == noted.source && known.fact == noted.fact);
        if !is_known {
            self.facts.push((attempt_id.to_owned(), noted.clone()));
        }
    }

    pub(super) fn facts_of(&self, attempt_id: &str) -> Vec<Noted> {
        let of_it = self.facts.iter().filter(|(id, _)| id == attempt_id);
        let mut facts: Vec<Noted> = of_it.map(|(_, noted)| noted.clone()).collect();
        facts.sort_by_key(|noted| noted.at);
        facts
    }

    /// True when the reconciler has given the attempt up, whatever came after.
    pub(crate) fn has_given_up(&self, attempt_id: &str) -> bool {
        let gave_up = |noted: &Noted| matches!(noted.fact, Fact::GaveUp { .. });
        self.facts.iter().any(|(id, noted)| id == attempt_id && gave_up(noted))
    }

    pub(super) fn list_attempts(&self, kinds: &[&str], limit: u32) -> Vec<Attempt> {
        let wanted = |attempt: &&Attempt| kinds.is_empty() || kinds.contains(&attempt.state.kind());
        let mut found: Vec<_> =
            self.attempts.iter().map(|(attempt, _)| attempt).filter(wanted).cloned().collect();
        found.sort_by(|a, b| b.claimed_at.cmp(&a.claimed_at).then_with(|| a.id.cmp(&b.id)));
        found.truncate(limit as usize);
        found
    }

    pub(super) fn count_attempts(&self) -> Vec<StateCount> {
        let mut counts: BTreeMap<&'static str, (u64, Timestamp)> = BTreeMap::new();
        for (attempt, _) in &self.attempts {
            let (count, oldest) = counts.entry(attempt.state.kind()).or_insert((0, attempt.claimed_at));
            *count += 1;
            *oldest = (*oldest).min(attempt.claimed_at);
        }
        let line = |(kind, (count, oldest)): (&str, _)| StateCount { kind: kind.to_owned(), count, oldest };
        counts.into_iter().map(line).collect()
    }
}

/// True for an attempt for this product that lives, or is paid, or was given up and may still turn out paid.
pub(super) fn holds(attempt: &Attempt, customer: &CustomerId, product: &ProductId) -> bool {
    let payable = &attempt.payable;
    let may_be_paid = !is_over(attempt) || matches!(attempt.state, AttemptState::GivenUp { .. });
    payable.customer == *customer && payable.product == *product && may_be_paid
}

/// True for a plan change of the customer that is under way.
fn is_changing(attempt: &Attempt, customer: &CustomerId) -> bool {
    let is_change = attempt.change.is_some() && attempt.payable.customer == *customer;
    is_change && !is_over(attempt) && !attempt.state.is_paid()
}

fn is_over(attempt: &Attempt) -> bool {
    let state = &attempt.state;
    state.is_dead() || matches!(state, AttemptState::CalledOff { .. } | AttemptState::Revoked { .. })
}
