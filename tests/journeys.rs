//! Whole visits through the pure model: what the shopper sees and what is asked of the world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod visit;

use aftercart::model::{AcceptError, Action, Effect, Event, HostEvent, LoadError, State, StatusError, Timer};
use aftercart_contract::{DeclineResponse, OfferAnswer, Outcome};
use visit::{Visit, offer, offers, outcome, warned};

#[test]
fn one_click_is_charged_once_and_told_once() {
    let mut visit = Visit::offered();
    assert_eq!(visit.card().accept, "Pay USD 53.90 with Visa\u{a0}····\u{a0}4242");
    visit.accept();
    visit.accept();
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 1);
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#))));
    assert_eq!(visit.notice().title, "Thank you: Colour grading course is yours");
    assert!(visit.notice().paragraphs[0].starts_with("USD 53.90 was charged to Visa"));
    visit.event(Event::StatusAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#))));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Emit(HostEvent::Succeeded { .. }))), 1);
}

#[test]
fn a_failure_moves_to_the_checkout_once_unless_the_shopper_stays() {
    let failed = r#"{"status":"failed","code":"insufficient_funds","message":"Not enough money.","checkout_url":"https://pay.example/s"}"#;
    let redirects = |visit: &Visit| visit.count(|effect| matches!(effect, Effect::Redirect(_)));

    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(outcome(failed))));
    assert!(offers(&visit.notice(), Action::Stay));
    assert_eq!(visit.notice().links[0].url.as_str(), "https://pay.example/s");
    visit.event(Event::TimerFired(Timer::Redirect));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(redirects(&visit), 1);

    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(outcome(failed))));
    visit.event(Event::StayClicked);
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(redirects(&visit), 0);
    assert!(!visit.notice().links.is_empty(), "the link stays");
}

#[test]
fn a_lost_answer_is_checked_and_never_invites_to_pay_again() {
    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::AcceptAnswered(Err(AcceptError::Lost)));
    assert_eq!(visit.state.name(), "unknown");
    assert_eq!(visit.notice().links, []);
    for _ in 0..50 {
        visit.event(Event::TimerFired(Timer::Poll));
        visit.event(Event::StatusAnswered(Err(StatusError::Unavailable)));
        assert_eq!((visit.state.name(), visit.notice().links.len()), ("unknown", 0));
    }
    visit.event(Event::TimerFired(Timer::Poll));
    visit.event(Event::StatusAnswered(Ok(outcome(r#"{"status":"succeeded","payment_id":"pay_2"}"#))));
    assert_eq!(visit.state.name(), "succeeded");
}

#[test]
fn an_accept_that_never_arrived_is_said_so_without_a_second_try() {
    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::TimerFired(Timer::ChargeLimit));
    let told = "Your click did not reach the shop";
    while visit.notice().title != told {
        visit.event(Event::TimerFired(Timer::Poll));
        visit.event(Event::StatusAnswered(Err(StatusError::NotAccepted)));
    }
    // A proxy may deliver the click late; by now the backend would refuse it.
    let waited = visit.effects.iter().map(|effect| match effect {
        Effect::Wait { timer: Timer::Poll, ms } => *ms,
        _ => 0,
    });
    assert!((30_000..60_000).contains(&waited.sum::<u32>()));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 1);
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Redirect(_))), 0);
}

#[test]
fn a_guide_shaped_backend_is_enough_and_its_lost_answer_invites_to_nothing() {
    let answer = OfferAnswer::from_json(
        r#"{"eligible":true,"product":{"id":"p","name":"Pro","price":1900,"currency":"EUR"},"paymentMethodId":"pm_1"}"#,
    );
    let mut visit = Visit::with(answer.unwrap(), |config| {
        config.checkout_url = Some("https://pay.example/c".to_owned().try_into().unwrap());
    });
    assert_eq!(visit.card().accept, "Pay EUR 19.00");
    visit.accept();
    visit.event(Event::AcceptAnswered(Err(AcceptError::Lost)));
    visit.event(Event::TimerFired(Timer::Redirect));
    visit.event(Event::TimerFired(Timer::Poll));
    assert_eq!(visit.state.name(), "unknown");
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Redirect(_) | Effect::FetchStatus { .. })), 0);
}

#[test]
fn a_guide_shaped_failure_lands_on_the_hosts_checkout() {
    let answer = OfferAnswer::from_json(
        r#"{"eligible":true,"product":{"id":"p","name":"Pro","price":1900,"currency":"EUR"}}"#,
    );
    let mut visit = Visit::with(answer.unwrap(), |config| {
        config.checkout_url = Some("https://pay.example/c".to_owned().try_into().unwrap());
    });
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(
        Outcome::from_json(r#"{"error":"Upsell processing failed"}"#).unwrap()
    )));
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(
        visit.count(
            |effect| matches!(effect, Effect::Redirect(url) if url.as_str() == "https://pay.example/c")
        ),
        1
    );
}

