//! What a shopper chooses on a card: a product, how many, a card to pay with, a tick; and why not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod visit;

use aftercart::config::Placement;
use aftercart::model::{Action, DeclineReason, Effect, Event, HostEvent, LoadError, Timer, recall};
use aftercart_contract::{DeclineResponse, OfferAnswer, OfferId};
use serde_json::{Value, json};
use visit::{Visit, last_accept, of, offer, offers, outcome, terms, warned, with};

fn two_beside_one() -> OfferAnswer {
    let other = |id: &str, name: &str| {
        let mut offer = offer(id);
        offer.offer_id = OfferId::new(id).unwrap();
        name.clone_into(&mut offer.product.name);
        offer
    };
    let mut first = offer("first");
    first.beside = vec![other("guide", "Guide"), other("pack", "Pack")];
    OfferAnswer::Offer(Box::new(first))
}

#[test]
fn one_of_several_is_chosen_and_accepted_alone() {
    let mut visit = of(two_beside_one());
    let names = visit.card().choices.unwrap().options;
    assert_eq!(
        names.iter().map(|choice| &*choice.name).collect::<Vec<_>>(),
        ["Colour grading course", "Guide", "Pack"]
    );
    visit.event(Event::OfferChosen(2));
    visit.event(Event::OfferChosen(7));
    assert_eq!(visit.card().name, "Pack");
    visit.accept();
    assert_eq!(last_accept(&visit)["offer_id"], "pack");
}

#[test]
fn declining_declines_everything_on_the_card() {
    let mut visit = of(two_beside_one());
    visit.event(Event::DeclineClicked);
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostDecline(_))), 3);
    assert_eq!(visit.count(|effect| matches!(effect, Effect::Remember(_))), 3);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert_eq!(visit.state.name(), "offer", "one answer is still awaited");
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert_eq!(visit.state.name(), "declined");
}

#[test]
fn a_decline_whose_answer_does_not_come_is_a_decline_all_the_same() {
    let mut visit = of(two_beside_one());
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    visit.event(Event::TimerFired(Timer::ChargeLimit));
    assert_eq!(visit.state.name(), "declined");
}

#[test]
fn an_offer_that_ran_out_in_a_dialog_can_be_asked_for_again() {
    let mut visit = Visit::with(with(&[]), |config| config.placement = Placement::Dialog);
    visit.event(Event::TimerFired(Timer::Expiry));
    assert_eq!(visit.state.name(), "expired");
    visit.event(Event::CloseClicked);
    visit.event(Event::RefreshClicked);
    assert_eq!(visit.state.name(), "loading");
}

#[test]
fn a_reason_is_told_once_and_thanked_for() {
    let mut visit = Visit::offered();
    visit.event(Event::DeclineClicked);
    visit.event(Event::DeclineAnswered(DeclineResponse::default()));
    assert!(offers(&visit.notice(), Action::Reason(DeclineReason::Later)));
    visit.event(Event::ReasonGiven(DeclineReason::Price));
    visit.event(Event::ReasonGiven(DeclineReason::Have));
    visit.event(Event::DeclineAnswered(DeclineResponse { next: Some(Box::new(offer("late"))) }));
    assert_eq!(visit.notice().paragraphs, ["Thank you for telling us."]);
    let reasons =
        |effect: &Effect| matches!(effect, Effect::PostDecline(request) if request.reason.is_some());
    assert_eq!(visit.count(reasons), 1);
}

#[test]
fn what_was_declined_on_this_device_is_not_shown_again() {
    let ids = |ids: &[&str]| ids.iter().map(|id| OfferId::new(*id).unwrap()).collect::<Vec<_>>();
    let visit = of(recall(two_beside_one(), &ids(&["course", "pack"])));
    assert_eq!((visit.card().name, visit.card().choices), ("Guide".to_owned(), None));
    let visit = of(recall(two_beside_one(), &ids(&["course", "guide", "pack"])));
    assert_eq!(visit.state.name(), "hidden");
    assert_eq!(
        visit.count(|effect| matches!(effect, Effect::Emit(HostEvent::Hidden { reason: Some(_) }))),
        1
    );
}

