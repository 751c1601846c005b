//! The checkout where no saved method can pay: one page per place, that can be paid in.

use crate::helpers::TestApp;
use aftercart_contract::{OfferAnswer, Outcome, WebUrl};
use jiff::SignedDuration;
use serde_json::json;
use std::time::{Duration, Instant};

const COURSE: &str =
    "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]{{words}}";
const GOOD: &str = "4242 4242 4242 4242";

/// A customer without methods who was offered the course; the address of the checkout, and what it costs.
async fn offered(app: &TestApp) -> (String, WebUrl, i64) {
    let customer = app.new_customer("no_method").await;
    app.offered(&customer, "pdt_presets").await;
    let offer = app.offer_to(&customer).await;
    (customer, offer.checkout_url.unwrap(), offer.quote.unwrap().due_now.get())
}

async fn hours_pass(app: &TestApp, hours: i64) {
    app.control("clock", json!({"advance_seconds": hours * 3600})).await;
    app.clock.advance(SignedDuration::from_hours(hours));
}

async fn outcome_of(app: &TestApp, customer: &str) -> Outcome {
    match app.answer_to(customer).await {
        OfferAnswer::Ineligible(told) => told.outcome.unwrap(),
        OfferAnswer::Offer(offer) => panic!("an offer: {offer:?}"),
    }
}

#[tokio::test]
async fn a_page_that_has_run_out_is_replaced_by_one_that_can_be_paid_in() {
    let app = TestApp::start_offering(COURSE).await;
    let (customer, first, due) = offered(&app).await;
    hours_pass(&app, 23).await;
    assert_eq!(app.offer_to(&customer).await.checkout_url.as_ref(), Some(&first), "still open");
    hours_pass(&app, 2).await;
    let asked = (app.offer_to(&customer), app.offer_to(&customer), app.offer_to(&customer));
    let (one, two, three) = tokio::join!(asked.0, asked.1, asked.2);
    let second = one.checkout_url.unwrap();
    assert_ne!(second, first);
    assert_eq!((two.checkout_url.as_ref(), three.checkout_url.as_ref()), (Some(&second), Some(&second)));
    assert_eq!(app.offer_to(&customer).await.checkout_url.as_ref(), Some(&second), "one page");
    app.pay_at(&second, due, GOOD).await;
    app.clock.advance(SignedDuration::from_secs(2));
    assert!(matches!(outcome_of(&app, &customer).await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn a_page_that_was_paid_in_time_is_not_replaced() {
    let app = TestApp::start_offering(COURSE).await;
    let (customer, page, due) = offered(&app).await;
    app.control("webhooks", json!({"paused": true})).await;
    app.pay_at(&page, due, GOOD).await;
    hours_pass(&app, 25).await;
    assert!(matches!(outcome_of(&app, &customer).await, Outcome::Succeeded { .. }));
    assert_eq!(app.opened_checkouts().await.len(), 1);
}

#[tokio::test]
async fn while_dodo_cannot_be_asked_no_page_is_replaced_and_none_that_has_run_out_is_named() {
    let app = TestApp::start_offering(COURSE).await;
    let (customer, ..) = offered(&app).await;
    hours_pass(&app, 25).await;
    let down = json!({"method": "GET", "path_prefix": "/checkouts/", "times": 1000, "fault": {"kind": "status", "status": 503}});
    app.control("faults", down).await;
    let OfferAnswer::Ineligible(told) = app.answer_to(&customer).await else { panic!("a page of old") };
    assert_eq!(told.reason.map(String::from).as_deref(), Some("no_payment_method"));
    assert_eq!(app.opened_checkouts().await.len(), 1);
}

#[tokio::test]
async fn the_fallback_of_a_failed_charge_is_replaced_too() {
    let app = TestApp::start_offering(COURSE).await;
    let customer = app.new_customer("declined").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    let page = |told: Outcome| match told.settled() {
        Outcome::Failed(failure) => failure.checkout_url.unwrap(),
        other => panic!("not failed: {other:?}"),
    };
    let first = page(app.accept(&purchase, &offer, "click-1").await);
    hours_pass(&app, 25).await;
    let second = page(outcome_of(&app, &customer).await);
    assert_ne!(second, first);
    assert_eq!(page(outcome_of(&app, &customer).await), second);
    app.pay_at(&second, offer.quote.unwrap().due_now.get(), GOOD).await;
    app.clock.advance(SignedDuration::from_secs(2));
    assert!(matches!(outcome_of(&app, &customer).await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn a_shopper_who_leaves_while_the_page_is_opened_does_not_block_it() {
    let app = TestApp::start_offering(COURSE).await;
    let customer = app.new_customer("no_method").await;
    let purchase = app.buy(&customer, "pdt_presets").await;
    let slow =
        json!({"method": "POST", "path": "/checkouts", "times": 1, "fault": {"kind": "slow", "ms": 4_000}});
    app.control("faults", slow).await;
    let gone = app.get(&format!("/api/upsell/{purchase}?locale=en")).timeout(Duration::from_millis(1_500));
    gone.send().await.unwrap_err();
    let asked = Instant::now();
    let offer = loop {
        match app.answer(&purchase).await {
            OfferAnswer::Offer(offer) => break offer,
            // The row is given up a moment after the connection.
            told @ OfferAnswer::Ineligible(_) => {
                assert!(asked.elapsed() < Duration::from_secs(10), "{told:?}");
            }
        }
    };
    assert_eq!(app.opened_checkouts().await.len(), 2, "the first was under way when the shopper left");
    let due = offer.quote.unwrap().due_now.get();
    app.pay_at(&offer.checkout_url.unwrap(), due, GOOD).await;
}
