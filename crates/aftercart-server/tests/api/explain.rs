//! "Why was it not shown?": every reason is reached, and explained by the check that failed.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use aftercart_contract::OfferAnswer;
use dodo_sandbox::DEFAULT_API_KEY;
use jiff::SignedDuration;
use serde_json::{Value, json};

const ONE: &str = r#"
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
EXTRA
{{words}}
"#;

async fn start(extra: &str) -> TestApp {
    TestApp::start_offering(&ONE.replace("EXTRA", extra)).await
}

async fn explained(app: &TestApp, subject: &str) -> Value {
    let answer =
        app.get(&format!("/api/upsell/{subject}/explain")).bearer_auth(MERCHANT_KEY).send().await.unwrap();
    let status = answer.status().as_u16();
    let document: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{document}");
    document
}

/// The failed checks of the subject and of the course.
fn failed(document: &Value) -> Vec<(String, String)> {
    let of_offers =
        document["offers"].as_array().unwrap().iter().flat_map(|offer| offer["checks"].as_array().unwrap());
    let checks = document["checks"].as_array().unwrap().iter().chain(of_offers);
    let failed = checks.filter(|check| check["passed"] == false);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    failed.map(|check| (text(&check["check"]), text(&check["reason"]))).collect()
}

/// The page and the explanation give the same reason, and one check failed for it.
async fn check(app: &TestApp, subject: &str, name: &str, reason: &str) {
    assert_eq!(app.no_offer(subject).await.0, reason);
    let document = explained(app, subject).await;
    assert_eq!(document["reason"], reason, "{document}");
    assert!(failed(&document).contains(&(name.to_owned(), reason.to_owned())), "{document:#}");
}

#[tokio::test]
async fn an_offer_that_is_shown_passes_every_check() {
    let app = start("").await;
    let (purchase, _) = app.offered("cus_paid", "pdt_presets").await;
    let document = explained(&app, &purchase).await;
    assert_eq!((&document["offer_id"], &document["reason"]), (&json!("course"), &Value::Null));
    assert_eq!(failed(&document), []);
    let methods = document["offers"][0]["checks"].as_array().unwrap().last().unwrap()["seen"].clone();
    assert_eq!(methods, "Visa 4242 2032-06: can pay; Mastercard 4444 2032-06: can pay");
    assert_eq!(explained(&app, "cus_paid").await["offer_id"], "course");
}

#[tokio::test]
async fn what_is_wrong_with_the_subject_is_explained() {
    let app = start("").await;
    check(&app, "pay_nobody", "known", "unknown_subject").await;
    let session = json!({
        "product_cart": [{"product_id": "pdt_presets", "quantity": 1}], "confirm": true,
        "customer": {"customer_id": "cus_3ds"}, "payment_method_id": "pm_3ds",
    });
    let request = app.http.post(format!("{}/checkouts", app.sandbox.url())).bearer_auth(DEFAULT_API_KEY);
    let session: Value = request.json(&session).send().await.unwrap().json().await.unwrap();
    check(&app, session["payment_id"].as_str().unwrap(), "paid", "not_paid").await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    let own = app.payments("cus_paid").await[0]["payment_id"].as_str().unwrap().to_owned();
    check(&app, &own, "a_purchase", "own_payment").await;
    app.clock.advance(SignedDuration::from_hours(24));
    check(&app, &purchase, "fresh", "too_late").await;
}

#[tokio::test]
async fn no_rule_and_not_new_are_explained() {
    let app = start("").await;
    let other = app.buy("cus_paid", "pdt_guide").await;
    check(&app, &other, "opened", "no_rule").await;
    let renewal = json!({"customer_id": "cus_upgrade", "product_id": "pdt_basic", "charge_type": "renewal"});
    let renewal = app.buy_with(renewal).await;
    check(&app, &renewal, "a_new_purchase", "not_a_new_purchase").await;
}

#[tokio::test]
async fn declined_and_accepted_are_explained_and_a_decline_is_forgotten_in_time() {
    let app = start("again_after_days = 30").await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.decline(&purchase, &course, None).await;
    check(&app, &purchase, "not_declined", "declined").await;
    app.clock.advance(SignedDuration::from_hours(30 * 24));
    let again = app.offer_to("cus_paid").await;
    assert_eq!(again.offer_id.as_str(), "course");
    app.accept("cus_paid", &again, "click-1").await;
    let document = explained(&app, "cus_paid").await;
    assert_eq!(document["reason"], "already_accepted");
    assert!(failed(&document).contains(&("not_accepted".into(), "already_accepted".into())), "{document}");
}

#[tokio::test]
async fn owned_is_explained() {
    let app = start("").await;
    let owned = app.buy("cus_paid", "pdt_course").await;
    app.no_offer(&owned).await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    check(&app, &purchase, "not_owned", "already_owned").await;
}

#[tokio::test]
async fn an_end_is_an_end_for_showing_and_accepting() {
    let end = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + 600).unwrap();
    let app = start(&format!("ends_at = {end}")).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(course.ends_at.as_ref().unwrap().as_str(), end.to_string());
    assert!(course.quote.as_ref().unwrap().expires_at <= *course.ends_at.as_ref().unwrap());
    app.clock.advance(SignedDuration::from_secs(601));
    let refused = app.send_accept(&purchase, &course, "click-1").await;
    assert_eq!(problem(refused).await, (409, "ended".into()));
    check(&app, &purchase, "not_ended", "ended").await;
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn what_was_shown_often_is_shown_no_more() {
    let app = start("show_at_most = 2").await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    for _ in 0..2 {
        assert_eq!(app.offer(&purchase).await.offer_id, course.offer_id);
        let shown =
            json!({"offer_id": "course", "events": [{"name": "shown", "at": "2026-01-16T10:00:00Z"}]});
        let request = app.post(&format!("/api/upsell/{purchase}/events")).header("origin", SHOP);
        assert_eq!(request.json(&shown).send().await.unwrap().status().as_u16(), 204);
    }
    check(&app, &purchase, "not_shown_often", "shown_often").await;
    let OfferAnswer::Ineligible(nothing) = app.answer_to("cus_paid").await else { panic!("on no device") };
    assert_eq!(nothing.reason.unwrap().code(), "shown_often");
}

#[tokio::test]
async fn no_price_and_no_way_to_pay_are_explained() {
    let app = TestApp::start_offering(&ONE.replace("EXTRA", "").replace("pdt_course", "pdt_gone")).await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    check(&app, &purchase, "priced", "no_quote").await;
    // No checkout may be shown either: its host is not on the list.
    let app = TestApp::start_with(|config| config.redirect_hosts.clear()).await;
    let purchase = app.buy("cus_expired_card", "pdt_presets").await;
    check(&app, &purchase, "payable", "no_payment_method").await;
    let seen = explained(&app, &purchase).await["offers"][0]["checks"].to_string();
    assert!(seen.contains(": expired"), "{seen}");
}

#[tokio::test]
async fn only_the_merchant_asks() {
    let app = start("").await;
    let refused = app.get("/api/upsell/cus_paid/explain").send().await.unwrap();
    assert_eq!(problem(refused).await, (401, "merchant_key_wrong".into()));
}
