//! Nothing stays open: without pages that ask, without webhooks, and after the windows close.

use crate::helpers::TestApp;
use crate::operator::asked;
use aftercart_contract::{Offer, Outcome};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::Connection;
use standardwebhooks::Webhook;
use std::time::{Duration, Instant};

/// The states of all attempts, as stored.
async fn stored(app: &TestApp) -> Vec<String> {
    let url = format!("sqlite://{}", app.directory.path().join("test.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let rows: Vec<(String,)> =
        sqlx::query_as("select state_kind from attempts").fetch_all(&mut connection).await.unwrap();
    rows.into_iter().map(|(kind,)| kind).collect()
}

async fn stored_until(app: &TestApp, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let states = stored(app).await;
        if states == [wanted] {
            return;
        }
        assert!(Instant::now() < deadline, "still {states:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn refunds(app: &TestApp) -> Vec<Value> {
    let request = app.http.get(format!("{}/refunds", app.sandbox.url()));
    let list: Value =
        request.bearer_auth(dodo_sandbox::DEFAULT_API_KEY).send().await.unwrap().json().await.unwrap();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_attempt_is_settled_without_any_page_or_webhook() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_processing", "pdt_presets").await;
    app.control("webhooks", json!({"paused": true})).await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Processing { .. }), "{outcome:?}");
    app.control("clock", json!({"advance_seconds": 10})).await;
    app.clock.advance(SignedDuration::from_mins(1));
    stored_until(&app, "succeeded").await;
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_charge_that_dodo_never_shows_is_given_up_after_the_window_and_not_before() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_conflict", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_mins(55));
    assert!(matches!(app.followed(&purchase, &offer).await, Outcome::Unknown { .. }));
    assert_eq!(app.opened_checkouts().await.len(), 0);
    app.clock.advance(SignedDuration::from_mins(10));
    stored_until(&app, "given_up").await;
    let Outcome::Failed(failure) = app.followed(&purchase, &offer).await else { panic!("given up") };
    assert!(failure.checkout_url.is_some());
    assert_eq!((app.charges().await.len(), app.opened_checkouts().await.len()), (1, 1));
}

#[tokio::test]
async fn nothing_is_given_up_while_dodo_cannot_be_asked() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_conflict", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let down = json!({"method": "GET", "path_prefix": "/payments", "times": 1000,
        "fault": {"kind": "status", "status": 503}});
    app.control("faults", down).await;
    app.clock.advance(SignedDuration::from_hours(5));
    // A look at it has failed: its lease is taken, and still it is unknown.
    let deadline = Instant::now() + Duration::from_secs(4);
    while Instant::now() < deadline {
        assert_eq!(stored(&app).await, ["unknown"]);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_pending_payment_has_days_before_it_is_given_up() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_3ds_no_link", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_hours(72));
    assert!(matches!(app.followed(&purchase, &offer).await, Outcome::Processing { .. }));
    app.clock.advance(SignedDuration::from_hours(25));
    stored_until(&app, "given_up").await;
}

/// A charge is given up, its checkout paid, and then the charge turns out paid, too.
async fn paid_twice() -> (TestApp, String, Offer) {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_conflict", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_mins(65));
    stored_until(&app, "given_up").await;
    let Outcome::Failed(failure) = app.followed(&purchase, &offer).await else { panic!("given up") };
    let due = offer.quote.as_ref().unwrap().due_now.get();
    app.pay_at(&failure.checkout_url.unwrap(), due, "4242 4242 4242 4242").await;
    assert!(matches!(app.followed(&purchase, &offer).await, Outcome::Succeeded { .. }));
    (app, purchase, offer)
}

/// The charge's payment appears at Dodo, with the metadata it was sent with.
async fn the_charge_arrives(app: &TestApp) -> String {
    let metadata = app.charges().await[0]["metadata"].clone();
    app.buy_with(json!({"customer_id": "cus_conflict", "product_id": "pdt_course", "metadata": metadata}))
        .await
}

