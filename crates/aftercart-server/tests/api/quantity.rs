//! More than one: each quantity has its own price and token.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::{AcceptRequest, Offer, OfferAnswer, Outcome};
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
