//! When the reconciler looks at an attempt again. Pure.
//!
//! | state | looks | until |
//! |---|---|---|
//! | claimed | once, 30 s after the claim | it is sent or dead |
//! | waiting | when the undo window ends, then every 5 s | it is sent or dead |
//! | held | when it may be held no longer | it is resumed or taken back |
//! | sent, unknown, pending | every 5 s, then 30 s, 5 min, 30 min as it gets older | Dodo says the end, or the window closes |
//! | given up | every 6 h: Dodo may still say that it was paid | 30 days |
//! | succeeded | once more at once, if another try or a checkout is there: was the step paid twice? | |
//! | scheduled | every 6 h | its billing date has come, or it is called off |
//! | a refund that is claimed | after 30 s, then after as long as it is old, an hour at most | it is taken, or a day has passed |
//! | a refund whose subscription goes on | as one that is claimed; after a day every 6 h | it is over, or 30 days |
//! | failed, cancelled, called off, revoked | not any more; a webhook still may | |

use super::AttemptState;
use super::undo::latest;
use jiff::{SignedDuration, Timestamp};

/// A claim this old was never sent: its request is gone.
pub(crate) const CLAIM_LIFETIME: SignedDuration = SignedDuration::from_secs(30);
/// A checkout is open for a day; a payment in it may take a little longer.
pub(crate) const CHECKOUT_LIFETIME: SignedDuration = SignedDuration::from_hours(26);
/// How long a refund that Dodo does not take is tried; then a person makes it.
const REFUND_TRIES: SignedDuration = SignedDuration::from_hours(24);
/// How often what may only be watched is looked at.
const WATCH_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// How long a given-up attempt is watched.
const AUDIT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The next look after one that found `state`; `None`: no more.
pub(crate) fn next_look(state: &AttemptState, claimed_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let age = now.duration_since(claimed_at);
    let wait = match state {
        AttemptState::Claimed => return Some(later(claimed_at, CLAIM_LIFETIME).max(later(now, pace(age)))),
        AttemptState::Waiting { until, .. } => return Some((*until).max(later(now, pace(age)))),
        AttemptState::Held { .. } => return Some(latest(claimed_at).max(later(now, pace(age)))),
        AttemptState::GivenUp { .. } if age < AUDIT => WATCH_EVERY,
        AttemptState::Scheduled { .. } => WATCH_EVERY,
        AttemptState::Sent
        | AttemptState::Unknown
        | AttemptState::Processing { .. }
        | AttemptState::ActionRequired { .. } => pace(age),
        _ => return None,
    };
    Some(later(now, wait))
}

/// The look that follows a change to `state`: at once where money has moved, else as planned.
pub(crate) fn look_after_change(
    state: &AttemptState,
    planned: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    match state {
        AttemptState::Succeeded { .. } => Some(now),
        state if state.is_settled() => None,
        _ => planned.or(Some(now)),
    }
}

/// The next look at an open checkout.
pub(crate) fn next_checkout_look(
    state: &AttemptState,
    opened_at: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let age = now.duration_since(opened_at);
    let is_over = state.is_paid() || age > CHECKOUT_LIFETIME;
    (!is_over).then(|| later(now, pace(age).max(SignedDuration::from_mins(1))))
}

/// The next try of a refund that Dodo has not taken: each pause is as long as all before it.
pub(crate) fn next_refund_try(claimed_at: Timestamp, now: Timestamp) -> Timestamp {
    let age = now.duration_since(claimed_at);
    later(now, age.clamp(SignedDuration::from_secs(30), SignedDuration::from_hours(1)))
}

/// True when a refund that Dodo has not taken is not tried any more.
pub(crate) fn is_refund_over(claimed_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(claimed_at) >= REFUND_TRIES
}

/// The next look at a subscription that is to end after a refund sent at `sent_at`; `None`: no more.
pub(crate) fn next_end_look(sent_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if !is_refund_over(sent_at, now) {
        return Some(next_refund_try(sent_at, now));
    }
    (now.duration_since(sent_at) < AUDIT).then(|| later(now, WATCH_EVERY))
}

/// The younger, the more often.
fn pace(age: SignedDuration) -> SignedDuration {
    match age.as_secs() {
        ..120 => SignedDuration::from_secs(5),
        120..900 => SignedDuration::from_secs(30),
        900..7200 => SignedDuration::from_mins(5),
        _ => SignedDuration::from_mins(30),
    }
}

/// So much later; the end of time for absurd sums.
pub(super) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_open_is_looked_at_ever_more_rarely_and_what_is_over_never() {
        let waits = |state: &AttemptState| {
            [0, 60, 600, 3600, 86_400].map(|age| {
                next_look(state, at(0), at(age)).map(|next| next.duration_since(at(age)).as_secs())
            })
        };
        assert_eq!(waits(&AttemptState::Sent), [5, 5, 30, 300, 1800].map(Some));
        assert_eq!(waits(&AttemptState::Claimed), [30, 5, 30, 300, 1800].map(Some));
        assert_eq!(waits(&AttemptState::GivenUp { at: at(0) }), [21_600; 5].map(Some));
        assert_eq!(waits(&AttemptState::Succeeded { as_of: at(0) }), [None; 5]);
        assert_eq!(waits(&AttemptState::Cancelled { as_of: at(0) }), [None; 5]);
    }

    #[test]
    fn a_refund_that_is_not_taken_is_tried_ever_more_rarely_for_a_day() {
        let waits = [0, 30, 60, 120, 3600, 80_000].map(|age| {
            let next = next_refund_try(at(0), at(age)).duration_since(at(age)).as_secs();
            (next, is_refund_over(at(0), at(age)))
        });
        assert_eq!(waits, [30, 30, 60, 120, 3600, 3600].map(|wait| (wait, false)));
        assert!(is_refund_over(at(0), at(86_400)));
    }

    #[test]
    fn a_subscription_that_is_to_end_is_looked_at_for_a_month() {
        let days = [0, 1, 29, 30].map(|day| day * 86_400);
        let waits =
            days.map(|age| next_end_look(at(0), at(age)).map(|next| next.duration_since(at(age)).as_secs()));
        assert_eq!(waits, [Some(30), Some(21_600), Some(21_600), None]);
    }

    #[test]
    fn a_success_is_looked_at_once_more_at_once() {
        assert_eq!(look_after_change(&AttemptState::Succeeded { as_of: at(0) }, None, at(7)), Some(at(7)));
    }
}
