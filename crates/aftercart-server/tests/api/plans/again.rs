//! A plan that the customer has at Dodo already is not sold once more: it would be paid twice every month.

use super::subscription;
use crate::helpers::{MERCHANT_KEY, TestApp, problem};
use aftercart_contract::Outcome;
use dodo_sandbox::DEFAULT_API_KEY;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// Sold as a new subscription, not as a change of one.
const PLAN: &str = r#"
[[offer]]
id = "plan"
product = "pdt_pro"
when.purchased = ["pdt_stickers"]
{{words}}
"#;

#[tokio::test]
async fn who_subscribed_before_this_server_was_there_is_not_offered_the_plan() {
    let app = TestApp::start_offering(PLAN).await;
    let purchase = app.buy("cus_pro", "pdt_stickers").await;
    assert_eq!(app.no_offer(&purchase).await.0, "already_owned");
    let told = app.get(&format!("/api/upsell/{purchase}/explain")).bearer_auth(MERCHANT_KEY);
    let told: Value = told.send().await.unwrap().json().await.unwrap();
    assert!(told.to_string().contains("not_subscribed"), "{told}");
    assert_eq!(app.charges().await.len(), 0);
    assert_eq!(app.opened_checkouts().await.len(), 0);
}

#[tokio::test]
async fn who_switched_to_the_plan_elsewhere_after_seeing_it_is_not_charged_for_another() {
    let app = TestApp::start_offering(PLAN).await;
    let (purchase, offer) = app.offered("cus_upgrade", "pdt_stickers").await;
    let id = subscription(&app, "cus_upgrade").await["subscription_id"].as_str().unwrap().to_owned();
    let body = json!({
        "product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "prorated_immediately",
    });
    let switch = app.http.post(format!("{}/subscriptions/{id}/change-plan", app.sandbox.url()));
    let switched = switch.bearer_auth(DEFAULT_API_KEY).json(&body).send().await.unwrap();
    assert!(switched.status().is_success(), "{}", switched.text().await.unwrap());
    assert_eq!(subscription(&app, "cus_upgrade").await["product_id"], "pdt_pro");
    let refused = problem(app.send_accept(&purchase, &offer, "click-1").await).await;
    assert_eq!(refused, (409, "already_owned".into()));
    assert_eq!(app.charges().await.len(), 0);
}

/// Two tabs: the first has looked for an earlier click and not yet for a subscription when the second is charged.
#[tokio::test]
async fn two_clicks_at_once_are_one_subscription_and_both_are_told_so() {
    let app = TestApp::start_offering(PLAN).await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_stickers").await;
    let slow = json!({"path_prefix": "/products", "times": 1, "fault": {"kind": "slow", "ms": 2000}});
    app.control("faults", slow).await;
    let second = async {
        let is_slowed = async { while app.observe("faults").await["items"] != json!([]) {} };
        timeout(Duration::from_secs(15), is_slowed).await.unwrap();
        app.accept(&purchase, &offer, "click-2").await
    };
    let (slowed, charged) = tokio::join!(app.accept(&purchase, &offer, "click-1"), second);
    assert!(matches!(charged, Outcome::Succeeded { .. }), "{charged:?}");
    assert!(matches!(slowed, Outcome::AlreadyAccepted { .. }), "{slowed:?}");
    assert_eq!(slowed.settled(), charged);
    assert_eq!(app.charges().await.len(), 1);
}
