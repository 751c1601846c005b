//! Second thoughts: an accept that is not charged yet, and a plan change that is only planned.
//!
//! A wish is one request. Whatever answers it is an outcome like any other; no answer is followed by a
//! status request, which tells the truth.

use super::attempt::settle;
use super::effect::{Effect, Timer};
use super::event::Event;
use super::state::{Attempt, State};
use crate::config::Config;
use aftercart_contract::{Outcome, PlanChange, Revocation, RevokeRequest};

/// The wait before the status is asked for again where a request said nothing, milliseconds.
const AGAIN_MS: u32 = 1_000;

/// The events that [`update`] is for.
pub(super) fn concerns(event: &Event) -> bool {
    matches!(
        event,
        Event::RevokeClicked(_)
            | Event::RevokeAnswered(_)
            | Event::StatusAnswered(_)
            | Event::TimerFired(Timer::Second)
    )
}

/// Enters or keeps the wait before a charge.
pub(super) fn wait(
    attempt: Box<Attempt>,
    charged_after_ms: Option<u32>,
    poll_after_ms: u32,
) -> (State, Vec<Effect>) {
    let mut effects = vec![Effect::Wait { timer: Timer::Poll, ms: poll_after_ms.max(AGAIN_MS) }];
    if charged_after_ms.is_some() {
        effects.push(Effect::Wait { timer: Timer::Second, ms: 1_000 });
    }
    if attempt.asked == 0 {
        effects.push(Effect::MoveFocus);
    }
    let seconds = charged_after_ms.map(|ms| ms.div_ceil(1_000));
    (State::Waiting { attempt, seconds, wish: None }, effects)
}

pub(super) fn update(config: &Config, state: State, event: Event) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Waiting { attempt, seconds, wish: None }, Event::RevokeClicked(wish)) => {
            let effects = revoke(&attempt, wish);
            let wish = Some(wish).filter(|_| !effects.is_empty());
            (State::Waiting { attempt, seconds, wish }, effects)
        }
        (State::Waiting { attempt, .. }, Event::StatusAnswered(Ok(outcome))) => {
            settle(config, attempt, outcome)
        }
        (State::Waiting { attempt, .. }, Event::RevokeAnswered(Some(outcome))) => {
            let (state, mut effects) = settle(config, attempt, outcome);
            effects.push(Effect::MoveFocus);
            (state, effects)
        }
        (
            State::Waiting { attempt, seconds, .. },
            Event::RevokeAnswered(None) | Event::StatusAnswered(Err(_)),
        ) => {
            let effects = vec![Effect::Wait { timer: Timer::Poll, ms: AGAIN_MS }];
            (State::Waiting { attempt, seconds, wish: None }, effects)
        }
        (State::Waiting { attempt, seconds: Some(seconds), wish }, Event::TimerFired(Timer::Second))
            if seconds > 0 =>
        {
            let effects = vec![Effect::Wait { timer: Timer::Second, ms: 1_000 }];
            (State::Waiting { attempt, seconds: Some(seconds - 1), wish }, effects)
        }
        (
            State::Succeeded { attempt, receipt, change: Some(change), next, calling_off: false },
            Event::RevokeClicked(Revocation::Revoke),
        ) if change.is_scheduled => {
            let effects = revoke(&attempt, Revocation::Revoke);
            let calling_off = !effects.is_empty();
            (State::Succeeded { attempt, receipt, change: Some(change), next, calling_off }, effects)
        }
        (
            State::Succeeded { attempt, receipt, change, next, calling_off: true },
            Event::RevokeAnswered(answer),
        ) => called_off(attempt, answer, |attempt| State::Succeeded {
            attempt,
            receipt,
            change,
            next,
            calling_off: false,
        }),
        (state, _) => (state, Vec::new()),
    }
}

/// Only a clear word counts as called off; without one the change stands as it was.
fn called_off(
    attempt: Box<Attempt>,
    answer: Option<Outcome>,
    otherwise: impl FnOnce(Box<Attempt>) -> State,
) -> (State, Vec<Effect>) {
    match answer.map(Outcome::settled) {
        Some(Outcome::Revoked) => (State::Revoked { attempt, was_change: true }, vec![Effect::MoveFocus]),
        _ => (otherwise(attempt), Vec::new()),
    }
}

fn revoke(attempt: &Attempt, wish: Revocation) -> Vec<Effect> {
    let request =
        attempt.token.clone().map(|token| RevokeRequest { offer_id: attempt.offer_id.clone(), token, wish });
    request.map(Effect::PostRevoke).into_iter().collect()
}

/// True while a change is only planned and the shopper holds the proof to call it off.
pub(super) fn can_be_called_off(attempt: &Attempt, change: &PlanChange) -> bool {
    change.is_scheduled && attempt.token.is_some()
}
