//! From the offer to the shopper's answer.

use super::effect::{Effect, HostEvent, Timer};
use super::event::Event;
use super::sheet::{Remark, Sheet};
use super::state::{Attempt, Origin, State};
use crate::config::{CHARGE_LIMIT_MS, Config, LOAD_LIMIT_MS};
use aftercart_contract::{DeclineRequest, DeclineResponse, EventName, IdempotencyKey, Mode, Offer};

/// Shows an offer and watches its price's expiry. The focus goes along, if it was on what stood there before.
pub(super) fn show(offer: Offer, remark: Option<Remark>) -> (State, Vec<Effect>) {
    let sheet = Sheet::new(offer, remark);
    let offer_id = sheet.offer.offer_id.clone();
    let mut effects = vec![Effect::Emit(HostEvent::Shown { offer_id })];
    effects.extend(
        sheet
            .offers()
            .map(|offer| Effect::Report { offer_id: offer.offer_id.clone(), name: EventName::Shown }),
    );
    effects.extend(sheet.times().map(|(from, until)| Effect::WaitForExpiry { from, until }));
    effects.push(Effect::MoveFocus);
    (State::Offered(Box::new(sheet)), effects)
}

pub(super) fn on_offered(config: &Config, mut sheet: Box<Sheet>, event: Event) -> (State, Vec<Effect>) {
    let mut effects = Vec::new();
    match event {
        Event::AcceptClicked(key) => return accept(config, sheet, key),
        Event::DeclineClicked => return decline(sheet),
        Event::TimerFired(Timer::Expiry) => return (State::Expired, vec![Effect::MoveFocus]),
        Event::OfferChosen(at) => sheet.choose(at),
        Event::MethodChosen(at) => sheet.choose_method(at),
        Event::ConsentGiven(ticked) => sheet.consent(ticked),
        Event::QuantityChosen(quantity) => effects.extend(sheet.ask(quantity)),
        Event::QuoteAnswered { number, answer } => effects
            .extend(sheet.quoted(number, answer).map(|(from, until)| Effect::WaitForExpiry { from, until })),
        _ => {}
    }
    (State::Offered(sheet), effects)
}

fn accept(config: &Config, mut sheet: Box<Sheet>, key: IdempotencyKey) -> (State, Vec<Effect>) {
    // The price of another quantity is on its way: the amount on the button is about to change.
    if sheet.quoting().is_some() {
        return (State::Offered(sheet), Vec::new());
    }
    if sheet.lacks_consent() {
        sheet.remark = Some(Remark::ConsentMissing);
        return (State::Offered(sheet), vec![Effect::MoveFocus]);
    }
    if sheet.chosen().mode == Mode::Checkout {
        let effects = go_to_checkout(config, sheet.chosen());
        return (State::Offered(sheet), effects);
    }
    let offer_id = sheet.chosen().offer_id.clone();
    let effects = vec![
        sheet.accept(key),
        Effect::Wait { timer: Timer::ChargeLimit, ms: CHARGE_LIMIT_MS },
        Effect::Report { offer_id: offer_id.clone(), name: EventName::Accepted },
    ];
    let token = sheet.chosen().token.clone();
    (State::Accepted(Attempt::new(offer_id, token, Origin::Clicked(sheet))), effects)
}

fn go_to_checkout(config: &Config, offer: &Offer) -> Vec<Effect> {
    let Some(url) = offer.checkout_url.clone().or_else(|| config.checkout_url.clone()) else {
        return Vec::new();
    };
    let offer_id = offer.offer_id.clone();
    vec![Effect::Report { offer_id, name: EventName::Redirected }, Effect::Redirect(url)]
}

/// No to everything on the card: each offer is declined by itself.
fn decline(sheet: Box<Sheet>) -> (State, Vec<Effect>) {
    // Who said no is not kept waiting for an answer.
    let mut effects = vec![Effect::Wait { timer: Timer::ChargeLimit, ms: LOAD_LIMIT_MS }];
    for offer in sheet.offers() {
        effects.push(Effect::PostDecline(declined(offer)));
        effects.push(Effect::Remember(offer.offer_id.clone()));
        effects.push(Effect::Emit(HostEvent::Declined { offer_id: offer.offer_id.clone() }));
    }
    let awaited = sheet.offers().count();
    (State::Declining { sheet, awaited, next: None }, effects)
}

fn declined(offer: &Offer) -> DeclineRequest {
    DeclineRequest { offer_id: offer.offer_id.clone(), token: offer.token.clone(), reason: None }
}

pub(super) fn on_declining(
    config: &Config,
    sheet: Box<Sheet>,
    awaited: usize,
    next: Option<Box<Offer>>,
    answer: DeclineResponse,
) -> (State, Vec<Effect>) {
    // What was on the card has its answer already.
    let is_new = |offer: &Offer| {
        sheet.offers().all(|shown| shown.offer_id != offer.offer_id || shown.token != offer.token)
    };
    let next = next.or(answer.next.filter(|offer| is_new(offer)));
    if awaited > 1 {
        return (State::Declining { sheet, awaited: awaited - 1, next }, Vec::new());
    }
    if let Some(next) = next {
        return show(*next, None);
    }
    let mut effects = vec![Effect::MoveFocus];
    // The last of what followed a purchase: the page moves on as it would have after that.
    let url = config.success_url.clone().filter(|_| sheet.offer.after.is_some());
    effects.extend(url.map(Effect::Redirect));
    (State::Declined { sheet, told_why: false }, effects)
}

pub(super) fn on_declined(sheet: Box<Sheet>, told_why: bool, event: &Event) -> (State, Vec<Effect>) {
    match event {
        Event::ReasonGiven(reason) if !told_why => {
            let request =
                DeclineRequest { reason: Some(reason.code().to_owned()), ..declined(sheet.chosen()) };
            let effects = vec![Effect::PostDecline(request), Effect::MoveFocus];
            (State::Declined { sheet, told_why: true }, effects)
        }
        _ => (State::Declined { sheet, told_why }, Vec::new()),
    }
}
