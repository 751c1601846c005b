//! A change that is not paid leaves everything as it was, and leads to no checkout.

use super::{changed, changes, followed_until, shop, subscription};
use aftercart_contract::Outcome;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn a_failing_upgrade_leaves_the_old_plan_active_and_offers_no_checkout() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = app.offered("cus_upgrade_fails", "pdt_stickers").await;
    let Outcome::Failed(failure) = app.accept(&purchase, &offer, "click-1").await else { panic!("failed") };
    assert_eq!((failure.code.as_str(), failure.checkout_url), ("insufficient_funds", None));
    assert!(
        failure.message.ends_with("You have not been charged. You keep the plan you have."),
        "{}",
        failure.message
    );
    let after = subscription(&app, "cus_upgrade_fails").await;
    assert_eq!((&after["product_id"], &after["status"]), (&json!("pdt_basic"), &json!("active")));
    assert!(matches!(app.status(&purchase, &offer).await, Outcome::Failed(_)));
    assert!(app.opened_checkouts().await.is_empty());
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_of_dodo_is_a_failure_and_nothing_is_changed() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let purchase = app.buy("cus_upgrade", "pdt_stickers").await;
    let offer = app.offer(&purchase).await;
    let id = subscription(&app, "cus_upgrade").await["subscription_id"].as_str().unwrap().to_owned();
    let refusal =
        json!({"kind": "status", "status": 422, "code": "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"});
    let path = format!("/subscriptions/{id}/change-plan");
    app.control("faults", json!({"method": "POST", "path": path, "times": 1, "fault": refusal})).await;
    let told = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(&told, Outcome::Failed(failure) if failure.checkout_url.is_none()), "{told:?}");
    assert_eq!(subscription(&app, "cus_upgrade").await["product_id"], "pdt_basic");
}

#[tokio::test]
async fn a_payment_that_takes_its_time_is_waited_for_until_the_plan_has_changed() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    app.buy("cus_processing", "pdt_basic").await;
    let (purchase, offer) = app.offered("cus_processing", "pdt_stickers").await;
    let told = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(told, Outcome::Processing { .. }), "{told:?}");
    app.control("clock", json!({ "advance_seconds": 10 })).await;
    let told = app.status_until(&purchase, &offer, |told| matches!(told, Outcome::Succeeded { .. })).await;
    assert_eq!(changed(&told).0.product_name, "Pro plan");
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test]
async fn a_change_that_never_arrived_is_given_up_after_the_window_and_leads_to_no_checkout() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = app.offered("cus_upgrade", "pdt_stickers").await;
    let id = subscription(&app, "cus_upgrade").await["subscription_id"].as_str().unwrap().to_owned();
    let path = format!("/subscriptions/{id}/change-plan");
    let gone = json!({"kind": "drop"});
    app.control("faults", json!({"method": "POST", "path": path, "times": 1, "fault": gone})).await;
    assert!(matches!(app.accept(&purchase, &offer, "click-1").await, Outcome::Unknown { .. }));
    app.clock.advance(SignedDuration::from_mins(55));
    followed_until(&app, &purchase, &offer, |told| matches!(told, Outcome::Unknown { .. })).await;
    app.clock.advance(SignedDuration::from_mins(10));
    let is_failed = |told: &Outcome| matches!(told, Outcome::Failed(_));
    let Outcome::Failed(failure) = followed_until(&app, &purchase, &offer, is_failed).await else {
        panic!("given up")
    };
    assert_eq!(failure.checkout_url, None);
    assert_eq!((changes(&app).await.len(), app.opened_checkouts().await.len()), (1, 0));
}
