//! The transition function: the whole behaviour of a visit.

use super::attempt;
use super::effect::{Effect, HostEvent, Timer};
use super::event::{Event, LoadError};
use super::offered;
use super::state::{Attempt, Hidden, Origin, State};
use crate::config::{Config, LOAD_LIMIT_MS, Placement};
use aftercart_contract::{DeclineResponse, Ineligible, OfferAnswer, Outcome};

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
        (State::Declining { sheet, next, .. }, Event::TimerFired(Timer::ChargeLimit)) => {
            offered::on_declining(config, sheet, 1, next, DeclineResponse::default())
        }
        (State::Declined { sheet, told_why }, event) => offered::on_declined(sheet, told_why, &event),
        (State::Accepted(attempt), event) => attempt::update(config, attempt, event),
        (state, _) => (state, Vec::new()),
    }
}

fn load(mut effects: Vec<Effect>) -> (State, Vec<Effect>) {
    effects.extend([Effect::FetchOffer, Effect::Wait { timer: Timer::LoadLimit, ms: LOAD_LIMIT_MS }]);
    (State::Loading, effects)
}

fn loaded(config: &Config, answer: Result<OfferAnswer, LoadError>) -> (State, Vec<Effect>) {
    match answer {
        Ok(OfferAnswer::Offer(offer)) => {
            // Paid before this page knew; which offer it was is not said any more.
            let told = match offer.after.as_deref() {
                Some(Outcome::Succeeded { payment_id, session_id, .. }) => {
                    let (payment_id, session_id) = (payment_id.clone(), session_id.clone());
                    Some(HostEvent::Succeeded { offer_id: None, payment_id, session_id })
                }
                _ => None,
            };
            let (state, mut effects) = offered::show(*offer, None);
            effects.extend(told.map(Effect::Emit));
            (state, effects)
        }
        Ok(OfferAnswer::Ineligible(Ineligible {
            outcome: Some(outcome),
            offer_id: Some(offer_id),
            token,
            copy,
            ..
        })) => attempt::settle(config, Attempt::new(offer_id, token, Origin::Found(copy)), outcome),
        Ok(OfferAnswer::Ineligible(Ineligible { reason, .. })) => (
            State::Hidden(Hidden::Ineligible(reason.clone())),
            vec![Effect::Emit(HostEvent::Hidden { reason })],
        ),
        Err(error) => {
            let message = error.clone().text();
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
        State::Accepted(attempt) => attempt.phase.can_be_closed(),
        State::Declined { .. } | State::Expired => true,
        State::Offered(_) => config.placement == Placement::Dialog,
        _ => false,
    }
}

fn close(state: &State) -> (State, Vec<Effect>) {
    let is_answered = matches!(state, State::Accepted(_) | State::Declined { .. });
    let hidden = if is_answered { Hidden::Closed } else { Hidden::Unanswered };
    (State::Hidden(hidden), Vec::new())
}
