//! Walks every state that any sequence of events can reach and checks what must hold in all of them.
//!
//! The walk's world is honest in one respect only: each new offer comes with a token of its own. Apart
//! from that anything may happen at any time: stale timers, late and doubled answers, wild clicks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod visit;

use aftercart::config::{Config, OnUnknown};
use aftercart::model::{
    AcceptError, DeclineReason, Effect, Event, Hidden, LoadError, Origin, Phase, State, StatusError, Timer,
    update,
};
use aftercart_contract::{
    CopyTexts, DeclineResponse, Legal, Offer, OfferAnswer, OfferId, Outcome, Problem, QuantityRange,
    Revocation,
};
use std::collections::{HashMap, HashSet, VecDeque};
use visit::{config, key, outcome};

/// How many tokens the walk hands out; more only repeats what these show.
const TOKENS: usize = 2;

/// A state and what the path to it has done.
#[derive(Clone)]
struct Place {
    state: State,
    tokens: usize,
    accepted: Vec<String>,
}

impl Place {
    fn id(&self) -> String {
        format!("{:?} {} {:?}", self.state, self.tokens, self.accepted)
    }
}

/// Every event, with the offers in it made from `next`, a token not used before.
fn events(next: &str) -> Vec<Event> {
    let problem = |code: &str| Problem { code: code.into(), message: String::new(), recoverable: true };
    let outcomes = || {
        vec![
            outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#),
            outcome(r#"{"status":"processing","poll_after_ms":2000}"#),
            outcome(r#"{"status":"unknown","poll_after_ms":2000}"#),
            outcome(r#"{"status":"action_required","url":"https://bank.example/3ds"}"#),
            outcome(r#"{"status":"failed","code":"do_not_honor","checkout_url":"https://pay.example/s"}"#),
            outcome(r#"{"status":"failed","code":"do_not_honor"}"#),
            outcome(r#"{"status":"already_accepted","outcome":{"status":"succeeded"}}"#),
            outcome(r#"{"status":"waiting","charged_after_ms":2000,"poll_after_ms":3000}"#),
            outcome(r#"{"status":"waiting","poll_after_ms":3000}"#),
            outcome(r#"{"status":"succeeded","change":{"product_name":"Pro","is_scheduled":true}}"#),
            Outcome::Revoked,
            Outcome::Failed(aftercart_contract::Failure {
                retry: Some(Box::new(offer(next))),
                ..aftercart_contract::Failure::of("do_not_honor")
            }),
            Outcome::Requote { offer: Box::new(offer(next)) },
        ]
    };
    let guide = r#"{"eligible":true,"product":{"id":"p","price":1900,"currency":"EUR"}}"#;
    let mut checkout = offer(next);
    checkout.mode = aftercart_contract::Mode::Checkout;
    checkout.checkout_url = Some("https://pay.example/s".to_owned().try_into().unwrap());
    let under_way =
        r#"{"eligible":false,"offer_id":"course","outcome":{"status":"processing","poll_after_ms":2000}}"#;
    let is_first = next == "token0";
    let first = if is_first { several(next) } else { offer(next) };
    let mut all = vec![
        Event::Started,
        Event::OfferAnswered(Ok(OfferAnswer::Offer(Box::new(offer(next))))),
        Event::OfferAnswered(Ok(OfferAnswer::Offer(Box::new(checkout)))),
        Event::OfferAnswered(OfferAnswer::from_json(guide).map_err(|_| LoadError::Unreachable)),
        Event::OfferAnswered(OfferAnswer::from_json(under_way).map_err(|_| LoadError::Unreachable)),
        Event::OfferAnswered(Ok(OfferAnswer::from_json(r#"{"eligible":false}"#).unwrap())),
        Event::OfferAnswered(Err(LoadError::Unreachable)),
        Event::AcceptClicked(key("click")),
        Event::AcceptAnswered(Err(AcceptError::Lost)),
        Event::AcceptAnswered(Err(AcceptError::Refused(problem("forbidden")))),
        Event::AcceptAnswered(Err(AcceptError::Refused(problem("token_expired")))),
        Event::StatusAnswered(Err(StatusError::NotAccepted)),
        Event::StatusAnswered(Err(StatusError::Unavailable)),
        Event::DeclineClicked,
        Event::ReasonGiven(DeclineReason::Price),
        Event::OfferChosen(1),
        Event::ConsentGiven(true),
        Event::QuantityChosen(2),
        Event::RetryClicked,
        Event::RevokeClicked(Revocation::Revoke),
        Event::RevokeClicked(Revocation::Hold),
        Event::RevokeAnswered(None),
        Event::RevokeAnswered(Some(Outcome::Revoked)),
        Event::OfferAnswered(Ok(OfferAnswer::Offer(Box::new(first)))),
        Event::OfferAnswered(Ok(OfferAnswer::Offer(Box::new(following(next))))),
        Event::QuoteAnswered { number: 1, answer: Err(LoadError::Unreachable) },
        Event::DeclineAnswered(DeclineResponse { next: Some(Box::new(offer(next))) }),
        Event::DeclineAnswered(DeclineResponse::default()),
        Event::StayClicked,
        Event::CloseClicked,
        Event::RefreshClicked,
    ];
    all.extend(outcomes().into_iter().map(|outcome| Event::AcceptAnswered(Ok(outcome))));
    all.extend(outcomes().into_iter().map(|outcome| Event::StatusAnswered(Ok(outcome))));
    for (number, quantity) in [(1, 2), (2, 2), (1, 1)] {
        let mut quoted = several(next);
        quoted.quote.as_mut().unwrap().quantity = quantity;
        quoted.beside.clear();
        all.push(Event::QuoteAnswered { number, answer: Ok(OfferAnswer::Offer(Box::new(quoted))) });
    }
    let timers =
        [Timer::LoadLimit, Timer::ChargeLimit, Timer::Poll, Timer::Redirect, Timer::Expiry, Timer::Second];
    all.extend(timers.map(Event::TimerFired));
    all
}

/// An offer without what no decision looks at.
fn offer(token: &str) -> Offer {
    let mut offer = visit::offer(token);
    (offer.social_proof, offer.product.description, offer.product.image_url) = (None, None, None);
    offer.product.features.clear();
    offer
}

/// Up to five of two products, with a box to tick for the first.
fn several(token: &str) -> Offer {
    let range = QuantityRange { default: 1, min: 1, max: 5 };
    let mut beside = offer(&format!("{token}-beside"));
    beside.offer_id = OfferId::new("guide").unwrap();
    let consent = Some("Start at once.".to_owned());
    let legal = Some(Legal { text_version: "1".to_owned(), withdrawal: None, consent });
    Offer { quantity: Some(range), legal, beside: vec![beside], ..offer(token) }
}

/// An offer that follows a paid one.
fn following(token: &str) -> Offer {
    Offer { after: Some(Box::new(outcome(r#"{"status":"succeeded"}"#))), ..offer(token) }
}

/// Every token on a card.
fn tokens(state: &State) -> Vec<&str> {
    match state {
        State::Offered(sheet) => {
            sheet.offers().filter_map(|offer| Some(offer.token.as_ref()?.reveal())).collect()
        }
        _ => Vec::new(),
    }
}

fn is_offer_shown_anew(before: &State, after: &State) -> bool {
    let was_shown = matches!(before, State::Offered(_));
    matches!(after, State::Offered(_)) && (!was_shown || tokens(before) != tokens(after))
}

fn has_failed(state: &State) -> bool {
    matches!(state.phase(), Some(Phase::Failed { .. }))
}

/// Polls are counted for their pace alone; the walk keeps the first few counts apart. Once it is known how
/// an attempt ended, only its proof still matters.
fn coarse(mut state: State) -> State {
    let State::Accepted(attempt) = &mut state else { return state };
    match attempt.phase {
        Phase::Charging => {}
        Phase::Processing | Phase::Unknown | Phase::Waiting { .. } | Phase::ActionRequired { .. } => {
            attempt.asked = attempt.asked.min(2);
            // Counts between the first and the last two differ in nothing but their number.
            if (2..13).contains(&attempt.missing) {
                attempt.missing = 13;
            }
        }
        Phase::Succeeded { .. } | Phase::Revoked { .. } | Phase::Failed { .. } => {
            attempt.origin = Origin::Found(CopyTexts::default());
            (attempt.asked, attempt.missing) = (0, 0);
        }
    }
    state
}

/// Every reachable place with the places that each leads to.
fn walk(
    config: &Config,
    mut check: impl FnMut(&Place, &Event, &State, &[Effect]),
) -> HashMap<String, (Place, HashSet<String>)> {
    let start = Place { state: State::Idle, tokens: 0, accepted: Vec::new() };
    let events: Vec<_> = (0..=TOKENS).map(|tokens| events(&format!("token{tokens}"))).collect();
    let mut places = HashMap::new();
    let mut seen = HashSet::from([start.id()]);
    let mut queue = VecDeque::from([(start.id(), start)]);
    while let Some((id, place)) = queue.pop_front() {
        let mut leads_to = HashSet::new();
        for event in &events[place.tokens] {
            let (state, effects) = update(config, place.state.clone(), event.clone());
            check(&place, event, &state, &effects);
            // Most events mean nothing in most states; saying so is cheaper than naming the place again.
            if state == place.state && effects.is_empty() {
                continue;
            }
            let mut accepted = place.accepted.clone();
            accepted.extend(effects.iter().filter_map(|effect| match effect {
                Effect::PostAccept { request, .. } => {
                    Some(request.token.as_ref().map_or("guide".to_owned(), |token| token.reveal().to_owned()))
                }
                _ => None,
            }));
            let tokens = place.tokens + usize::from(is_offer_shown_anew(&place.state, &state));
            let next = Place { state: coarse(state), tokens, accepted };
            let name = next.id();
            // Questions for a price are numbered without end; two show what three would.
            let is_asked_often = matches!(next.state, State::Offered(_)) && name.contains("asked: 3");
            leads_to.insert(name.clone());
            if tokens <= TOKENS && !is_asked_often && seen.insert(name.clone()) {
                queue.push_back((name, next));
            }
        }
        places.insert(id, (place, leads_to));
    }
    places
}

#[test]
fn no_path_sends_two_accepts_for_one_token() {
    let places = walk(&config(), |_, _, _, _| ());
    assert!(places.len() > 100, "the walk reached {} places only", places.len());
    for (place, _) in places.values() {
        let tokens: Vec<_> = place.accepted.iter().filter(|token| *token != "guide").collect();
        let unique: HashSet<_> = tokens.iter().collect();
        assert_eq!(tokens.len(), unique.len(), "{}", place.id());
    }
}

#[test]
fn only_a_refused_accept_is_ever_followed_by_another() {
    walk(&config(), |place, event, _, effects| {
        let sends = effects.iter().filter(|effect| matches!(effect, Effect::PostAccept { .. })).count();
        assert!(sends <= 1, "{event:?}");
        if sends == 1 {
            assert!(matches!(place.state, State::Offered { .. }), "{:?} sent an accept", place.state);
            assert!(matches!(event, Event::AcceptClicked(_)), "{event:?} sent an accept");
        }
    });
}

#[test]
fn a_stale_amount_is_never_accepted() {
    walk(&config(), |place, event, _, effects| {
        for effect in effects {
            let Effect::PostAccept { request, .. } = effect else { continue };
            let State::Offered(sheet) = &place.state else { panic!("{:?}", place.state) };
            assert!(sheet.is_ready(), "{event:?} sent an accept while a price or a tick was missing");
            assert_eq!(request.token, sheet.chosen().token, "the amount shown is the amount accepted");
            assert!(request.quantity.is_none_or(|quantity| quantity == sheet.quantity()));
            assert!(request.consent || sheet.chosen().legal.is_none());
        }
    });
}

#[test]
fn only_a_click_on_retry_shows_a_failed_offer_again() {
    walk(&config(), |place, event, state, effects| {
        if has_failed(&place.state) && matches!(state, State::Offered(_)) {
            assert!(matches!(event, Event::RetryClicked));
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::PostAccept { .. })));
        }
    });
}

#[test]
fn doubt_never_leads_to_a_checkout() {
    let mut with_checkout = config();
    with_checkout.checkout_url = Some("https://pay.example/c".to_owned().try_into().unwrap());
    walk(&with_checkout, |place, event, state, effects| {
        if has_failed(state) && !has_failed(&place.state) {
            assert!(is_proof_of_no_charge(event), "{:?} failed on {event:?}", place.state);
        }
        let doubt = matches!(
            place.state.phase(),
            Some(Phase::Charging | Phase::Unknown | Phase::Processing | Phase::Waiting { .. })
        );
        if doubt {
            assert!(
                !effects.iter().any(|effect| matches!(effect, Effect::Redirect(_))),
                "{:?} on {event:?}",
                place.state
            );
        }
    });
}

/// True for what says for certain that this attempt charged nothing.
fn is_proof_of_no_charge(event: &Event) -> bool {
    match event {
        Event::AcceptAnswered(Ok(outcome)) | Event::StatusAnswered(Ok(outcome)) => {
            matches!(outcome, Outcome::Failed(_))
        }
        Event::AcceptAnswered(Err(error)) => matches!(error, AcceptError::Refused(_)),
        Event::StatusAnswered(Err(error)) => *error == StatusError::NotAccepted,
        _ => false,
    }
}

#[test]
fn from_every_state_there_is_a_way_out() {
    for on_unknown in [OnUnknown::Wait, OnUnknown::Checkout] {
        let places = walk(&Config { on_unknown, ..config() }, |_, _, _, _| ());
        for (id, (place, leads_to)) in &places {
            let is_end = matches!(place.state, State::Hidden(Hidden::Closed));
            assert!(is_end || leads_to.iter().any(|next| next != id), "no way out of {id}");
        }
    }
}

#[test]
fn every_phase_is_reached() {
    let places = walk(&config(), |_, _, _, _| ());
    let names: HashSet<_> = places.values().map(|(place, _)| place.state.name()).collect();
    for name in [
        "loading",
        "offer",
        "charging",
        "processing",
        "unknown",
        "action-required",
        "waiting",
        "revoked",
        "succeeded",
        "failed",
        "declined",
        "expired",
        "hidden",
        "error",
    ] {
        assert!(names.contains(name), "{name}");
    }
}
