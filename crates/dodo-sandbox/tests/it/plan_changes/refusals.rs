//! Changes that are refused.

use dodo_sandbox::SandboxConfig;
use reqwest::Method;
use serde_json::{Value, json};

use super::{change, newest, record, subscribed, ten_days_old, to, with};
use crate::support::Shop;

#[tokio::test]
async fn bad_plan_changes_are_refused_and_change_nothing() {
    let shop =
        Shop::open_with(SandboxConfig { strict_scheduled_modes: true, ..SandboxConfig::default() }).await;
    let id = ten_days_old(&shop).await;
    let good = to("pdt_pro", "difference_immediately");
    let addon = json!({ "addon_id": "adn_1", "quantity": 1 });
    for (field, value, status, code) in [
        ("product_id", json!("pdt_x"), 404, "NOT_FOUND"),
        ("product_id", json!("pdt_guide"), 422, "INVALID_REQUEST_PARAMETERS"),
        ("product_id", Value::Null, 422, "INVALID_REQUEST_BODY"),
        ("quantity", json!(0), 422, "INVALID_REQUEST_PARAMETERS"),
        ("quantity", json!(i64::MAX), 422, "INVALID_REQUEST_PARAMETERS"),
        ("proration_billing_mode", json!("generously"), 422, "INVALID_REQUEST_BODY"),
        ("effective_at", json!("next_billing_date"), 422, "INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE"),
        ("addons", json!([addon]), 422, "MISSING_ADDON_IDS"),
        ("addons", json!([addon, addon]), 422, "DUPLICATE_ADDON_IDS_IN_REQUEST"),
        ("discount_codes", json!(["TEN"]), 422, "INVALID_REQUEST_PARAMETERS"),
        ("collect_via_payment_link", json!(true), 422, "INVALID_REQUEST_PARAMETERS"),
        ("return_url", json!("https://example.com/"), 422, "INVALID_REQUEST_PARAMETERS"),
        ("metadata", json!({ "a b": "v" }), 422, "INVALID_REQUEST_PARAMETERS"),
    ] {
        for path in [change(&id), format!("{}/preview", change(&id))] {
            let (answered, refusal) = shop.post(&path, with(good.clone(), field, value.clone())).await;
            assert_eq!((answered, refusal["code"].as_str()), (status, Some(code)), "{field} {value}");
        }
    }
    assert_eq!(shop.post(&change("sub_x"), good).await.0, 404);
    let unknown = format!("{}/scheduled", change("sub_x"));
    assert_eq!(shop.send(Method::DELETE, &unknown, None).await.unwrap().status(), 422);
    assert_eq!(record(&shop, &id).product_id, "pdt_basic");
    assert_eq!(shop.get(&format!("/payments?subscription_id={id}")).await.1["items"][1], Value::Null);
}

#[tokio::test]
async fn a_refused_or_missing_method_charges_nothing() {
    let shop = Shop::open().await;
    for (scenario, status, code) in [
        ("conflict", 409, "PREVIOUS_PAYMENT_PENDING"),
        ("unsupported", 422, "NO_ELIGIBLE_PAYMENT_METHODS"),
        ("no_method", 422, "NO_ELIGIBLE_PAYMENT_METHODS"),
    ] {
        let id = subscribed(&shop, scenario, "pdt_basic").await;
        let (answered, refusal) = shop.post(&change(&id), to("pdt_pro", "full_immediately")).await;
        assert_eq!((answered, refusal["code"].as_str()), (status, Some(code)), "{scenario}");
        assert_eq!(newest(&shop, &id).await["charge_type"], "new", "{scenario}");
        assert_eq!(record(&shop, &id).product_id, "pdt_basic");
    }
}

#[tokio::test]
async fn on_demand_and_ending_subscriptions_keep_their_plan() {
    let shop = Shop::open().await;
    for (customer, code) in [
        ("cus_on_demand", "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED"),
        ("cus_cancelling", "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION"),
    ] {
        let (_, list) = shop.get(&format!("/subscriptions?customer_id={customer}")).await;
        let id = list["items"][0]["subscription_id"].as_str().unwrap();
        for path in [change(id), format!("{}/preview", change(id))] {
            let (status, refusal) = shop.post(&path, to("pdt_pro", "difference_immediately")).await;
            assert_eq!((status, refusal["code"].as_str()), (422, Some(code)), "{path}");
        }
    }
}
