//! Another try with another saved method: only after a clear no, once per method, and paid once in the end.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::{Failure, Offer, OfferAnswer, Outcome};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A customer with the card of a scenario and, used longer ago, a good one that ends in 1881.
async fn with_two_cards(app: &TestApp, scenario: &str) -> String {
    let customer = app.new_customer(scenario).await;
    add_card(app, &customer, json!({"last4": "1881"})).await;
    customer
}

async fn add_card(app: &TestApp, customer: &str, card: Value) {
    app.control(&format!("customers/{customer}/methods"), card).await;
}

/// The offer with this card chosen.
fn paying_with(offer: &Offer, last4: &str) -> Offer {
    let mut offer = offer.clone();
    offer.payment_methods.retain(|method| method.last4.as_deref() == Some(last4));
    assert_eq!(offer.payment_methods.len(), 1);
    offer.payment_methods[0].default = true;
    offer
}

/// Buys presets and accepts the course with this card.
async fn tried(app: &TestApp, customer: &str, last4: &str) -> (String, Offer, Outcome) {
    let (purchase, offer) = app.offered(customer, "pdt_presets").await;
    let told = app.accept(&purchase, &paying_with(&offer, last4), "click-1").await;
    (purchase, offer, told)
}

fn failure(outcome: Outcome) -> Failure {
    match outcome.settled() {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}

fn cards(offer: &Offer) -> Vec<&str> {
    offer.payment_methods.iter().map(|method| method.last4.as_deref().unwrap()).collect()
}

async fn paid(app: &TestApp, customer: &str) -> usize {
    let payments = app.payments(customer).await;
    let ours = payments.iter().filter(|payment| payment["metadata"]["aftercart_purchase"].is_string());
    ours.filter(|payment| payment["status"] == "succeeded").count()
}

#[tokio::test]
async fn a_declined_charge_is_tried_with_the_other_card_and_charged_once() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, offer, told) = tried(&app, &customer, "9995").await;
    let told = failure(told);
    assert!(told.checkout_url.is_some(), "the checkout is there too");
    let retry = *told.retry.expect("another card");
    assert_eq!(cards(&retry), ["1881"]);
    assert_eq!((&retry.offer_id, &retry.product.id), (&offer.offer_id, &offer.product.id));
    assert_ne!(retry.token, offer.token);
    assert_eq!(app.charges().await.len(), 1, "nothing is tried by itself");
    let Outcome::Succeeded { receipt: Some(receipt), .. } = app.accept(&purchase, &retry, "click-2").await
    else {
        panic!("paid")
    };
    assert_eq!(receipt.last4.as_deref(), Some("1881"));
    assert_eq!((app.charges().await.len(), paid(&app, &customer).await), (2, 1));
    for either in [&offer, &retry] {
        assert!(matches!(app.followed(&purchase, either).await, Outcome::Succeeded { .. }));
    }
    assert!(matches!(app.accept(&purchase, &offer, "click-3").await.settled(), Outcome::Succeeded { .. }));
    assert_eq!(app.charges().await.len(), 2);
}

#[tokio::test]
async fn doubt_and_giving_up_lead_to_no_other_card() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "conflict").await;
    let (purchase, offer, told) = tried(&app, &customer, "4242").await;
    assert!(matches!(told, Outcome::Unknown { .. }), "{told:?}");
    assert!(matches!(app.followed(&purchase, &offer).await, Outcome::Unknown { .. }));
    app.clock.advance(SignedDuration::from_mins(65));
    app.states_until("given_up").await;
    let told = failure(app.followed(&purchase, &offer).await);
    assert!(told.retry.is_none() && told.checkout_url.is_some(), "{told:?}");
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn every_card_is_tried_once_and_then_only_the_checkout_is_left() {
    let app = TestApp::start().await;
    let customer = app.new_customer("declined").await;
    add_card(&app, &customer, json!({"last4": "0002", "error_code": "GENERIC_DECLINE"})).await;
    let (purchase, offer, told) = tried(&app, &customer, "9995").await;
    let retry = *failure(told).retry.expect("another card");
    assert_eq!(cards(&retry), ["0002"]);
    let again = Offer { payment_methods: paying_with(&offer, "9995").payment_methods, ..retry.clone() };
    let refused = problem(app.send_accept(&purchase, &again, "click-2").await).await;
    assert_eq!(refused.1, "unknown_payment_method");
    let told = failure(app.accept(&purchase, &retry, "click-2").await);
    assert_eq!((told.code.as_str(), told.retry.is_none()), ("generic_decline", true));
    assert!(told.checkout_url.is_some());
    assert_eq!((app.charges().await.len(), app.opened_checkouts().await.len()), (2, 1));
}

#[tokio::test]
async fn a_reload_brings_the_other_card_until_it_is_declined() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, _, _) = tried(&app, &customer, "9995").await;
    let OfferAnswer::Ineligible(told) = app.answer(&purchase).await else { panic!("accepted") };
    let retry = *failure(told.outcome.unwrap()).retry.expect("another card");
    assert_eq!(cards(&retry), ["1881"]);
    assert!(app.decline(&purchase, &retry, None).await.is_none());
    let OfferAnswer::Ineligible(told) = app.answer(&purchase).await else { panic!("accepted") };
    assert!(failure(told.outcome.unwrap()).retry.is_none());
}

