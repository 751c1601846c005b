//! A failure that the shopper can mend brings the way: Dodo's portal, for those whom the merchant named.

use crate::helpers::{TestApp, outcome};
use aftercart_contract::{Failure, OfferAnswer, Outcome};
use serde_json::json;

async fn customer_failing_with(app: &TestApp, code: &str) -> String {
    let customer = app.new_customer("no_method").await;
    app.control(&format!("customers/{customer}/methods"), json!({"error_code": code})).await;
    customer
}

fn failure(outcome: Outcome) -> Failure {
    match outcome.settled() {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}

#[tokio::test]
async fn an_expired_card_is_updated_in_the_portal_of_the_customer_whom_the_merchant_named() {
    let app = TestApp::start().await;
    let customer = customer_failing_with(&app, "EXPIRED_CARD").await;
    app.offered(&customer, "pdt_presets").await;
    let offer = app.offer_to(&customer).await;
    let portal = format!("{}/portal/{customer}", app.sandbox.url());
    let portal_of = |failure: Failure| failure.update_url.map(|url| url.as_str().to_owned());
    let told = failure(app.accept(&customer, &offer, "click-1").await);
    assert_eq!(portal_of(told), Some(portal.clone()));
    assert_eq!(app.http.get(&portal).send().await.unwrap().status(), 200);
    let path = format!("/api/upsell/{customer}/status?offer_id={}", offer.offer_id);
    for token in [app.subject_token(&customer), offer.token.unwrap().reveal().to_owned()] {
        let told = outcome(app.get(&path).bearer_auth(token).send().await.unwrap()).await;
        assert_eq!(portal_of(failure(told)), Some(portal.clone()));
    }
    let OfferAnswer::Ineligible(told) = app.answer_to(&customer).await else { panic!("accepted") };
    assert_eq!(portal_of(failure(told.outcome.unwrap())), Some(portal));
}

#[tokio::test]
async fn who_knows_only_a_payments_id_is_not_led_into_the_account() {
    let app = TestApp::start().await;
    let customer = customer_failing_with(&app, "EXPIRED_CARD").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    assert!(failure(app.accept(&purchase, &offer, "click-1").await).update_url.is_none());
    assert!(failure(app.status(&purchase, &offer).await).update_url.is_none());
    assert!(failure(app.followed(&purchase, &offer).await).update_url.is_none());
    // Not even with the offer's token at the customer's address.
    assert!(failure(app.followed(&customer, &offer).await).update_url.is_none());
    assert!(failure(app.accept(&customer, &offer, "click-1").await).update_url.is_none());
    let OfferAnswer::Ineligible(told) = app.answer(&purchase).await else { panic!("accepted") };
    assert!(failure(told.outcome.unwrap()).update_url.is_none());
    let asked = app.observe("requests").await.to_string();
    assert!(!asked.contains("customer-portal"), "nobody asked for the portal");
}

#[tokio::test]
async fn a_failure_that_no_update_mends_brings_no_portal() {
    let app = TestApp::start().await;
    let customer = customer_failing_with(&app, "INSUFFICIENT_FUNDS").await;
    app.offered(&customer, "pdt_presets").await;
    let offer = app.offer_to(&customer).await;
    assert!(failure(app.accept(&customer, &offer, "click-1").await).update_url.is_none());
}
