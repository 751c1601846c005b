//! After the click: the next offer, another card, and taking it back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod visit;

use aftercart::model::{Effect, Event, HostEvent, LoadError, Remark, State, Timer};
use aftercart_contract::{DeclineResponse, OfferAnswer, Outcome, Revocation};
use serde_json::json;
use visit::{Visit, last_accept, of, offer, outcome, warned, with};

#[test]
fn one_more_offer_follows_a_success_under_its_receipt() {
    let mut visit = Visit::offered();
    visit.accept();
    let before = visit.count(|effect| matches!(effect, Effect::FetchOffer));
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#))));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::FetchOffer)), before + 1);
    visit.event(Event::OfferAnswered(Ok(with(&[]))));
    assert_eq!(visit.state.name(), "succeeded", "an offer that follows nothing is not the next one");
    let after = json!({ "status": "succeeded", "receipt": { "product_name": "Course", "amount": 5390, "currency": "USD" } });
    visit.event(Event::OfferAnswered(Ok(with(&[("/after", after), ("/token", json!("second"))]))));
    let card = visit.card();
    assert!(card.receipt.clone().unwrap().starts_with("Thank you: Course is yours. USD 53.90 was charged."));
    assert_eq!(card.announcement, card.receipt);
}

fn bought() -> OfferAnswer {
    let after = json!({ "status": "succeeded", "payment_id": "pay_2", "receipt": { "product_name": "Course", "amount": 5390, "currency": "USD" } });
    with(&[("/after", after), ("/token", json!("second"))])
}

/// A visit that was just paid, on a page that moves on.
fn paid_and_moving() -> Visit {
    let url = "https://shop.example/thanks".to_owned().try_into().unwrap();
    let mut visit = Visit::with(with(&[]), |config| config.success_url = Some(url));
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#))));
    visit
}

fn moves(visit: &Visit) -> usize {
    visit.count(|effect| matches!(effect, Effect::Redirect(_)))
}

/// How long the last wait before a move is, milliseconds.
fn last_wait(visit: &Visit) -> u32 {
    let waits = visit.effects.iter().rev().find_map(|effect| match effect {
        Effect::Wait { timer: Timer::Redirect, ms } => Some(*ms),
        _ => None,
    });
    waits.expect("a move is planned")
}

#[test]
fn a_page_moves_on_only_after_what_follows() {
    let mut visit = paid_and_moving();
    assert_eq!(last_wait(&visit), 4_000, "as long as an offer may take");
    visit.event(Event::OfferAnswered(Ok(bought())));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!((visit.state.name(), moves(&visit)), ("offer", 0));
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert_eq!((visit.state.name(), moves(&visit)), ("declined", 1));

    let mut visit = paid_and_moving();
    visit.event(Event::OfferAnswered(Ok(bought())));
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_3"}"#))));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(moves(&visit), 1, "the end of the sequence");
}

#[test]
fn a_page_moves_on_as_before_when_nothing_follows() {
    let nothing = OfferAnswer::from_json(r#"{"contract":1,"eligible":false,"reason":"no_rule"}"#).unwrap();
    for answer in [Ok(nothing), Err(LoadError::Unreachable)] {
        let mut visit = paid_and_moving();
        visit.event(Event::OfferAnswered(answer));
        assert_eq!((last_wait(&visit), moves(&visit)), (1_500, 0));
        visit.event(Event::TimerFired(Timer::Redirect));
        assert_eq!(moves(&visit), 1);
    }
    let mut visit = paid_and_moving();
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(moves(&visit), 1, "no answer at all");

    let mut visit = paid_and_moving();
    visit.event(Event::StayClicked);
    visit.event(Event::OfferAnswered(Err(LoadError::Unreachable)));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(moves(&visit), 0, "the shopper stays");
}

#[test]
fn no_page_moves_on_after_a_decline_without_a_purchase() {
    let url = "https://shop.example/thanks".to_owned().try_into().unwrap();
    let mut visit = Visit::with(with(&[]), |config| config.success_url = Some(url));
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert_eq!((visit.state.name(), moves(&visit)), ("declined", 0));
}

#[test]
fn a_success_found_on_a_reload_beside_the_next_offer_is_told() {
    let told = |visit: &Visit| {
        let is_it = |effect: &Effect| matches!(effect, Effect::Emit(HostEvent::Succeeded { payment_id: Some(id), .. }) if id.as_str() == "pay_2");
        visit.count(is_it)
    };
    assert_eq!(told(&of(bought())), 1);
    assert_eq!(told(&of(with(&[]))), 0);
    let failed = with(&[("/after", json!({ "status": "failed", "code": "x" }))]);
    assert_eq!(told(&of(failed)), 0);
    let mut visit = paid_and_moving();
    visit.event(Event::OfferAnswered(Ok(bought())));
    assert_eq!(told(&visit), 1, "and not again by the next offer");
}

#[test]
fn nothing_is_asked_for_after_a_failure() {
    let mut visit = Visit::offered();
    visit.accept();
    let before = visit.count(|effect| matches!(effect, Effect::FetchOffer));
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"failed","code":"x"}"#))));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::FetchOffer)), before);
}

