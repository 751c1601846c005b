//! More than one: each quantity has its own price and token.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::{AcceptRequest, Mode, Offer, OfferAnswer, Outcome};
use reqwest::Response;
use serde_json::json;

const SEATS: &str = r#"
[[offer]]
id = "guide"
product = "pdt_guide"
when.purchased = ["pdt_presets"]
quantity = { default = 2, min = 1, max = 5 }
{{words}}
"#;

async fn send_quote(app: &TestApp, subject: &str, offer: &Offer, quantity: u32) -> Response {
    let body = json!({"offer_id": offer.offer_id, "token": offer.token, "quantity": quantity});
    let request = app.post(&format!("/api/upsell/{subject}/quote")).header("origin", SHOP);
    request.json(&body).send().await.unwrap()
}

async fn quoted(app: &TestApp, subject: &str, offer: &Offer, quantity: u32) -> Offer {
    let text = send_quote(app, subject, offer, quantity).await.text().await.unwrap();
    match OfferAnswer::from_json(&text) {
        Ok(OfferAnswer::Offer(offer)) => *offer,
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn another_quantity_has_another_price_and_is_what_is_charged() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, two) = app.offered("cus_paid", "pdt_presets").await;
    let quote = two.quote.as_ref().unwrap();
    assert_eq!((quote.quantity, quote.due_now.get(), two.quantity.unwrap().max), (2, 4180, 5));
    let four = quoted(&app, &purchase, &two, 4).await;
    let quote = four.quote.as_ref().unwrap();
    assert_eq!((quote.quantity, quote.due_now.get()), (4, 8360));
    let Outcome::Succeeded { receipt, .. } = app.accept(&purchase, &four, "click-1").await else {
        panic!("paid")
    };
    assert_eq!(receipt.unwrap().amount.get(), 8360);
    assert_eq!(app.charges().await[0]["product_cart"][0]["quantity"], 4);
    let told = send_quote(&app, &purchase, &two, 1).await.text().await.unwrap();
    assert!(told.contains("already_accepted"), "{told}");
}

#[tokio::test]
async fn what_the_rule_does_not_allow_is_refused() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, two) = app.offered("cus_paid", "pdt_presets").await;
    for quantity in [0, 6] {
        let refused = send_quote(&app, &purchase, &two, quantity).await;
        assert_eq!(problem(refused).await, (422, "quantity_out_of_range".into()), "{quantity}");
    }
    let body = AcceptRequest {
        offer_id: two.offer_id.clone(),
        token: two.token.clone(),
        payment_method: None,
        quantity: Some(3),
        text_version: None,
        consent: false,
    };
    let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP);
    let refused = request.header("idempotency-key", "click-1").json(&body).send().await.unwrap();
    assert_eq!(problem(refused).await, (422, "quantity_out_of_range".into()), "the token is for two");
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_quote_needs_a_token_and_an_allowed_page() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, mut offer) = app.offered("cus_paid", "pdt_presets").await;
    let body = json!({"offer_id": offer.offer_id, "token": offer.token, "quantity": 3});
    let path = format!("/api/upsell/{purchase}/quote");
    let foreign = app.post(&path).header("origin", "https://evil.example").json(&body).send().await.unwrap();
    assert_eq!(problem(foreign).await.1, "origin_not_allowed");
    offer.token = Some("a1.k.x.y".to_owned().try_into().unwrap());
    assert_eq!(problem(send_quote(&app, &purchase, &offer, 3).await).await, (401, "token_invalid".into()));
}

#[tokio::test]
async fn the_checkout_has_the_quantity_too() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, offer) = app.offered("cus_declined", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    assert_eq!(app.opened_checkouts().await[0]["product_cart"][0]["quantity"], 2);
}

#[tokio::test]
async fn a_checkout_is_offered_and_paid_in_one_quantity() {
    let app = TestApp::start_offering(SEATS).await;
    let customer = app.new_customer("no_method").await;
    let (purchase, two) = app.offered(&customer, "pdt_presets").await;
    assert_eq!((two.mode, two.quantity, two.quote.as_ref().unwrap().quantity), (Mode::Checkout, None, 2));
    let refused = send_quote(&app, &purchase, &two, 4).await;
    assert_eq!(problem(refused).await, (422, "quantity_out_of_range".into()));
    let again = quoted(&app, &purchase, &two, 2).await;
    assert_eq!((&again.checkout_url, again.quantity), (&two.checkout_url, None));
    let opened = app.opened_checkouts().await;
    assert_eq!((opened.len(), &opened[0]["product_cart"][0]["quantity"]), (1, &json!(2)));
}

#[tokio::test]
async fn a_failed_charge_leads_to_no_checkout_of_another_quantity() {
    let app = TestApp::start_offering(SEATS).await;
    let customer = app.new_customer("no_method").await;
    let (purchase, two) = app.offered(&customer, "pdt_presets").await;
    assert!(two.checkout_url.is_some());
    let refused = json!({"last4": "0002", "error_code": "GENERIC_DECLINE"});
    app.control(&format!("customers/{customer}/methods"), refused).await;
    let four = quoted(&app, &purchase, &app.offer(&purchase).await, 4).await;
    assert_eq!(four.mode, Mode::OneClick);
    for told in [app.accept(&purchase, &four, "click-1").await, app.followed(&purchase, &four).await] {
        let Outcome::Failed(failure) = told else { panic!("{told:?}") };
        assert_eq!(failure.checkout_url, None, "it is open for two");
    }
    assert_eq!(app.opened_checkouts().await.len(), 1);
}

#[tokio::test]
async fn a_checkout_that_was_opened_in_a_quantity_is_shown_again_in_it() {
    let app = TestApp::start_offering(SEATS).await;
    let customer = app.new_customer("paid").await;
    let (purchase, two) = app.offered(&customer, "pdt_presets").await;
    let four = quoted(&app, &purchase, &two, 4).await;
    let methods = format!("{}/customers/{customer}/payment-methods", app.sandbox.url());
    let dodo = |request: reqwest::RequestBuilder| request.bearer_auth(dodo_sandbox::DEFAULT_API_KEY).send();
    let list: serde_json::Value = dodo(app.http.get(&methods)).await.unwrap().json().await.unwrap();
    for method in list["items"].as_array().unwrap() {
        let id = method["payment_method_id"].as_str().unwrap();
        dodo(app.http.delete(format!("{methods}/{id}"))).await.unwrap();
    }
    let Outcome::Failed(failure) = app.accept(&purchase, &four, "click-1").await else { panic!("no card") };
    let again = app.offer(&purchase).await;
    let quote = again.quote.as_ref().unwrap();
    assert_eq!((again.mode, quote.quantity, quote.due_now.get()), (Mode::Checkout, 4, 8360));
    assert!(again.checkout_url.is_some());
    assert_eq!(again.checkout_url, failure.checkout_url);
    app.pay_at(&again.checkout_url.unwrap(), 8360, "4242 4242 4242 4242").await;
}
