//! The transition function: the whole behaviour of a visit.

use super::attempt;
use super::effect::{Effect, HostEvent, Timer};
use super::event::{Event, LoadError};
use super::offered;
use super::sheet::Remark;
use super::state::{Attempt, Hidden, State};
use crate::config::{Config, LOAD_LIMIT_MS, Placement, SHORT_REDIRECT_AFTER_MS};
use aftercart_contract::{Failure, Ineligible, OfferAnswer, Outcome};

/// What follows from `event` in `state`. Total: an event that means nothing here changes nothing.
pub fn update(config: &Config, state: State, event: Event) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Idle, Event::Started) => load(vec![Effect::Emit(HostEvent::Ready)]),
        (State::Loading, Event::OfferAnswered(answer)) => loaded(config, answer),
        (State::Loading, Event::TimerFired(Timer::LoadLimit)) => loaded(config, Err(LoadError::TooSlow)),
        (state, Event::RefreshClicked) if can_refresh(&state) => load(vec![Effect::MoveFocus]),
        (state, Event::CloseClicked) if can_close(config, &state) => close(&state),
        (State::Offered(sheet), event) => offered::on_offered(config, sheet, event),
        (State::Declining { sheet, awaited, next }, Event::DeclineAnswered(answer)) => {
            offered::on_declining(config, sheet, awaited, next, answer)
        }
        (State::Declined { offer, told_why }, event) => offered::on_declined(offer, told_why, &event),
        // One more thing after the one just bought. Without one the receipt stays.
        (State::Succeeded { .. }, Event::OfferAnswered(Ok(OfferAnswer::Offer(offer))))
            if offer.after.is_some() =>
        {
            offered::show(*offer, None)
        }
        // Nothing follows: the move that waited for this may begin.
        (state @ State::Succeeded { next: Some(_), .. }, Event::OfferAnswered(_)) => {
            (state, vec![Effect::Wait { timer: Timer::Redirect, ms: SHORT_REDIRECT_AFTER_MS }])
        }
        (State::Failed { attempt, failure, .. }, Event::RetryClicked) if failure.retry.is_some() => {
            retry(attempt, failure)
        }
        (state, event) => attempt::update(config, state, event),
    }
}

fn load(mut effects: Vec<Effect>) -> (State, Vec<Effect>) {
    effects.extend([Effect::FetchOffer, Effect::Wait { timer: Timer::LoadLimit, ms: LOAD_LIMIT_MS }]);
    (State::Loading, effects)
}

fn loaded(config: &Config, answer: Result<OfferAnswer, LoadError>) -> (State, Vec<Effect>) {
    match answer {
        Ok(OfferAnswer::Offer(offer)) => {
            let before = offer.after.clone();
            let (state, mut effects) = offered::show(*offer, None);
            // Paid before this page knew; which offer it was is not said any more.
            if let Some(Outcome::Succeeded { payment_id, session_id, .. }) = before.map(|outcome| *outcome) {
                effects.push(Effect::Emit(HostEvent::Succeeded { offer_id: None, payment_id, session_id }));
            }
            (state, effects)
        }
        Ok(OfferAnswer::Ineligible(Ineligible {
            outcome: Some(outcome),
            offer_id: Some(offer_id),
            token,
            copy,
            ..
        })) => {
            let attempt =
                Attempt { offer_id, token, offer: None, method: None, copy, key: None, asked: 0, missing: 0 };
            attempt::settle(config, Box::new(attempt), outcome)
        }
        Ok(OfferAnswer::Ineligible(Ineligible { reason, .. })) => (
            State::Hidden(Hidden::Ineligible(reason.clone())),
            vec![Effect::Emit(HostEvent::Hidden { reason })],
        ),
        Err(error) => {
            let message = error.to_string();
            (State::Hidden(Hidden::Error(error)), vec![Effect::Emit(HostEvent::Error { message })])
        }
    }
}

/// A fresh offer may be asked for unless an accept was sent: its outcome must not be covered up.
fn can_refresh(state: &State) -> bool {
    matches!(
        state,
        State::Offered { .. }
            | State::Expired
            | State::Declined { .. }
            | State::Hidden(Hidden::Ineligible(_) | Hidden::Error(_) | Hidden::Unanswered)
    )
}

/// A message may be closed; an open question only where it stands in a dialog.
fn can_close(config: &Config, state: &State) -> bool {
    match state {
        State::Unknown(_)
        | State::Processing(_)
        | State::Succeeded { .. }
        | State::Revoked { .. }
        | State::Failed { .. }
        | State::Declined { .. }
        | State::Expired => true,
        State::Offered(_) => config.placement == Placement::Dialog,
        _ => false,
    }
}

fn close(state: &State) -> (State, Vec<Effect>) {
    let hidden = if matches!(state, State::Offered(_)) { Hidden::Unanswered } else { Hidden::Closed };
    (State::Hidden(hidden), Vec::new())
}

/// Shows the failed offer with the other methods. It is accepted by a new click or not at all.
fn retry(attempt: Box<Attempt>, failure: Failure) -> (State, Vec<Effect>) {
    match failure.retry.clone() {
        Some(offer) => offered::show(*offer, Some(Remark::FailedBefore(attempt.method))),
        None => (State::Failed { attempt, failure, staying: true }, Vec::new()),
    }
}