#[test]
fn another_card_is_shown_and_never_charged_by_itself() {
    let mut visit = Visit::offered();
    visit.accept();
    let failed = Outcome::Failed(aftercart_contract::Failure {
        retry: Some(Box::new(offer("retry"))),
        update_url: Some("https://pay.example/update".to_owned().try_into().unwrap()),
        checkout_url: Some("https://pay.example/s".to_owned().try_into().unwrap()),
        ..aftercart_contract::Failure::of("do_not_honor")
    });
    visit.event(Event::AcceptAnswered(Ok(failed)));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Redirect(_))), 0, "there is a choice to make");
    assert_eq!(visit.notice().links.len(), 2);
    visit.event(Event::RetryClicked);
    assert!(warned(&visit, "The payment with Visa\u{a0}····\u{a0}4242 did not go through"));
    assert!(
        matches!(&visit.state, State::Offered(sheet) if matches!(sheet.remark, Some(Remark::FailedBefore(_))))
    );
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 1);
    visit.accept();
    assert_eq!(last_accept(&visit)["token"], "retry");
}

#[test]
fn an_accept_can_be_held_and_taken_back_before_it_is_charged() {
    let waiting = r#"{"status":"waiting","charged_after_ms":5000,"poll_after_ms":6000}"#;
    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(outcome(waiting))));
    assert_eq!(visit.notice().title, "Paying USD 53.90 in a moment");
    visit.event(Event::TimerFired(Timer::Second));
    assert!(visit.notice().paragraphs[0].contains("in 4 seconds"));
    visit.event(Event::RevokeClicked(Revocation::Hold));
    assert!(visit.notice().is_locked);
    visit.event(Event::RevokeClicked(Revocation::Revoke));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostRevoke(_))), 1);
    visit.event(Event::RevokeAnswered(Some(outcome(r#"{"status":"waiting","poll_after_ms":6000}"#))));
    assert_eq!(visit.notice().title, "On hold");
    visit.event(Event::RevokeClicked(Revocation::Revoke));
    visit.event(Event::RevokeAnswered(None));
    assert_eq!(visit.state.name(), "waiting", "no answer is followed by a question");
    visit.event(Event::TimerFired(Timer::Poll));
    visit.event(Event::StatusAnswered(Ok(Outcome::Revoked)));
    assert_eq!(visit.notice().title, "Taken back");
}

#[test]
fn a_reload_can_still_take_back_with_the_token_it_is_given() {
    let answer = r#"{"eligible":false,"offer_id":"course","token":"proof","copy":{"waiting_title":"$53.90 goes off soon"},
        "outcome":{"status":"waiting","charged_after_ms":5000,"poll_after_ms":6000}}"#;
    let mut visit = of(OfferAnswer::from_json(answer).unwrap());
    assert_eq!(visit.notice().title, "$53.90 goes off soon");
    visit.event(Event::RevokeClicked(Revocation::Revoke));
    assert_eq!(
        visit.count(
            |effect| matches!(effect, Effect::PostRevoke(request) if request.token.reveal() == "proof")
        ),
        1
    );
}
