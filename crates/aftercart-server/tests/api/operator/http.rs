//! The operator's routes: what is listed, shown, taken and refused.

use super::{CONFLICT, asked, only, payment_like_the_charge};
use crate::helpers::{MERCHANT_KEY, TestApp, problem};
use aftercart_contract::{Offer, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn resolve(app: &TestApp, id: &str, body: Value) -> reqwest::Response {
    let request = app.post(&format!("/api/attempts/{id}/resolve")).bearer_auth(MERCHANT_KEY);
    request.json(&body).send().await.unwrap()
}

async fn refused(app: &TestApp, id: &str, body: Value) -> (u16, String) {
    problem(resolve(app, id, body).await).await
}

/// An attempt of which Dodo shows nothing, old enough that its request is over.
async fn unknown() -> (TestApp, String, String, Offer) {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    app.clock.advance(SignedDuration::from_mins(5));
    let id = only(&app).await;
    (app, id, purchase, offer)
}

fn without_reconciler(config: &mut aftercart_server::Config) {
    config.reconcile_every = std::time::Duration::from_hours(1);
}

#[tokio::test]
async fn attempts_are_listed_newest_first_and_by_state() {
    let app = TestApp::start().await;
    for (customer, key) in [("cus_paid", "click-1"), ("cus_declined", "click-2")] {
        let (purchase, offer) = app.offered(customer, "pdt_presets").await;
        app.accept(&purchase, &offer, key).await;
    }
    let states = |list: &Value| -> Vec<String> {
        let attempts = list["attempts"].as_array().unwrap().iter();
        attempts.map(|attempt| attempt["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&asked(&app, "/api/attempts").await), ["failed", "succeeded"]);
    assert_eq!(states(&asked(&app, "/api/attempts?state=succeeded").await), ["succeeded"]);
    assert_eq!(states(&asked(&app, "/api/attempts?state=sent,unknown,failed").await), ["failed"]);
    assert_eq!(states(&asked(&app, "/api/attempts?limit=1").await), ["failed"]);
    for wrong in ["/api/attempts?state=paid", "/api/attempts?limit=many"] {
        let answer = app.get(wrong).bearer_auth(MERCHANT_KEY).send().await.unwrap();
        assert_eq!(problem(answer).await, (422, "malformed".into()));
    }
}

#[tokio::test]
async fn a_story_has_everything_but_what_could_be_misused() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_declined", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let story = asked(&app, &format!("/api/attempts/{}", only(&app).await)).await;
    let attempt = &story["attempt"];
    assert_eq!(attempt["occasion_id"], purchase.as_str());
    assert_eq!(attempt["amount"], offer.quote.as_ref().unwrap().due_now.get());
    assert_eq!(
        (&attempt["product_id"], &attempt["customer_id"]),
        (&"pdt_course".into(), &"cus_declined".into())
    );
    assert_eq!(attempt["card_last4"].as_str().unwrap().len(), 4);
    assert_eq!(story["checkout"]["state"], "claimed");
    let facts: Vec<String> = story["facts"].as_array().unwrap().iter().map(fact_text).collect();
    assert_eq!(facts[0], "charge sending_started sent");
    // A webhook may come before the answer to the charge: then the answer finds the state moved.
    assert!(facts.iter().any(|fact| fact.starts_with("charge initiated ")), "{facts:?}");
    // Which of the two tells of the failure first is their race; one of them does.
    let told_failed = |fact: &String| !fact.starts_with("charge ") && fact.ends_with(" payment failed");
    assert!(facts.iter().any(told_failed), "{facts:?}");
    let at = |fact: &Value| fact["at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let times: Vec<Timestamp> = story["facts"].as_array().unwrap().iter().map(at).collect();
    assert!(times.is_sorted(), "{times:?}");
    let text = story.to_string();
    for secret in ["@", "pm_", "a1.", "http", "click-1"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

fn fact_text(fact: &Value) -> String {
    ["source", "kind", "state"].map(|field| fact[field].as_str().unwrap()).join(" ")
}

#[tokio::test]
async fn only_the_merchants_key_opens_any_of_it() {
    let app = TestApp::start().await;
    let paths = ["/api/attempts", "/api/attempts/x", "/api/refunds"];
    for path in paths {
        assert_eq!(problem(app.get(path).send().await.unwrap()).await, (401, "merchant_key_wrong".into()));
        let wrong = app.get(path).bearer_auth("another-key-of-16").send().await.unwrap();
        assert_eq!(problem(wrong).await, (401, "merchant_key_wrong".into()));
    }
    let unread = app.post("/api/attempts/x/resolve").json(&json!({"reason": "because", "uncharged": true}));
    assert_eq!(problem(unread.send().await.unwrap()).await, (401, "merchant_key_wrong".into()));
    let unknown = app.get("/api/attempts/x").bearer_auth(MERCHANT_KEY).send().await.unwrap();
    assert_eq!(problem(unknown).await, (404, "unknown_attempt".into()));
    let closed = TestApp::start_with(|config| config.merchant_key = None).await;
    for path in paths {
        assert_eq!(
            problem(closed.get(path).send().await.unwrap()).await,
            (403, "merchant_key_not_set".into())
        );
    }
}

#[tokio::test]
async fn an_attempt_that_dodo_never_shows_is_resolved_as_uncharged_with_the_reason() {
    let (app, id, purchase, offer) = unknown().await;
    let answer = resolve(&app, &id, json!({"reason": "not in the dashboard", "uncharged": true})).await;
    assert_eq!(answer.status(), 200);
    let story: Value = answer.json().await.unwrap();
    assert_eq!(story["attempt"]["failure_code"], "RESOLVED_UNCHARGED");
    let last = story["facts"].as_array().unwrap().last().unwrap();
    assert_eq!(fact_text(last), "operator resolved_uncharged failed");
    assert_eq!(last["reason"], "not in the dashboard");
    let Outcome::Failed(failure) = app.status(&purchase, &offer).await else { panic!("not charged") };
    assert!(failure.checkout_url.is_some());
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn what_dodo_knows_outweighs_the_operator_and_is_taken_in() {
    let app = TestApp::start_with(without_reconciler).await;
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_mins(5));
    let id = only(&app).await;
    app.control("webhooks", json!({"paused": true})).await;
    payment_like_the_charge(&app, CONFLICT, |_| {}).await;
    let body = json!({"reason": "I believe so", "uncharged": true});
    assert_eq!(refused(&app, &id, body.clone()).await, (409, "dodo_knows_payment".into()));
    let story = asked(&app, &format!("/api/attempts/{id}")).await;
    assert_eq!(story["attempt"]["state"], "succeeded");
    assert!(!story.to_string().contains("I believe so"));
    assert_eq!(refused(&app, &id, body).await, (409, "already_settled".into()));
}

#[tokio::test]
async fn a_charge_that_may_be_on_its_way_and_a_dodo_that_is_silent_resolve_nothing() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let id = only(&app).await;
    let body = json!({"reason": "not in the dashboard", "uncharged": true});
    assert_eq!(refused(&app, &id, body.clone()).await, (409, "still_under_way".into()));
    app.clock.advance(SignedDuration::from_mins(5));
    let down = json!({"method": "GET", "path_prefix": "/payments", "times": 1000,
        "fault": {"kind": "status", "status": 503}});
    app.control("faults", down).await;
    assert_eq!(refused(&app, &id, body).await, (503, "dodo_unavailable".into()));
    assert_eq!(asked(&app, "/api/attempts?state=unknown").await["attempts"][0]["id"], id.as_str());
}

#[tokio::test]
async fn a_payment_resolves_only_the_attempt_whose_charge_it_is() {
    let app = TestApp::start_with(without_reconciler).await;
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let id = only(&app).await;
    app.control("webhooks", json!({"paused": true})).await;
    let by = |payment: &str| json!({"reason": "seen in the dashboard", "payment_id": payment});
    let others = [
        payment_like_the_charge(&app, CONFLICT, |metadata| metadata["aftercart_attempt"] = "another".into())
            .await,
        payment_like_the_charge(&app, CONFLICT, |metadata| metadata["aftercart_checkout"] = "c-1".into())
            .await,
        payment_like_the_charge(&app, "cus_paid", |_| {}).await,
        app.buy_with(json!({"customer_id": CONFLICT, "product_id": "pdt_presets",
            "metadata": app.charges().await[0]["metadata"]}))
            .await,
    ];
    for other in &others {
        assert_eq!(refused(&app, &id, by(other)).await, (409, "payment_of_another".into()));
    }
    assert_eq!(refused(&app, &id, by("pay_nowhere")).await, (409, "unknown_payment".into()));
    assert_eq!(asked(&app, &format!("/api/attempts/{id}")).await["attempt"]["state"], "unknown");

    let payment = payment_like_the_charge(&app, CONFLICT, |_| {}).await;
    let story: Value = resolve(&app, &id, by(&payment)).await.json().await.unwrap();
    assert_eq!(
        (&story["attempt"]["state"], &story["attempt"]["payment_id"]),
        (&"succeeded".into(), &payment.as_str().into())
    );
    let last = story["facts"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (fact_text(last).as_str(), &last["reason"]),
        ("operator payment succeeded", &"seen in the dashboard".into())
    );
}

#[tokio::test]
async fn a_reason_and_one_resolution_are_needed() {
    let (app, id, ..) = unknown().await;
    for reason in ["", "  x  ", &"x".repeat(501)] {
        let body = json!({"reason": reason, "uncharged": true});
        assert_eq!(refused(&app, &id, body).await, (422, "reason_needed".into()));
    }
    for body in [
        json!({"uncharged": true}),
        json!({"reason": "because"}),
        json!({"reason": "because", "uncharged": true, "payment_id": "pay_1"}),
    ] {
        assert_eq!(refused(&app, &id, body).await, (422, "malformed".into()));
    }
    let body = json!({"reason": "because", "uncharged": true});
    assert_eq!(refused(&app, "no-such-attempt", body).await, (404, "unknown_attempt".into()));
}
