//! Second thoughts: an accept that is not charged yet, and a plan change that is only planned.
//!
//! A wish is one request. Whatever answers it is an outcome like any other; no answer is followed by a
//! status request, which tells the truth.

use super::attempt::settle;
use super::effect::{Effect, Timer};
use super::event::Event;
use super::state::{Attempt, Phase, State};
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
pub(super) fn wait(attempt: &mut Attempt, charged_after_ms: Option<u32>, poll_after_ms: u32) -> Vec<Effect> {
    let mut effects = vec![Effect::Wait { timer: Timer::Poll, ms: poll_after_ms.max(AGAIN_MS) }];
    if charged_after_ms.is_some() {
        effects.push(Effect::Wait { timer: Timer::Second, ms: 1_000 });
    }
    if attempt.asked == 0 {
        effects.push(Effect::MoveFocus);
    }
    let seconds = charged_after_ms.map(|ms| ms.div_ceil(1_000));
    attempt.phase = Phase::Waiting { seconds, wish: None };
    effects
}

pub(super) fn update(config: &Config, mut attempt: Box<Attempt>, event: Event) -> (State, Vec<Effect>) {
    let can_revoke = attempt.token.is_some();
    let effects = match (&mut attempt.phase, event) {
        (Phase::Waiting { wish: wish @ None, .. }, Event::RevokeClicked(wanted)) => {
            *wish = can_revoke.then_some(wanted);
            revoke(&attempt, wanted)
        }
        (Phase::Waiting { .. }, Event::StatusAnswered(Ok(outcome))) => {
            return settle(config, attempt, outcome);
        }
        (Phase::Waiting { .. }, Event::RevokeAnswered(Some(outcome))) => {
            let (state, mut effects) = settle(config, attempt, outcome);
            effects.push(Effect::MoveFocus);
            return (state, effects);
        }
        (Phase::Waiting { wish, .. }, Event::RevokeAnswered(None) | Event::StatusAnswered(Err(_))) => {
            *wish = None;
            vec![Effect::Wait { timer: Timer::Poll, ms: AGAIN_MS }]
        }
        (Phase::Waiting { seconds: Some(seconds), .. }, Event::TimerFired(Timer::Second)) if *seconds > 0 => {
            *seconds -= 1;
            vec![Effect::Wait { timer: Timer::Second, ms: 1_000 }]
        }
        (
            Phase::Succeeded { change: Some(change), calling_off: calling_off @ false, .. },
            Event::RevokeClicked(Revocation::Revoke),
        ) if change.is_scheduled => {
            *calling_off = can_revoke;
            revoke(&attempt, Revocation::Revoke)
        }
        // Only a clear word counts as called off; without one the change stands as it was.
        (Phase::Succeeded { calling_off: calling_off @ true, .. }, Event::RevokeAnswered(answer)) => {
            *calling_off = false;
            if matches!(answer.map(Outcome::settled), Some(Outcome::Revoked)) {
                attempt.phase = Phase::Revoked { was_change: true };
                vec![Effect::MoveFocus]
            } else {
                Vec::new()
            }
        }
        _ => Vec::new(),
    };
    (State::Accepted(attempt), effects)
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