const UP_TO_FIVE: (&str, &str) = ("/quantity", r#"{"default":1,"min":1,"max":5}"#);

fn several() -> Visit {
    of(with(&[(UP_TO_FIVE.0, serde_json::from_str(UP_TO_FIVE.1).unwrap())]))
}

fn quoted(number: u32, quantity: u32) -> Event {
    let changes = [
        ("/quantity", serde_json::from_str(UP_TO_FIVE.1).unwrap()),
        ("/token", json!(format!("of-{quantity}"))),
        ("/quote/quantity", json!(quantity)),
        ("/quote/due_now", json!(1000 * quantity)),
    ];
    Event::QuoteAnswered { number, answer: Ok(with(&changes)) }
}

#[test]
fn another_quantity_is_accepted_only_at_its_own_price() {
    let mut visit = several();
    visit.event(Event::QuantityChosen(2));
    assert_eq!(visit.card().busy.as_deref(), Some("Asking for the price…"));
    visit.accept();
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 0, "the amount is stale");
    visit.event(Event::QuantityChosen(3));
    visit.event(quoted(1, 2));
    assert!(visit.card().busy.is_some(), "an answer to an older question is not listened to");
    visit.event(quoted(2, 3));
    visit.event(quoted(1, 2));
    assert!(visit.card().accept.contains("30.00"));
    visit.accept();
    let sent = last_accept(&visit);
    assert_eq!((&sent["quantity"], &sent["token"]), (&json!(3), &json!("of-3")));
}

#[test]
fn a_price_that_cannot_be_had_leaves_the_last_good_quantity() {
    let mut visit = several();
    visit.event(Event::QuantityChosen(9));
    assert_eq!(visit.card().quantity.unwrap().value, 5, "more than the most is the most");
    visit.event(Event::QuoteAnswered { number: 1, answer: Err(LoadError::Unreachable) });
    assert_eq!(visit.card().quantity.unwrap().value, 1);
    assert!(warned(&visit, "The new price could not be had"));
    assert_eq!(visit.card().busy, None);
    // An answer for another quantity than was asked for is none.
    visit.event(Event::QuantityChosen(2));
    visit.event(quoted(2, 4));
    assert!(warned(&visit, "The new price could not be had"));
}

fn two_methods() -> Value {
    json!([
        { "ref": "m_1", "kind": "card", "brand": "Visa", "last4": "4242", "expires": "2032-06", "default": true },
        { "ref": "m_2", "kind": "card", "brand": "Mastercard", "last4": "4444", "expires": "2031-01" },
    ])
}

#[test]
fn the_chosen_method_is_on_the_button_in_the_terms_and_in_the_accept() {
    let mut visit = of(with(&[("/payment_methods", two_methods())]));
    assert_eq!(visit.card().methods.unwrap().options[0].detail, "expires 06/2032");
    visit.event(Event::MethodChosen(1));
    let chosen = "Mastercard\u{a0}····\u{a0}4444";
    assert!(visit.card().accept.ends_with(chosen));
    assert!(terms(&visit).contains(chosen));
    visit.accept();
    assert_eq!(last_accept(&visit)["payment_method"], "m_2");
    visit.event(Event::AcceptAnswered(Ok(outcome(r#"{"status":"succeeded"}"#))));
    assert!(visit.notice().paragraphs[0].contains(chosen));
}

#[test]
fn nothing_is_accepted_before_the_box_is_ticked() {
    let legal =
        json!({ "text_version": "fr-3", "withdrawal": "Fourteen days.", "consent": "Start at once." });
    let mut visit = of(with(&[("/legal", legal)]));
    assert!(!visit.card().consent.unwrap().is_ticked, "never beforehand");
    assert!(terms(&visit).contains("legal: Fourteen days."));
    visit.accept();
    assert!(warned(&visit, "Please tick the box first."));
    assert_eq!(visit.card().announcement.as_deref(), Some("Please tick the box first."));
    assert_eq!(visit.effects.last(), Some(&Effect::MoveFocus), "to the box");
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostAccept { .. })), 0);
    visit.event(Event::ConsentGiven(true));
    assert!(!terms(&visit).contains("warning"));
    visit.accept();
    let sent = last_accept(&visit);
    assert_eq!((&sent["consent"], &sent["text_version"]), (&json!(true), &json!("fr-3")));
}

#[test]
fn a_trial_a_true_end_and_an_old_price_are_said() {
    let renewal = json!({ "amount": 1900, "interval": { "count": 1, "unit": "month" }, "starts_at": "2026-01-30T10:00:00Z" });
    let visit = of(with(&[
        ("/trial", json!({ "days": 14 })),
        ("/quote/renewal", renewal),
        ("/quote/due_now", json!(0)),
        ("/quote/tax", Value::Null),
        ("/ends_at", json!("2026-01-31T00:00:00Z")),
        ("/lowest_price_30_days", json!(5900)),
    ]));
    assert_eq!(visit.card().accept, "Start the free trial");
    assert_eq!(visit.card().before.unwrap().1, "USD 59.00");
    for sentence in [
        "Free for 14 days, then USD 19.00 per month",
        "First charge on 2026-01-30.",
        "This offer ends on 2026-01-31.",
    ] {
        assert!(terms(&visit).contains(sentence), "{sentence}");
    }
    let visit = of(with(&[("/lowest_price_30_days", json!(4900))]));
    assert_eq!(visit.card().before, None, "not higher, so nothing is struck through");
}
