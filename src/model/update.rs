//! The transition function: the whole behaviour of a visit.

use super::attempt;
use super::effect::{Effect, HostEvent, Timer};
use super::event::{Event, LoadError};
use super::offered;
use super::state::{Attempt, Hidden, State};
use crate::config::{Config, LOAD_LIMIT_MS};
use aftercart_contract::{Ineligible, OfferAnswer};

/// What follows from `event` in `state`. Total: an event that means nothing here changes nothing.
pub fn update(config: &Config, state: State, event: Event) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Idle, Event::Started) => load(vec![Effect::Emit(HostEvent::Ready)]),
        (State::Loading, Event::OfferAnswered(answer)) => loaded(config, answer),
        (State::Loading, Event::TimerFired(Timer::LoadLimit)) => loaded(config, Err(LoadError::TooSlow)),
        (state, Event::RefreshClicked) if can_refresh(&state) => load(Vec::new()),
        (state, Event::CloseClicked) if can_close(&state) => (State::Hidden(Hidden::Closed), Vec::new()),
        (State::Offered { offer, price_moved }, event) => {
            offered::on_offered(config, offer, price_moved, event)
        }
        (State::Declining(offer), event) => offered::on_declining(offer, event),
        (state, event) => attempt::update(config, state, event),
    }
}

fn load(mut effects: Vec<Effect>) -> (State, Vec<Effect>) {
    effects.extend([Effect::FetchOffer, Effect::Wait { timer: Timer::LoadLimit, ms: LOAD_LIMIT_MS }]);
    (State::Loading, effects)
}

fn loaded(config: &Config, answer: Result<OfferAnswer, LoadError>) -> (State, Vec<Effect>) {
    match answer {
        Ok(OfferAnswer::Offer(offer)) => offered::show(offer, false),
        Ok(OfferAnswer::Ineligible(Ineligible {
            outcome: Some(outcome), offer_id: Some(offer_id), ..
        })) => {
            let attempt = Attempt { offer_id, offer: None, key: None, asked: 0, missing: 0 };
            attempt::settle(config, attempt, outcome)
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
            | State::Declined
            | State::Hidden(Hidden::Ineligible(_) | Hidden::Error(_))
    )
}

fn can_close(state: &State) -> bool {
    matches!(
        state,
        State::Unknown(_)
            | State::Processing(_)
            | State::Succeeded { .. }
            | State::Failed { .. }
            | State::Declined
            | State::Expired
    )
}