#[test]
fn a_requote_shows_the_new_price_and_asks_again() {
    let mut visit = Visit::offered();
    visit.accept();
    let mut dearer = offer("second");
    dearer.quote.as_mut().unwrap().due_now = 6000.try_into().unwrap();
    visit.event(Event::AcceptAnswered(Ok(Outcome::Requote { offer: Box::new(dearer) })));
    assert!(warned(&visit, "The price has changed"));
    assert!(visit.card().accept.contains("60.00"));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 1);
}

#[test]
fn declining_shows_the_next_offer_and_then_nothing_more() {
    let mut visit = Visit::offered();
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineClicked);
    visit.accept();
    visit.event(Event::DeclineAnswered(DeclineResponse { next: Some(Box::new(offer("second"))) }));
    assert_eq!(visit.state.name(), "offer");
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert_eq!(visit.notice().title, "No problem");
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostDecline { .. })), 2);
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 0);
}

#[test]
fn trouble_with_the_offer_is_one_error_and_nothing_on_the_page() {
    for error in [
        LoadError::Unreachable,
        LoadError::TooSlow,
        LoadError::Status(500),
        LoadError::Unreadable("x".into()),
    ] {
        let mut visit = Visit::started();
        visit.event(Event::OfferAnswered(Err(error)));
        visit.event(Event::TimerFired(Timer::LoadLimit));
        assert_eq!(visit.state.name(), "error");
        assert_eq!(visit.count(|effect| matches!(effect, Effect::Emit(HostEvent::Error { .. }))), 1);
    }
}

#[test]
fn a_slow_offer_is_given_up_and_a_late_one_does_not_pop_up() {
    let mut visit = Visit::started();
    visit.event(Event::TimerFired(Timer::LoadLimit));
    visit.event(Event::OfferAnswered(Ok(OfferAnswer::Offer(Box::new(offer("late"))))));
    assert_eq!(visit.state.name(), "error");
}

#[test]
fn a_reload_tells_how_the_accept_went_and_follows_it() {
    let answer = |outcome: &str| {
        OfferAnswer::from_json(&format!(
            r#"{{"eligible":false,"reason":"already_accepted","offer_id":"course","outcome":{outcome}}}"#
        ))
        .unwrap()
    };
    let visit = Visit::with(answer(r#"{"status":"succeeded","payment_id":"pay_2"}"#), |_| ());
    assert_eq!(visit.state.name(), "succeeded");
    let mut visit = Visit::with(answer(r#"{"status":"processing","poll_after_ms":2000}"#), |_| ());
    visit.event(Event::TimerFired(Timer::Poll));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::FetchStatus { .. })), 1);
    let mut visit = Visit::with(
        answer(r#"{"status":"failed","code":"x","checkout_url":"https://pay.example/s"}"#),
        |_| (),
    );
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(
        visit.count(|effect| matches!(effect, Effect::Redirect(_))),
        0,
        "a page does not run away by itself"
    );
}

#[test]
fn who_came_back_from_the_bank_is_not_sent_there_again() {
    let answer = OfferAnswer::from_json(
        r#"{"eligible":false,"reason":"already_accepted","offer_id":"course",
            "outcome":{"status":"action_required","url":"https://bank.example/3ds"}}"#,
    );
    let mut visit = Visit::with(answer.unwrap(), |_| ());
    visit.event(Event::TimerFired(Timer::Redirect));
    assert_eq!(visit.state.name(), "action-required");
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Redirect(_))), 0);
}

#[test]
fn who_stays_instead_of_going_to_the_bank_can_close_the_message() {
    let mut visit = Visit::offered();
    visit.accept();
    visit.event(Event::AcceptAnswered(Ok(Outcome::from_json(
        r#"{"status":"action_required","url":"https://bank.example/3ds"}"#,
    )
    .unwrap())));
    visit.event(Event::CloseClicked);
    assert_eq!(visit.state.name(), "action-required");
    visit.event(Event::StayClicked);
    visit.event(Event::CloseClicked);
    assert_eq!(visit.state.name(), "hidden");
}

#[test]
fn an_expired_price_cannot_be_accepted() {
    let mut visit = Visit::offered();
    visit.event(Event::TimerFired(Timer::Expiry));
    visit.accept();
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 0);
    visit.event(Event::RefreshClicked);
    assert!(matches!(visit.state, State::Loading));
}
