//! Webhooks: verified, once, in any order, and only those that mean a purchase.

use crate::helpers::{TestApp, problem};
use aftercart_contract::Outcome;
use dodo_sandbox::DEFAULT_WEBHOOK_SECRET;
use reqwest::Response;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

/// A webhook as Dodo would send it, with everything free to be wrong.
struct Delivery {
    id: &'static str,
    body: String,
    signed_body: Option<String>,
    seconds_off: i64,
    secret: &'static str,
}

impl Delivery {
    fn of(event: &Value) -> Self {
        Self {
            id: "msg_1",
            body: event.to_string(),
            signed_body: None,
            seconds_off: 0,
            secret: DEFAULT_WEBHOOK_SECRET,
        }
    }

    async fn send(self, app: &TestApp) -> Response {
        let timestamp = jiff::Timestamp::now().as_second() + self.seconds_off;
        let signed = self.signed_body.as_ref().unwrap_or(&self.body);
        let signature =
            Webhook::new(self.secret).unwrap().sign(self.id, timestamp, signed.as_bytes()).unwrap();
        app.post("/webhooks/dodo")
            .header("webhook-id", self.id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .header("content-type", "application/json")
            .body(self.body)
            .send()
            .await
            .unwrap()
    }
}

fn event(kind: &str, payment_id: &str, status: &str, extra: &Value) -> Value {
    let mut data = json!({
        "payload_type": "Payment", "payment_id": payment_id, "status": status, "error_code": null,
        "created_at": jiff::Timestamp::now(), "updated_at": jiff::Timestamp::now(), "total_amount": 3190,
        "currency": "USD", "customer": {"customer_id": "cus_paid", "email": "paid@example.com", "name": "Paid"},
        "billing": {"country": "US", "state": "CA", "city": "SF", "street": "1 Main", "zipcode": "94105"},
        "metadata": {}, "product_cart": [{"product_id": "pdt_presets", "quantity": 1}], "retry_attempt": 0,
        "is_update_payment_method": false
    });
    data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"business_id": "bus_1", "type": kind, "timestamp": jiff::Timestamp::now(), "data": data})
}

fn purchase(payment_id: &str) -> Value {
    event("payment.succeeded", payment_id, "succeeded", &json!({}))
}

#[tokio::test]
async fn forged_altered_and_stale_webhooks_are_refused() {
    let app = TestApp::start().await;
    let other_secret = "whsec_YW5vdGhlci1zZWNyZXQtdGhhdC1pcy1ub3Qtb3Vycw==";
    for delivery in [
        Delivery { secret: other_secret, ..Delivery::of(&purchase("pay_forged")) },
        Delivery { signed_body: Some("{}".into()), ..Delivery::of(&purchase("pay_forged")) },
        Delivery { seconds_off: -360, ..Delivery::of(&purchase("pay_forged")) },
        Delivery { seconds_off: 360, ..Delivery::of(&purchase("pay_forged")) },
    ] {
        assert_eq!(problem(delivery.send(&app).await).await, (401, "bad_signature".into()));
    }
    let unsigned = app.post("/webhooks/dodo").body(purchase("pay_forged").to_string()).send().await.unwrap();
    assert_eq!(problem(unsigned).await, (401, "bad_signature".into()));
    assert_eq!(app.no_offer("pay_forged").await.0, "unknown_subject");
}

#[tokio::test]
async fn a_verified_webhook_opens_an_offer_and_its_repeat_changes_nothing() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        assert_eq!(Delivery::of(&purchase("pay_new")).send(&app).await.status(), 200);
    }
    app.offer("pay_new").await;
    // The same id with another content is a repeat too: what was applied first stays.
    let other = event("payment.succeeded", "pay_other", "succeeded", &json!({}));
    assert_eq!(Delivery::of(&other).send(&app).await.status(), 200);
    assert_eq!(app.no_offer("pay_other").await.0, "unknown_subject");
}

#[tokio::test]
async fn the_order_of_webhooks_does_not_matter() {
    let app = TestApp::start().await;
    let events = [
        ("msg_a", purchase("pay_new")),
        ("msg_b", event("payment.processing", "pay_new", "processing", &json!({}))),
        ("msg_c", event("payment.failed", "pay_new", "failed", &json!({}))),
    ];
    for (id, event) in events {
        assert_eq!(Delivery { id, ..Delivery::of(&event) }.send(&app).await.status(), 200);
    }
    app.offer("pay_new").await;
}

