//! Who may see and who may accept. What forged tokens meet is in `attacks`.

use crate::helpers::{MERCHANT_KEY, TestApp, problem};
use aftercart_contract::{CustomerId, Offer, Outcome};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn minted(app: &TestApp, customer: &str) -> String {
    let answer = app.post("/api/tokens").bearer_auth(MERCHANT_KEY).json(&json!({"customer_id": customer}));
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_customers_page_sees_accepts_and_follows_with_the_merchants_token() {
    let app = TestApp::start().await;
    app.offered("cus_paid", "pdt_presets").await;
    let token = minted(&app, "cus_paid").await;
    let answer = app.get("/api/upsell/cus_paid").bearer_auth(&token).send().await.unwrap();
    let offer: Offer = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let outcome = app.accept("cus_paid", &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
    let path = format!("/api/upsell/cus_paid/status?offer_id={}", offer.offer_id);
    for bearer in [token.as_str(), offer.token.as_ref().unwrap().reveal()] {
        let told = app.get(&path).bearer_auth(bearer).send().await.unwrap();
        assert_eq!(crate::helpers::outcome(told).await, outcome);
    }
    assert_eq!(problem(app.get(&path).send().await.unwrap()).await, (401, "token_missing".into()));
}

#[tokio::test]
async fn the_library_mints_the_same_tokens() {
    let app = TestApp::start().await;
    app.offered("cus_paid", "pdt_presets").await;
    let (token, _) = app.server.app().mint_subject_token(&CustomerId::new("cus_paid").unwrap());
    let answer = app.get("/api/upsell/cus_paid").bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_customer_id_alone_opens_nothing() {
    let app = TestApp::start().await;
    app.offered("cus_paid", "pdt_presets").await;
    let ask = |token: Option<String>| {
        let request = app.get("/api/upsell/cus_paid");
        token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token)).send()
    };
    assert_eq!(problem(ask(None).await.unwrap()).await, (401, "token_missing".into()));
    let other = minted(&app, "cus_declined").await;
    assert_eq!(problem(ask(Some(other)).await.unwrap()).await, (403, "token_for_another".into()));
    assert_eq!(problem(ask(Some("a1.test.x.y".into())).await.unwrap()).await, (401, "token_invalid".into()));
    let own = minted(&app, "cus_paid").await;
    app.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(problem(ask(Some(own)).await.unwrap()).await, (401, "token_expired".into()));
}

#[tokio::test]
async fn without_a_merchants_key_nobody_mints() {
    let body = json!({"customer_id": "cus_paid"});
    let closed = TestApp::start_with(|config| config.merchant_key = None).await;
    let refused = closed.post("/api/tokens").bearer_auth("").json(&body).send().await.unwrap();
    assert_eq!(problem(refused).await, (403, "merchant_key_not_set".into()));
}

#[tokio::test]
async fn an_offer_token_lives_half_a_minute_longer_for_clocks_that_differ() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.clock.advance(SignedDuration::from_mins(60) + SignedDuration::from_secs(15));
    let late = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(late, Outcome::Requote { .. }), "taken, but its price is old: {late:?}");
    app.clock.advance(SignedDuration::from_secs(16));
    let dead = app.send_accept(&purchase, &offer, "click-1").await;
    assert_eq!(problem(dead).await, (401, "token_expired".into()));
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_token_of_another_servers_keys_is_worth_nothing() {
    let ours = TestApp::start().await;
    let theirs = TestApp::start_with(|config| {
        config.token_keys = aftercart_server::TokenKeys::parse(&format!("test:{}=", "A".repeat(43))).unwrap();
    })
    .await;
    let (purchase, mut offer) = ours.offered("cus_paid", "pdt_presets").await;
    offer.token = theirs.offered("cus_paid", "pdt_presets").await.1.token;
    let refused = ours.send_accept(&purchase, &offer, "click-1").await;
    assert_eq!(problem(refused).await, (401, "token_invalid".into()));
}

#[tokio::test]
async fn a_payment_id_opens_an_offer_for_minutes_only() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(app.no_offer(&purchase).await.0, "too_late");
    let path = format!("/api/upsell/{purchase}/status?offer_id={}", offer.offer_id);
    assert_eq!(problem(app.get(&path).send().await.unwrap()).await, (403, "too_late".into()));
    let token = offer.token.as_ref().unwrap().reveal();
    let with_token = app.get(&path).bearer_auth(token).send().await.unwrap();
    assert_eq!(problem(with_token).await, (404, "not_accepted".into()));
}

#[tokio::test]
async fn the_id_of_an_accepted_offers_payment_tells_its_outcome_for_minutes_only() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let Outcome::Succeeded { payment_id, .. } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("paid")
    };
    app.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(app.no_offer(payment_id.unwrap().as_str()).await, ("too_late".into(), None));
}

#[tokio::test]
async fn an_expired_token_still_reads_its_own_attempt_for_a_week() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    let token = offer.token.as_ref().unwrap().reveal().to_owned();
    let path = format!("/api/upsell/{purchase}/status?offer_id={}", offer.offer_id);
    app.clock.advance(SignedDuration::from_hours(48));
    let told = app.get(&path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(crate::helpers::outcome(told).await, outcome);
    app.clock.advance(SignedDuration::from_hours(24 * 6));
    let told = app.get(&path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(problem(told).await, (401, "token_expired".into()));
}
