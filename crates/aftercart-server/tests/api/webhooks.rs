//! Webhooks: verified, once, in any order, and only those that mean a purchase.

use crate::helpers::{TestApp, problem};
use aftercart_contract::Outcome;
use aftercart_server::Secret;
use dodo_sandbox::DEFAULT_WEBHOOK_SECRET;
use reqwest::Response;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

/// The secret that replaces the sandbox's own.
const NEW_SECRET: &str = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtb25seQ==";
const OTHER_SECRET: &str = "whsec_YW5vdGhlci1zZWNyZXQtdGhhdC1pcy1ub3Qtb3Vycw==";

/// A webhook as it arrives: signed by the scheme's own library, then free to be altered.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) id: Option<String>,
    pub(crate) timestamp: Option<String>,
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
}

impl Delivery {
    fn of(event: &Value) -> Self {
        Self::named("msg_1", &event.to_string())
    }

    /// Signed now with the sandbox's secret.
    pub(crate) fn named(id: &str, body: &str) -> Self {
        Self::signed(DEFAULT_WEBHOOK_SECRET, id, 0, body)
    }

    /// Signed with this secret, so many seconds from now.
    fn signed(secret: &str, id: &str, seconds_off: i64, body: &str) -> Self {
        let timestamp = jiff::Timestamp::now().as_second() + seconds_off;
        let signature = Webhook::new(secret).unwrap().sign(id, timestamp, body.as_bytes()).unwrap();
        Self {
            id: Some(id.to_owned()),
            timestamp: Some(timestamp.to_string()),
            signature: Some(signature),
            body: body.to_owned(),
        }
    }

    async fn send(self, app: &TestApp) -> Response {
        self.send_to(&app.http, &app.url("/webhooks/dodo")).await
    }