#[tokio::test]
async fn a_card_that_another_one_cannot_replace_leads_to_the_checkout_alone() {
    let app = TestApp::start().await;
    let customer = app.new_customer("network").await;
    add_card(&app, &customer, json!({"last4": "1881"})).await;
    let (.., told) = tried(&app, &customer, "0119").await;
    let told = failure(told);
    assert!(told.retry.is_none() && told.checkout_url.is_some(), "{told:?}");
    let (.., told) = tried(&app, &app.new_customer("declined").await, "9995").await;
    assert!(failure(told).retry.is_none(), "there is no other card");
}

#[tokio::test]
async fn ten_clicks_on_the_other_card_at_once_charge_it_once() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, _, told) = tried(&app, &customer, "9995").await;
    let retry = *failure(told).retry.unwrap();
    let app = Arc::new(app);
    let mut clicks = JoinSet::new();
    for number in 0..10 {
        let (app, purchase, retry) = (Arc::clone(&app), purchase.clone(), retry.clone());
        clicks.spawn(async move { app.accept(&purchase, &retry, &format!("again-{number}")).await });
    }
    for told in clicks.join_all().await {
        assert!(matches!(told.settled(), Outcome::Succeeded { .. }));
    }
    assert_eq!((app.charges().await.len(), paid(&app, &customer).await), (2, 1));
}

#[tokio::test]
async fn the_quantity_can_be_chosen_anew() {
    let app = TestApp::start_offering(
        "[[offer]]\nid = \"stickers\"\nproduct = \"pdt_stickers\"\nwhen.purchased = [\"pdt_presets\"]\n\
         quantity = { default = 1, min = 1, max = 3 }{{words}}",
    )
    .await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, _, told) = tried(&app, &customer, "9995").await;
    let retry = *failure(told).retry.unwrap();
    let ask = json!({"offer_id": retry.offer_id, "token": retry.token, "quantity": 2});
    let asked = app.post(&format!("/api/upsell/{purchase}/quote")).header("origin", SHOP).json(&ask);
    let text = asked.send().await.unwrap().text().await.unwrap();
    let OfferAnswer::Offer(two) = OfferAnswer::from_json(&text).unwrap() else { panic!("{text}") };
    assert_eq!((cards(&two), two.quote.as_ref().unwrap().quantity), (vec!["1881"], 2));
    assert!(matches!(app.accept(&purchase, &two, "click-2").await, Outcome::Succeeded { .. }));
}

/// The first try turns out paid after all, with the metadata it was sent with.
async fn first_try_arrives(app: &TestApp, customer: &str) -> String {
    let first = app.charges().await[0]["metadata"].clone();
    app.buy_with(json!({"customer_id": customer, "product_id": "pdt_course", "metadata": first})).await
}

async fn refunded(app: &TestApp, count: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let request = app.http.get(format!("{}/refunds", app.sandbox.url()));
        let list = request.bearer_auth(dodo_sandbox::DEFAULT_API_KEY).send().await.unwrap();
        let list: Value = list.json().await.unwrap();
        let items = list["items"].as_array().unwrap();
        assert!(items.len() <= count, "{items:?}");
        if items.len() == count {
            return items.iter().map(|refund| refund["payment_id"].as_str().unwrap().to_owned()).collect();
        }
        assert!(Instant::now() < deadline, "{} of {count} refunds", items.len());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn of_two_tries_that_are_paid_the_later_payment_is_given_back_once() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, _, told) = tried(&app, &customer, "9995").await;
    let retry = *failure(told).retry.unwrap();
    app.accept(&purchase, &retry, "click-2").await;
    app.control("clock", json!({"advance_seconds": 5})).await;
    let late = first_try_arrives(&app, &customer).await;
    assert_eq!(refunded(&app, 1).await, [late]);
    app.states_until("succeeded").await;
    app.clock.advance(SignedDuration::from_mins(10));
    assert!(matches!(app.followed(&purchase, &retry).await, Outcome::Succeeded { .. }));
    assert_eq!(refunded(&app, 1).await.len(), 1);
}

#[tokio::test]
async fn of_three_payments_for_one_place_two_are_given_back() {
    let app = TestApp::start().await;
    let customer = with_two_cards(&app, "declined").await;
    let (purchase, offer, told) = tried(&app, &customer, "9995").await;
    let told = failure(told);
    app.accept(&purchase, &told.retry.unwrap(), "click-2").await;
    let kept = app.payments(&customer).await[0]["payment_id"].clone();
    app.control("clock", json!({"advance_seconds": 5})).await;
    let due = offer.quote.as_ref().unwrap().due_now.get();
    let by_hand = app.pay_at(&told.checkout_url.unwrap(), due, "4242 4242 4242 4242").await;
    assert_eq!(refunded(&app, 1).await, std::slice::from_ref(&by_hand));
    app.control("clock", json!({"advance_seconds": 5})).await;
    let late = first_try_arrives(&app, &customer).await;
    let given_back = refunded(&app, 2).await;
    assert!(given_back.contains(&late) && given_back.contains(&by_hand), "{given_back:?}");
    assert!(!given_back.contains(&kept.as_str().unwrap().to_owned()));
}
