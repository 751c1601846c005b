//! Plan changes: what they cost, how they fail, what is refused, the schedule.

mod addons;
mod billing;
mod failures;
mod refusals;
mod schedule;

use dodo_sandbox::core::Subscription;
use serde_json::{Value, json};

use crate::support::Shop;

/// A subscription of `cus_<scenario>`, bought now.
pub(super) async fn subscribed(shop: &Shop, scenario: &str, plan: &str) -> String {
    let body = json!({ "customer_id": format!("cus_{scenario}"), "product_id": plan });
    let (_, payment) = shop.post("/_sandbox/purchases", body).await;
    payment["subscription_id"].as_str().unwrap().to_owned()
}

/// The catalogue's Basic plan, ten days old.
pub(super) async fn ten_days_old(shop: &Shop) -> String {
    let (_, list) = shop.get("/subscriptions?customer_id=cus_upgrade").await;
    list["items"][0]["subscription_id"].as_str().unwrap().to_owned()
}

pub(super) fn to(plan: &str, mode: &str) -> Value {
    json!({ "product_id": plan, "quantity": 1, "proration_billing_mode": mode })
}

pub(super) fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

pub(super) fn change(id: &str) -> String {
    format!("/subscriptions/{id}/change-plan")
}

pub(super) fn nothing_to_show() -> Value {
    json!({ "payment_id": null, "payment_link": null, "client_secret": null, "expires_on": null })
}

pub(super) fn record(shop: &Shop, id: &str) -> Subscription {
    shop.sandbox.ledger().subscription(id).unwrap().clone()
}

pub(super) async fn renew(shop: &Shop, id: &str) -> Value {
    shop.post(&format!("/_sandbox/subscriptions/{id}/payments"), json!({ "charge_type": "renewal" })).await.1
}

/// The newest payment of a subscription, as its list item.
pub(super) async fn newest(shop: &Shop, id: &str) -> Value {
    shop.get(&format!("/payments?subscription_id={id}")).await.1["items"][0].clone()
}