    pub(crate) async fn send_to(self, http: &reqwest::Client, url: &str) -> Response {
        let mut request = http.post(url).header("content-type", "application/json").body(self.body);
        for (name, value) in [
            ("webhook-id", self.id),
            ("webhook-timestamp", self.timestamp),
            ("webhook-signature", self.signature),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.send().await.unwrap()
    }
}

pub(crate) fn event(kind: &str, payment_id: &str, status: &str, extra: &Value) -> Value {
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

/// What was done to a good delivery, and what is answered to it: 200, or a problem's status and code.
type Case = (&'static str, fn(&str) -> Delivery, (u16, &'static str));

fn altered(body: &str, alter: impl FnOnce(&mut Delivery)) -> Delivery {
    let mut delivery = Delivery::named("msg_1", body);
    alter(&mut delivery);
    delivery
}

/// A list of signatures around the good one.
fn among(body: &str, before: &str, after: &str) -> Delivery {
    altered(body, |delivery| {
        let good = delivery.signature.take().unwrap();
        delivery.signature = Some(format!("{before}{good}{after}"));
    })
}

const TAKEN: (u16, &str) = (200, "");
const REFUSED: (u16, &str) = (401, "bad_signature");
const UNREADABLE: (u16, &str) = (400, "unreadable");

const CASES: &[Case] = &[
    ("the old secret", |body| Delivery::named("msg_1", body), TAKEN),
    ("the new secret", |body| Delivery::signed(NEW_SECRET, "msg_1", 0, body), TAKEN),
    ("another secret", |body| Delivery::signed(OTHER_SECRET, "msg_1", 0, body), REFUSED),
    ("four minutes old", |body| Delivery::signed(NEW_SECRET, "msg_1", -240, body), TAKEN),
    ("six minutes old", |body| Delivery::signed(NEW_SECRET, "msg_1", -360, body), REFUSED),
    ("four minutes early", |body| Delivery::signed(NEW_SECRET, "msg_1", 240, body), TAKEN),
    ("six minutes early", |body| Delivery::signed(NEW_SECRET, "msg_1", 360, body), REFUSED),
    ("a tampered body", |body| altered(body, |it| it.body = it.body.replace("3190", "1")), REFUSED),
    ("one more space in the body", |body| altered(body, |it| it.body.push(' ')), REFUSED),
    ("a tampered id", |body| altered(body, |it| it.id = Some("msg_2".into())), REFUSED),
    (
        "a tampered timestamp",
        |body| {
            let later = jiff::Timestamp::now().as_second() + 1;
            altered(body, |it| it.timestamp = Some(later.to_string()))
        },
        REFUSED,
    ),
    (
        "a timestamp out of range",
        |body| altered(body, |it| it.timestamp = Some(i64::MIN.to_string())),
        REFUSED,
    ),
    ("a timestamp in words", |body| altered(body, |it| it.timestamp = Some("now".into())), REFUSED),
    ("no id", |body| altered(body, |it| it.id = None), REFUSED),
    ("no timestamp", |body| altered(body, |it| it.timestamp = None), REFUSED),
    ("no signature", |body| altered(body, |it| it.signature = None), REFUSED),
    ("an empty signature", |body| altered(body, |it| it.signature = Some(String::new())), REFUSED),
    (
        "a signature of another version",
        |body| altered(body, |it| it.signature = it.signature.take().map(|it| it.replace("v1,", "v2,"))),
        REFUSED,
    ),
    (
        "a list of garbage",
        |body| altered(body, |it| it.signature = Some("v1, v1,, ,v1 v1,AAAA garbage \u{e9}".into())),
        REFUSED,
    ),
    ("several signatures, one of them right", |body| among(body, "v1,AAAA v2,BBBB ", " v1,CCCC"), TAKEN),
    ("an id of 255 bytes", |body| Delivery::named(&"m".repeat(255), body), TAKEN),
    ("an id of 256 bytes", |body| Delivery::named(&"m".repeat(256), body), UNREADABLE),
    ("an empty id", |body| Delivery::named("", body), UNREADABLE),
];

/// A server while its secret is being replaced.
async fn while_rotating() -> TestApp {
    let both = format!("{NEW_SECRET},{DEFAULT_WEBHOOK_SECRET}");
    TestApp::start_with(|config| config.dodo.webhook_key = Secret::new(both)).await
}

#[tokio::test]
async fn only_what_a_listed_secret_signed_within_five_minutes_is_taken() {
    let app = while_rotating().await;
    for (what, delivery, (status, code)) in CASES {
        // Of another kind than payments: what matters here is whether it gets in at all.
        let body =
            json!({"type": "dunning.started", "timestamp": jiff::Timestamp::now(), "data": {"n": 3190}});
        let answer = delivery(&body.to_string()).send(&app).await;
        if *status == 200 {
            assert_eq!(answer.status(), 200, "{what}");
        } else {
            assert_eq!(problem(answer).await, (*status, (*code).to_owned()), "{what}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_has_no_effect() {
    let app = while_rotating().await;
    let body = purchase("pay_forged").to_string();
    for (what, delivery, expected) in CASES.iter().filter(|(_, _, expected)| *expected != TAKEN) {
        assert_eq!(delivery(&body).send(&app).await.status(), expected.0, "{what}");
    }
    assert_eq!(app.no_offer("pay_forged").await.0, "unknown_subject");
}

#[tokio::test]
async fn a_purchase_signed_with_the_new_secret_opens_an_offer_once() {
    let app = while_rotating().await;
    let body = purchase("pay_new").to_string();
    for _ in 0..2 {
        assert_eq!(Delivery::signed(NEW_SECRET, "msg_1", 0, &body).send(&app).await.status(), 200);
    }
    app.offer("pay_new").await;
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
        assert_eq!(Delivery::named(id, &event.to_string()).send(&app).await.status(), 200);
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
        assert_eq!(Delivery::named(id, &event.to_string()).send(&app).await.status(), 200);
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
    assert_eq!(Delivery::of(&other).send(&app).await.status(), 200);
    let mut broken = purchase("pay_1");
    broken["data"]["customer"] = json!("nobody");
    for (id, body) in [("msg_2", "{".to_owned()), ("msg_3", "[]".to_owned()), ("msg_4", broken.to_string())] {
        let delivery = Delivery::named(id, &body);
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