#[tokio::test]
async fn a_payment_that_is_no_new_purchase_opens_no_offer() {
    let app = TestApp::start().await;
    let cases = [
        ("msg_1", json!({"charge_type": "renewal"})),
        ("msg_2", json!({"charge_type": "plan_change"})),
        ("msg_3", json!({"charge_type": "on_demand"})),
        ("msg_4", json!({"retry_attempt": 2})),
        ("msg_5", json!({"is_update_payment_method": true})),
    ];
    for (id, extra) in cases {
        let payment = format!("pay_{id}");
        let event = event("payment.succeeded", &payment, "succeeded", &extra);
        assert_eq!(Delivery { id, ..Delivery::of(&event) }.send(&app).await.status(), 200);
        assert_eq!(app.no_offer(&payment).await.0, "not_a_new_purchase", "{extra}");
    }
}

#[tokio::test]
async fn renewals_and_plan_changes_of_the_sandbox_open_no_offer() {
    for charge_type in ["renewal", "plan_change"] {
        let app = TestApp::start().await;
        let payment = app
            .buy_with(
                json!({"customer_id": "cus_upgrade", "product_id": "pdt_basic", "charge_type": charge_type}),
            )
            .await;
        assert_eq!(app.no_offer(&payment).await.0, "not_a_new_purchase", "{charge_type}");
    }
}

#[tokio::test]
async fn a_plan_that_was_bought_opens_an_offer_although_its_payment_names_no_product() {
    let app = TestApp::start().await;
    let (_, offer) = app.offered("cus_paid", "pdt_basic").await;
    assert_eq!(offer.product.id.as_str(), "pdt_course");
}

#[tokio::test]
async fn an_accepted_offer_is_a_payment_of_its_own_and_opens_no_further_one() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let Outcome::Succeeded { payment_id, .. } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("paid")
    };
    let (reason, outcome) = app.no_offer(payment_id.unwrap().as_str()).await;
    assert_eq!(reason, "own_payment");
    assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_success_page_that_is_faster_than_the_webhook_finds_its_offer() {
    let app = TestApp::start().await;
    app.control("webhooks", json!({"paused": true})).await;
    app.offered("cus_paid", "pdt_presets").await;
    app.control("webhooks", json!({"paused": false})).await;
}

#[tokio::test]
async fn a_charge_that_only_a_webhook_tells_about_is_settled_by_it() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_processing", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    // Dodo answers no more questions; only its webhook gets through.
    let outage = json!({"kind": "status", "status": 503});
    app.control("faults", json!({"method": "GET", "times": 100, "fault": outage})).await;
    app.control("clock", json!({"advance_seconds": 10})).await;
    app.status_until(&purchase, &offer, |outcome| matches!(outcome, Outcome::Succeeded { .. })).await;
}

#[tokio::test]
async fn events_about_other_things_are_taken_and_unreadable_ones_refused() {
    let app = TestApp::start().await;
    let other = json!({"business_id": "b", "type": "dunning.started", "timestamp": jiff::Timestamp::now(), "data": {"x": 1}});
    assert_eq!(Delivery { id: "msg_1", ..Delivery::of(&other) }.send(&app).await.status(), 200);
    let mut broken = purchase("pay_1");
    broken["data"]["customer"] = json!("nobody");
    for (id, body) in [("msg_2", "{".to_owned()), ("msg_3", "[]".to_owned()), ("msg_4", broken.to_string())] {
        let delivery = Delivery { id, body, ..Delivery::of(&json!({})) };
        assert_eq!(problem(delivery.send(&app).await).await, (400, "unreadable".into()), "{id}");
    }
}

#[tokio::test]
async fn an_event_whose_effect_could_not_be_stored_is_applied_when_it_comes_again() {
    let app = TestApp::start().await;
    let plan = json!({"product_cart": null, "subscription_id": "sub_missing"});
    let event = event("payment.succeeded", "pay_plan", "succeeded", &plan);
    let outage = json!({"kind": "status", "status": 503});
    app.control("faults", json!({"path_prefix": "/subscriptions", "times": 2, "fault": outage})).await;
    assert_eq!(Delivery::of(&event).send(&app).await.status(), 503);
    assert_eq!(Delivery::of(&event).send(&app).await.status(), 200);
    assert_eq!(app.no_offer("pay_plan").await.0, "no_rule");
}
