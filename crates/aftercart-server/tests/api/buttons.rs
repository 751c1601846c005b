//! What the button says is what is done: its card is charged, its checkout is opened, and for no longer than it holds.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::{Mode, Offer, Outcome};
use dodo_sandbox::DEFAULT_API_KEY;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The offer as a page with one card accepts it: the button names the card, the request does not.
fn by_the_button(offer: &Offer) -> Offer {
    Offer { payment_methods: Vec::new(), ..offer.clone() }
}

async fn add_card(app: &TestApp, customer: &str, last4: &str) -> String {
    let added = app.control(&format!("customers/{customer}/methods"), json!({"last4": last4})).await;
    added["payment_method_id"].as_str().unwrap().to_owned()
}

/// A customer with one card, and the offer that names it.
async fn offered_with_a_card(app: &TestApp) -> (String, String, String, Offer) {
    let customer = app.new_customer("no_method").await;
    let card = add_card(app, &customer, "4242").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    assert_eq!(offer.payment_methods[0].last4.as_deref(), Some("4242"));
    (customer, card, purchase, offer)
}

#[tokio::test]
async fn a_card_that_came_later_is_not_charged() {
    let app = TestApp::start().await;
    let (customer, _, purchase, offer) = offered_with_a_card(&app).await;
    add_card(&app, &customer, "1881").await;
    let told = app.accept(&purchase, &by_the_button(&offer), "click-1").await;
    let Outcome::Succeeded { receipt: Some(receipt), .. } = told else { panic!("paid: {told:?}") };
    assert_eq!(receipt.last4.as_deref(), Some("4242"));
}

#[tokio::test]
async fn where_the_card_of_the_button_is_gone_another_is_shown_first() {
    let app = TestApp::start().await;
    let (customer, card, purchase, offer) = offered_with_a_card(&app).await;
    add_card(&app, &customer, "1881").await;
    let method = format!("{}/customers/{customer}/payment-methods/{card}", app.sandbox.url());
    let gone = app.http.delete(method).bearer_auth(DEFAULT_API_KEY).send().await.unwrap();
    assert!(gone.status().is_success(), "{gone:?}");
    let told = app.accept(&purchase, &by_the_button(&offer), "click-1").await;
    let Outcome::Requote { offer: shown } = told else { panic!("not shown first: {told:?}") };
    assert_eq!(shown.payment_methods[0].last4.as_deref(), Some("1881"));
    assert_eq!(app.charges().await.len(), 0);
    let told = app.accept(&purchase, &by_the_button(&shown), "click-2").await;
    assert!(matches!(told, Outcome::Succeeded { .. }), "{told:?}");
}

#[tokio::test]
async fn a_button_to_the_checkout_charges_no_card_that_came_later() {
    let app = TestApp::start().await;
    let customer = app.new_customer("no_method").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    assert_eq!(offer.mode, Mode::Checkout);
    add_card(&app, &customer, "4242").await;
    let told = app.accept(&purchase, &offer, "click-1").await;
    let Outcome::Failed(failure) = told else { panic!("charged: {told:?}") };
    assert_eq!(failure.checkout_url, offer.checkout_url);
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn what_was_paid_at_the_checkout_is_not_charged_before_its_webhook_comes() {
    let app = TestApp::start().await;
    let customer = app.new_customer("no_method").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    app.control("webhooks", json!({"paused": true})).await;
    let due = offer.quote.as_ref().unwrap().due_now.get();
    app.pay_at(offer.checkout_url.as_ref().unwrap(), due, "4242 4242 4242 4242").await;
    let told = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(told.settled(), Outcome::Succeeded { .. }));
    assert_eq!(app.charges().await.len(), 0);
}

/// An app with one minute for purchases and tokens, and somebody who was offered the course in it.
async fn a_minute() -> (TestApp, String, Offer) {
    let minute = std::time::Duration::from_mins(1);
    let app = TestApp::start_with(|config| (config.token, config.purchase_fresh) = (minute, minute)).await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    (app, purchase, offer)
}

#[tokio::test]
async fn a_dead_token_declines_and_opens_nothing() {
    let (app, purchase, offer) = a_minute().await;
    app.clock.advance(SignedDuration::from_secs(105));
    for subject in [purchase.as_str(), "cus_paid"] {
        assert!(app.decline(subject, &offer, None).await.is_none(), "{subject}");
    }
    assert_ne!(app.offer_to("cus_paid").await.offer_id, offer.offer_id, "the decline is remembered");
}

#[tokio::test]
async fn a_purchase_that_is_too_old_opens_no_offer_by_its_customers_name() {
    let (app, _, offer) = a_minute().await;
    // The token's half minute of grace is longer than the purchase's minute.
    app.clock.advance(SignedDuration::from_secs(70));
    assert!(app.decline("cus_paid", &offer, None).await.is_none());
}

#[tokio::test]
async fn a_price_asked_anew_keeps_no_token_alive() {
    const SEATS: &str = "[[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.purchased = [\"pdt_presets\"]\n\
        quantity = { default = 2, min = 1, max = 5 }\n{{words}}";
    let minute = std::time::Duration::from_mins(1);
    let app = TestApp::start_offering_with(SEATS, |config| config.token = minute).await;
    let (purchase, mut offer) = app.offered("cus_paid", "pdt_presets").await;
    for _ in 0..2 {
        app.clock.advance(SignedDuration::from_secs(40));
        let body = json!({"offer_id": offer.offer_id, "token": offer.token, "quantity": 3});
        let request = app.post(&format!("/api/upsell/{purchase}/quote")).header("origin", SHOP);
        let answer = request.json(&body).send().await.unwrap().json::<Value>().await.unwrap();
        offer = serde_json::from_value(answer).unwrap();
    }
    app.clock.advance(SignedDuration::from_secs(40));
    let refused = problem(app.send_accept(&purchase, &offer, "click-1").await).await;
    assert_eq!(refused, (401, "token_expired".into()));
}

#[tokio::test]
async fn another_try_is_offered_for_as_long_as_a_purchase_is_young() {
    let (app, _, _) = a_minute().await;
    let customer = app.new_customer("declined").await;
    add_card(&app, &customer, "1881").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    let of = |told: Outcome| match told.settled() {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    };
    let first = offer.payment_methods.iter().find(|method| method.last4.as_deref() == Some("9995")).cloned();
    let first = Offer { payment_methods: first.into_iter().collect(), ..offer.clone() };
    assert!(of(app.accept(&purchase, &first, "click-1").await).retry.is_some());
    app.clock.advance(SignedDuration::from_secs(105));
    assert!(of(app.followed(&purchase, &offer).await).retry.is_none());
}
