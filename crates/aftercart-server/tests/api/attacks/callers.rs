//! Callers who pose as Dodo, as the merchant, or as many.

use super::open::{open, start};
use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

#[tokio::test]
async fn ids_cannot_be_tried_out() {
    let app = start().await;
    app.offered("cus_paid", "pdt_presets").await;
    // A customer who exists and one who does not are answered alike.
    let mut told = Vec::new();
    for customer in ["cus_paid", "cus_nobody"] {
        let path = format!("/api/upsell/{customer}");
        told.push(problem(app.get(&path).send().await.unwrap()).await);
        told.push(problem(app.get(&format!("{path}/status?offer_id=course")).send().await.unwrap()).await);
    }
    assert!(told.iter().all(|answer| *answer == (401, "token_missing".into())), "{told:?}");
    for path in ["pay_nobody/status?offer_id=course", "pay_nobody/outcome?offer_id=course"] {
        assert_eq!(app.get(&format!("/api/upsell/{path}")).send().await.unwrap().status(), 404, "{path}");
    }
    let body = json!({"offer_id": "course", "token": "x"});
    for subject in ["pay_nobody", "cus_nobody", "cus_paid"] {
        let request = app.post(&format!("/api/upsell/{subject}/accept")).header("origin", SHOP);
        let request = request.header("idempotency-key", "k").json(&body);
        assert_eq!(problem(request.send().await.unwrap()).await, (401, "token_invalid".into()), "{subject}");
    }
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn neither_a_forged_webhook_nor_a_guessed_key_opens_anything() {
    let app = start().await;
    let mut open = open(&app).await;
    let event = json!({
        "business_id": "bus_1", "type": "payment.succeeded", "timestamp": jiff::Timestamp::now(),
        "data": {"payload_type": "Payment", "payment_id": "pay_forged", "status": "succeeded",
            "customer": {"customer_id": "cus_paid"}, "product_cart": [{"product_id": "pdt_presets", "quantity": 1}]}
    });
    let now = jiff::Timestamp::now().as_second().to_string();
    let signature = format!("v1,{}", STANDARD.encode([0; 32]));
    let webhook = || app.post("/webhooks/dodo").json(&event);
    let signed = || webhook().header("webhook-id", "msg_1").header("webhook-timestamp", &now);
    open.row("a webhook without a signature", webhook(), 401, "bad_signature");
    open.row("a webhook with an id only", signed(), 401, "bad_signature");
    let forged = [signature.as_str(), "", "v1,", "v0,x", "v1a,x"];
    for signature in forged {
        let request = signed().header("webhook-signature", signature);
        open.row(&format!("a webhook signed `{signature}`"), request, 401, "bad_signature");
    }
    let mint = || app.post("/api/tokens").json(&json!({"customer_id": "cus_paid"}));
    open.row("minting without a key", mint(), 401, "merchant_key_wrong");
    for key in ["", "x", &MERCHANT_KEY[1..], &MERCHANT_KEY.to_uppercase(), &format!("{MERCHANT_KEY}x")] {
        open.row(&format!("minting with `{key}`"), mint().bearer_auth(key), 401, "merchant_key_wrong");
    }
    open.row(
        "minting with a password",
        mint().basic_auth("x", Some(MERCHANT_KEY)),
        401,
        "merchant_key_wrong",
    );
    let in_query =
        app.post(&format!("/api/tokens?key={MERCHANT_KEY}")).json(&json!({"customer_id": "cus_paid"}));
    open.row("minting with the key in the address", in_query, 401, "merchant_key_wrong");
    open.all_fail().await;
    assert_eq!(app.no_offer("pay_forged").await.0, "unknown_subject");
}

#[tokio::test]
async fn a_flood_is_cut_off_and_a_made_up_address_does_not_help() {
    let app = TestApp::start_with(|config| config.limits.requests_per_minute_per_address = 120).await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let mut refused = 0;
    for number in 0..100 {
        let body = json!({"offer_id": offer.offer_id, "token": format!("a1.test.x.{number}")});
        let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP);
        let request = request.header("x-forwarded-for", format!("198.51.100.{number}"));
        let request = request.header("forwarded", format!("for=198.51.100.{number}"));
        let answer = request.header("x-real-ip", "198.51.100.1").header("idempotency-key", "k").json(&body);
        match problem(answer.send().await.unwrap()).await {
            (429, code) if code == "too_many_requests" => refused += 1,
            answer => assert_eq!(answer, (401, "token_invalid".into())),
        }
    }
    assert!(refused >= 60, "{refused} of 100 were refused");
    assert_eq!(app.charges().await.len(), 0);
}
