//! The end of a subscription.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, read};

async fn subscription(shop: &Shop) -> Value {
    let (_, list) = shop.get("/subscriptions?customer_id=cus_upgrade").await;
    list["items"][0]["subscription_id"].clone()
}

async fn patched(shop: &Shop, id: &Value, change: Value) -> (u16, Value) {
    let path = format!("/subscriptions/{}", id.as_str().unwrap());
    read(shop.send(Method::PATCH, &path, Some(change.to_string())).await.unwrap()).await
}

#[tokio::test]
async fn a_subscription_ends_once_and_bills_no_more() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    let id = subscription(&shop).await;
    let why = json!({"status": "cancelled", "cancel_reason": "cancelled_by_merchant",
        "cancellation_comment": "begun twice"});
    let (status, ended) = patched(&shop, &id, why.clone()).await;
    assert_eq!((status, &ended["status"]), (200, &json!("cancelled")), "{ended}");
    assert_eq!(ended["cancellation_comment"], "begun twice");
    assert!(ended["cancelled_at"].is_string());
    assert_eq!(endpoint.next().await.kind(), "subscription.cancelled");
    let (status, refused) = patched(&shop, &id, why).await;
    assert_eq!((status, &refused["code"]), (422, &json!("SUBSCRIPTION_INACTIVE")));
    let change =
        json!({"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "full_immediately"});
    let path = format!("/subscriptions/{}/change-plan", id.as_str().unwrap());
    assert_eq!(shop.post(&path, change).await.0, 422);
    let renew = format!("/_sandbox/subscriptions/{}/payments", id.as_str().unwrap());
    assert_eq!(shop.post(&renew, json!({"charge_type": "renewal"})).await.0, 422);
}

#[tokio::test]
async fn only_the_end_is_imitated_and_anything_else_is_refused() {
    let shop = Shop::open().await;
    let id = subscription(&shop).await;
    for patch in [json!({"status": "paused"}), json!({"next_billing_date": "2027-01-01T00:00:00Z"})] {
        assert_eq!(patched(&shop, &id, patch.clone()).await.0, 422, "{patch}");
    }
    assert_eq!(patched(&shop, &json!("sub_nothing"), json!({"status": "cancelled"})).await.0, 404);
    let (_, later) = patched(&shop, &id, json!({"cancel_at_next_billing_date": true})).await;
    assert_eq!((&later["status"], &later["cancel_at_next_billing_date"]), (&json!("active"), &json!(true)));
}
