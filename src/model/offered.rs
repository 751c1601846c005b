//! From the offer to the shopper's answer.

use super::effect::{Effect, HostEvent, Timer};
use super::event::Event;
use super::state::{Attempt, State};
use crate::config::{CHARGE_LIMIT_MS, Config};
use aftercart_contract::{EventName, IdempotencyKey, Mode, Offer};

/// Shows an offer and watches its price's expiry.
pub(super) fn show(offer: Box<Offer>, price_moved: bool) -> (State, Vec<Effect>) {
    let offer_id = offer.offer_id.clone();
    let mut effects = vec![
        Effect::Emit(HostEvent::Shown { offer_id: offer_id.clone() }),
        Effect::Report { offer_id, name: EventName::Shown },
    ];
    if let Some(quote) = &offer.quote {
        effects
            .push(Effect::WaitForExpiry { from: quote.quoted_at.clone(), until: quote.expires_at.clone() });
    }
    (State::Offered { offer, price_moved }, effects)
}

pub(super) fn on_offered(
    config: &Config,
    offer: Box<Offer>,
    price_moved: bool,
    event: Event,
) -> (State, Vec<Effect>) {
    match event {
        Event::AcceptClicked(_) if offer.mode == Mode::Checkout => {
            let effects = go_to_checkout(config, &offer);
            (State::Offered { offer, price_moved }, effects)
        }
        Event::AcceptClicked(key) => accept(offer, key),
        Event::DeclineClicked => decline(offer),
        Event::TimerFired(Timer::Expiry) => (State::Expired, vec![Effect::MoveFocus]),
        _ => (State::Offered { offer, price_moved }, Vec::new()),
    }
}

fn go_to_checkout(config: &Config, offer: &Offer) -> Vec<Effect> {
    let Some(url) = offer.checkout_url.clone().or_else(|| config.checkout_url.clone()) else {
        return Vec::new();
    };
    let offer_id = offer.offer_id.clone();
    vec![Effect::Report { offer_id, name: EventName::Redirected }, Effect::Redirect(url)]
}

fn accept(offer: Box<Offer>, key: IdempotencyKey) -> (State, Vec<Effect>) {
    let offer_id = offer.offer_id.clone();
    let effects = vec![
        Effect::PostAccept { offer_id: offer_id.clone(), token: offer.token.clone(), key: key.clone() },
        Effect::Wait { timer: Timer::ChargeLimit, ms: CHARGE_LIMIT_MS },
        Effect::Report { offer_id: offer_id.clone(), name: EventName::Accepted },
    ];
    (State::Charging(Attempt { offer_id, offer: Some(offer), key: Some(key), asked: 0, missing: 0 }), effects)
}

fn decline(offer: Box<Offer>) -> (State, Vec<Effect>) {
    let offer_id = offer.offer_id.clone();
    let effects = vec![
        Effect::PostDecline { offer_id: offer_id.clone(), token: offer.token.clone() },
        Effect::Emit(HostEvent::Declined { offer_id }),
    ];
    (State::Declining(offer), effects)
}

pub(super) fn on_declining(offer: Box<Offer>, event: Event) -> (State, Vec<Effect>) {
    match event {
        Event::DeclineAnswered(answer) => match answer.next {
            Some(next) => {
                let (state, mut effects) = show(next, false);
                effects.push(Effect::MoveFocus);
                (state, effects)
            }
            None => (State::Declined, vec![Effect::MoveFocus]),
        },
        _ => (State::Declining(offer), Vec::new()),
    }
}
