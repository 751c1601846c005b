//! Who can have a change, and why not.

use super::{changes, half_way, shop, shop_saying, subscription};
use crate::helpers::{TestApp, problem};
use aftercart_contract::Outcome;
use dodo_sandbox::Proration;
use serde_json::json;

#[tokio::test]
async fn each_reason_is_told() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    for (customer, reason) in [
        ("cus_paid", "no_subscription"),
        ("cus_pro", "already_owned"),
        ("cus_on_demand", "on_demand"),
        ("cus_cancelling", "cancelling"),
        ("cus_upgrade_no_method", "no_payment_method"),
    ] {
        let purchase = app.buy(customer, "pdt_stickers").await;
        assert_eq!(app.no_offer(&purchase).await, (reason.into(), None), "{customer}");
    }
}

#[tokio::test]
async fn a_change_planned_by_somebody_else_stands_in_the_way() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let id = subscription(&app, "cus_upgrade").await["subscription_id"].as_str().unwrap().to_owned();
    let body = json!({ "product_id": "pdt_starter", "quantity": 1, "effective_at": "next_billing_date",
        "proration_billing_mode": "full_immediately", "on_payment_failure": "prevent_change" });
    let url = format!("{}/subscriptions/{id}/change-plan", app.sandbox.url());
    let planned = app.http.post(url).bearer_auth(dodo_sandbox::DEFAULT_API_KEY).json(&body);
    assert_eq!(planned.send().await.unwrap().status(), 200);
    let purchase = app.buy("cus_upgrade", "pdt_stickers").await;
    assert_eq!(app.no_offer(&purchase).await, ("change_pending".into(), None));
}

#[tokio::test]
async fn a_downgrade_that_charges_nothing_needs_no_card() {
    let app = shop("downgrade", "pdt_basic", "pdt_starter", "").await;
    let purchase = app.buy("cus_upgrade_no_method", "pdt_stickers").await;
    let offer = app.offer(&purchase).await;
    assert!(offer.payment_methods.is_empty());
    assert_eq!(offer.quote.unwrap().due_now.get(), 0);
}

#[tokio::test]
async fn the_example_shop_offers_an_upgrade_and_a_downgrade() {
    let app = TestApp::start().await;
    for (customer, bought, offer, plan) in
        [("cus_upgrade", "pdt_course", "pro", "pdt_pro"), ("cus_pro", "pdt_starter", "basic", "pdt_basic")]
    {
        let (purchase, shown) = app.offered(customer, bought).await;
        assert_eq!((shown.offer_id.as_str(), shown.product.id.as_str()), (offer, plan));
        assert!(!shown.current.as_ref().unwrap().features.is_empty(), "{offer} says what the plan now has");
        assert!(
            matches!(app.accept(&purchase, &shown, "click-1").await, Outcome::Succeeded { .. }),
            "{offer}"
        );
    }
}

#[tokio::test]
async fn an_end_is_shown_and_the_price_holds_no_longer() {
    let end =
        jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + 15 * super::DAY + 120).unwrap();
    let offer = format!("kind = \"upgrade\"\nproduct = \"pdt_pro\"\nends_at = {end}");
    let app = shop_saying(Proration::Current, &offer, "from = [\"pdt_basic\"]").await;
    let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    assert_eq!(offer.ends_at.as_ref().unwrap().as_str(), end.to_string());
    assert_eq!(offer.quote.as_ref().unwrap().expires_at.as_str(), end.to_string());
    app.clock.advance(jiff::SignedDuration::from_secs(121));
    let refused = app.send_accept(&purchase, &offer, "click-1").await;
    assert_eq!(problem(refused).await, (409, "ended".into()));
    assert!(changes(&app).await.is_empty());
}