async fn refunds_until_one(app: &TestApp) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let [refund] = refunds(app).await.as_slice() {
            return refund.clone();
        }
        assert!(Instant::now() < deadline, "no refund");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn refund_requests(app: &TestApp) -> usize {
    let log = app.observe("requests").await;
    let made = log["items"].as_array().unwrap().iter();
    made.filter(|request| request["method"] == "POST" && request["path"] == "/refunds").count()
}

#[tokio::test]
async fn of_two_payments_for_one_step_the_later_is_given_back_once() {
    let (app, purchase, offer) = paid_twice().await;
    let late = the_charge_arrives(&app).await;
    assert_eq!(refunds_until_one(&app).await["payment_id"], late.as_str());
    stored_until(&app, "succeeded").await;
    app.clock.advance(SignedDuration::from_mins(10));
    assert!(matches!(app.followed(&purchase, &offer).await, Outcome::Succeeded { .. }));
    assert_eq!((refund_requests(&app).await, refunds(&app).await.len()), (1, 1));
}

/// A table that refuses its lease kept the checkouts and refunds behind it from every look.
#[tokio::test]
async fn a_table_that_cannot_be_leased_keeps_no_other_from_its_look() {
    let app = TestApp::start().await;
    let (purchase, lost) = app.offered("cus_conflict", "pdt_presets").await;
    app.accept(&purchase, &lost, "click-1").await;
    let (_, offer) = app.offered("cus_no_method", "pdt_presets").await;
    let url = format!("sqlite://{}", app.directory.path().join("test.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let broken = "create trigger broken before update of look_at on attempts
         begin select raise(abort, 'attempts cannot be leased'); end";
    sqlx::query(broken).execute(&mut connection).await.unwrap();
    app.control("webhooks", json!({"paused": true})).await;
    let due = offer.quote.as_ref().unwrap().due_now.get();
    app.pay_at(offer.checkout_url.as_ref().unwrap(), due, "4242 4242 4242 4242").await;
    app.clock.advance(SignedDuration::from_mins(1));
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let sql = "select state_kind from checkouts";
        let states: Vec<(String,)> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        if states == [("succeeded".to_owned(),)] {
            return;
        }
        assert!(Instant::now() < deadline, "still {states:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_not_asked_for_again() {
    let (app, _, _) = paid_twice().await;
    let lost =
        json!({"method": "POST", "path_prefix": "/refunds", "fault": {"kind": "drop", "commit": true}});
    app.control("faults", lost).await;
    the_charge_arrives(&app).await;
    refunds_until_one(&app).await;
    app.clock.advance(SignedDuration::from_mins(10));
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!((refund_requests(&app).await, refunds(&app).await.len()), (1, 1));
}

/// What the operator reads of the one refund, as soon as it is what is wanted.
pub(crate) async fn refund_until(app: &TestApp, is_wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let list = asked(app, "/api/refunds").await;
        let refund = list["refunds"].get(0).cloned().unwrap_or_default();
        if is_wanted(&refund) {
            return refund;
        }
        assert!(Instant::now() < deadline, "{refund}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn refund_is_until(app: &TestApp, wanted: &str) {
    refund_until(app, |refund| refund["state"] == wanted).await;
}

async fn refund_requests_until(app: &TestApp, wanted: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while refund_requests(app).await < wanted {
        assert!(Instant::now() < deadline, "fewer than {wanted} requests");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(refund_requests(app).await, wanted);
}

/// Dodo takes no refund, so many times.
async fn too_many_refunds(app: &TestApp, times: u32) {
    let busy = json!({"method": "POST", "path": "/refunds", "times": times,
        "fault": {"kind": "status", "status": 429}});
    app.control("faults", busy).await;
}

/// Was `failed, TOO_MANY_REQUESTS` for good: the shopper had paid twice.
#[tokio::test]
async fn a_refund_that_dodo_did_not_take_is_tried_again_and_made_once() {
    let (app, _, _) = paid_twice().await;
    too_many_refunds(&app, 2).await;
    the_charge_arrives(&app).await;
    refund_requests_until(&app, 1).await;
    refund_is_until(&app, "claimed").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(refund_requests(&app).await, 1, "not before the pause is over");
    app.clock.advance(SignedDuration::from_secs(31));
    refund_requests_until(&app, 2).await;
    refund_is_until(&app, "claimed").await;
    app.clock.advance(SignedDuration::from_secs(32));
    refund_is_until(&app, "succeeded").await;
    app.clock.advance(SignedDuration::from_hours(30));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!((refund_requests(&app).await, refunds(&app).await.len()), (3, 1));
}

#[tokio::test]
async fn a_refund_that_dodo_does_not_take_for_a_day_needs_a_person() {
    let (app, _, _) = paid_twice().await;
    too_many_refunds(&app, 1_000).await;
    the_charge_arrives(&app).await;
    refund_requests_until(&app, 1).await;
    refund_is_until(&app, "claimed").await;
    app.clock.advance(SignedDuration::from_hours(25));
    // That nobody looks again is stored after the state.
    let is_over = |told: &Value| told["state"] == "failed" && told["next_look_at"].is_null();
    let told = refund_until(&app, is_over).await;
    assert_eq!(told["failure_code"], "TOO_MANY_REQUESTS");
    assert_eq!(told["attention"], "refund_by_hand");
    assert_eq!((refund_requests(&app).await, refunds(&app).await.len()), (2, 0));
}

#[tokio::test]
async fn what_somebody_gave_back_in_the_meantime_is_not_given_back_again() {
    let (app, _, _) = paid_twice().await;
    too_many_refunds(&app, 1).await;
    let late = the_charge_arrives(&app).await;
    refund_is_until(&app, "claimed").await;
    refund_requests_until(&app, 1).await;
    let by_hand = app.http.post(format!("{}/refunds", app.sandbox.url()));
    let by_hand = by_hand.bearer_auth(dodo_sandbox::DEFAULT_API_KEY).json(&json!({"payment_id": late}));
    assert!(by_hand.send().await.unwrap().status().is_success());
    app.clock.advance(SignedDuration::from_secs(31));
    refund_is_until(&app, "succeeded").await;
    assert_eq!((refund_requests(&app).await, refunds(&app).await.len()), (2, 1));
}

#[tokio::test]
async fn a_forged_webhook_makes_nobody_pay() {
    let app = TestApp::start().await;
    let forged = json!({"business_id": "bus_1", "type": "payment.succeeded", "timestamp": "2026-01-16T10:00:00Z",
        "data": {"payload_type": "Payment", "payment_id": "pay_forged", "customer": {"customer_id": "cus_paid"},
            "status": "succeeded", "created_at": "2026-01-16T10:00:00Z", "total_amount": 100, "currency": "USD",
            "product_cart": [{"product_id": "pdt_presets", "quantity": 1}], "billing": {"country": "US"}}});
    let body = forged.to_string().replace("2026-01-16T10:00:00Z", &jiff::Timestamp::now().to_string());
    let now = jiff::Timestamp::now().as_second();
    let key = Webhook::new(dodo_sandbox::DEFAULT_WEBHOOK_SECRET).unwrap();
    let request = app.post("/webhooks/dodo").header("webhook-id", "msg_forged");
    let request = request.header("webhook-timestamp", now.to_string());
    let request = request.header("webhook-signature", key.sign("msg_forged", now, body.as_bytes()).unwrap());
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);
    let offer = app.offer("pay_forged").await;
    let refused = crate::helpers::problem(app.send_accept("pay_forged", &offer, "click-1").await).await;
    assert_eq!(refused, (404, "unknown_subject".into()));
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_purchases_that_lead_to_one_product_charge_it_once() {
    let app = TestApp::start().await;
    let (first, offer) = app.offered("cus_slow", "pdt_presets").await;
    let (second, same) = app.offered("cus_slow", "pdt_presets").await;
    assert_eq!(offer.product.id, same.product.id);
    let (one, other) =
        tokio::join!(app.send_accept(&first, &offer, "click-1"), app.send_accept(&second, &same, "click-2"));
    let mut statuses = [one.status().as_u16(), other.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(app.charges().await.len(), 1);
}
