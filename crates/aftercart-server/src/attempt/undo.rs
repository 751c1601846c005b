//! The undo window: what a shopper may still do with an accept that is not sent, and when it is sent. Pure.
//!
//! | state | hold | resume | revoke | at its end |
//! |---|---|---|---|---|
//! | waiting | held, with what is left | | revoked | sent |
//! | held | | waiting, for what is left | revoked | revoked, when [`LATEST`] has come |
//! | any other | | | | |
//!
//! 1. A wish that comes too late changes nothing: what was sent is sent.
//! 2. Nothing is sent later than [`LATEST`] after the click, whatever held it up. What the shopper held until
//!    then is taken back; what we could not send, because Dodo was away, has failed and was not charged.
//! 3. Each answer holds for the version it was read from: whoever writes first by compare-and-swap is right.

use super::look::later;
use super::{AttemptState, Fact};
use aftercart_contract::Revocation;
use jiff::{SignedDuration, Timestamp};

/// How long after the click an accept may be sent at all.
pub(crate) const LATEST: SignedDuration = SignedDuration::from_mins(15);

/// The fact that begins a window of so many seconds.
pub(crate) fn window(seconds: u8, now: Timestamp) -> Fact {
    Fact::Waits { turn: 0, until: later(now, SignedDuration::from_secs(seconds.into())) }
}

/// What this wish makes of this state; `None`: nothing, it is done already or comes too late.
pub(crate) fn wished(state: &AttemptState, wish: Revocation, now: Timestamp) -> Option<Fact> {
    match (state, wish) {
        (AttemptState::Waiting { .. } | AttemptState::Held { .. }, Revocation::Revoke) => {
            Some(Fact::Revoked { at: now })
        }
        (AttemptState::Waiting { turn, until }, Revocation::Hold) => {
            Some(Fact::Held { turn: turn.saturating_add(1), left_ms: milliseconds(now, *until) })
        }
        (AttemptState::Held { turn, left_ms }, Revocation::Resume) => {
            let until = later(now, SignedDuration::from_millis(i64::from(*left_ms)));
            Some(Fact::Waits { turn: turn.saturating_add(1), until })
        }
        _ => None,
    }
}

/// True when the one request may be sent now.
pub(crate) fn may_be_sent(state: &AttemptState, claimed_at: Timestamp, now: Timestamp) -> bool {
    match state {
        AttemptState::Claimed => true,
        AttemptState::Waiting { until, .. } => *until <= now && now < latest(claimed_at),
        _ => false,
    }
}

/// How an accept ends that was not sent in time; `None`: it has time, or was sent.
pub(crate) fn overdue(state: &AttemptState, claimed_at: Timestamp, now: Timestamp) -> Option<Fact> {
    match state {
        AttemptState::Held { .. } if now >= latest(claimed_at) => Some(Fact::Revoked { at: now }),
        AttemptState::Waiting { .. } if now >= latest(claimed_at) => {
            Some(Fact::Refused { at: now, code: "NOT_SENT".to_owned() })
        }
        _ => None,
    }
}

/// The last moment of an accept's wait.
pub(crate) fn latest(claimed_at: Timestamp) -> Timestamp {
    later(claimed_at, LATEST)
}

/// From the one moment to the other; none when that has passed.
pub(crate) fn milliseconds(now: Timestamp, until: Timestamp) -> u32 {
    u32::try_from(until.duration_since(now).as_millis().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_hold_keeps_what_is_left_and_a_resume_gives_it_back() {
        let waiting = AttemptState::Claimed.after(&window(30, at(0)));
        let held = waiting.clone().after(&wished(&waiting, Revocation::Hold, at(20)).unwrap());
        assert_eq!(held, AttemptState::Held { turn: 1, left_ms: 10_000 });
        assert!(!may_be_sent(&held, at(0), at(31)));
        let resumed = held.clone().after(&wished(&held, Revocation::Resume, at(100)).unwrap());
        assert_eq!(resumed, AttemptState::Waiting { turn: 2, until: at(110) });
        assert!(!may_be_sent(&resumed, at(0), at(109)) && may_be_sent(&resumed, at(0), at(110)));
    }

    #[test]
    fn after_a_quarter_of_an_hour_nothing_is_sent_any_more() {
        let waiting = AttemptState::Waiting { turn: 0, until: at(30) };
        assert!(may_be_sent(&waiting, at(0), at(899)) && !may_be_sent(&waiting, at(0), at(900)));
        let ends = |state: &AttemptState| {
            let end = overdue(state, at(0), at(900)).unwrap();
            assert_eq!(overdue(state, at(0), at(899)), None);
            state.clone().after(&end).kind()
        };
        assert_eq!(ends(&waiting), "failed");
        assert_eq!(ends(&AttemptState::Held { turn: 1, left_ms: 1 }), "revoked");
    }

    /// What may happen to an accept, in any order; each is written only if the one before it was.
    #[derive(Clone, Copy, Debug)]
    enum Deed {
        Wish(Revocation),
        Send,
        Watch,
    }

    fn any_deed() -> impl Strategy<Value = (Deed, i64)> {
        let deeds = [
            Deed::Wish(Revocation::Hold),
            Deed::Wish(Revocation::Resume),
            Deed::Wish(Revocation::Revoke),
            Deed::Send,
            Deed::Watch,
        ];
        (prop::sample::select(deeds.to_vec()), 0..400_i64)
    }

    proptest! {
        #[test]
        fn what_was_taken_back_is_never_sent_and_what_was_sent_is_never_called_taken_back(
            seconds in 10..=60_u8, deeds in prop::collection::vec(any_deed(), 0..20)
        ) {
            let mut state = AttemptState::Claimed.after(&window(seconds, at(0)));
            let (mut now, mut sent, mut revoked) = (0, false, false);
            for (deed, wait) in deeds {
                now += wait;
                let fact = match deed {
                    Deed::Wish(wish) => wished(&state, wish, at(now)),
                    Deed::Send => may_be_sent(&state, at(0), at(now)).then_some(Fact::SendingStarted),
                    Deed::Watch => overdue(&state, at(0), at(now)),
                };
                let Some(fact) = fact else { continue };
                prop_assert!(!(sent && fact == Fact::SendingStarted), "sent twice");
                state = state.after(&fact);
                sent |= fact == Fact::SendingStarted;
                revoked |= state.kind() == "revoked";
                prop_assert!(!(sent && revoked));
                if sent {
                    prop_assert_eq!(state.kind(), "sent");
                    prop_assert!(now >= i64::from(seconds), "sent within the window");
                }
                if revoked {
                    prop_assert_eq!(state.kind(), "revoked");
                }
            }
        }

        #[test]
        fn no_hold_makes_the_window_shorter_and_none_lasts_for_ever(
            deeds in prop::collection::vec(any_deed(), 0..20)
        ) {
            let mut state = AttemptState::Claimed.after(&window(10, at(0)));
            let (mut now, mut ran) = (0, 0);
            for (deed, wait) in deeds {
                now += wait;
                ran += if matches!(state, AttemptState::Waiting { .. }) { wait } else { 0 };
                if let Deed::Wish(wish) = deed && let Some(fact) = wished(&state, wish, at(now)) {
                    state = state.after(&fact);
                }
                if may_be_sent(&state, at(0), at(now)) {
                    prop_assert!(ran >= 10);
                }
            }
            let over = at(now + 900);
            prop_assert!(!state.is_unsent() || overdue(&state, at(0), over).is_some());
        }
    }
}
