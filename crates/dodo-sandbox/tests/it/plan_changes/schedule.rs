//! A change that waits for the next billing date.

use reqwest::Method;
use serde_json::{Value, json};

use super::{change, nothing_to_show, record, renew, subscribed, to, with};
use crate::support::{Shop, read};

#[tokio::test]
async fn a_scheduled_change_waits_for_the_renewal_and_can_be_cancelled() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "kw", "pdt_pro").await;
    let mut endpoint = shop.endpoint().await;
    let later = with(to("pdt_basic", "full_immediately"), "effective_at", json!("next_billing_date"));
    assert_eq!(shop.post(&change(&id), later.clone()).await, (200, nothing_to_show()));
    assert_eq!(endpoint.next().await.kind(), "subscription.updated");
    let (_, now) = shop.get(&format!("/subscriptions/{id}")).await;
    assert_eq!(now["product_id"], "pdt_pro");
    assert_eq!(now["scheduled_change"]["product_id"], "pdt_basic");
    assert_eq!(now["scheduled_change"]["effective_at"], now["next_billing_date"]);
    for path in [change(&id), format!("{}/preview", change(&id))] {
        let (status, refusal) = shop.post(&path, later.clone()).await;
        assert_eq!((status, refusal["code"].as_str()), (409, Some("SCHEDULED_PLAN_CHANGE_EXISTS")), "{path}");
    }
    let replacing =
        with(with(later.clone(), "cancel_scheduled_change_plan", json!(true)), "quantity", json!(2));
    assert_eq!(shop.post(&change(&id), replacing).await.0, 200);
    assert_eq!(record(&shop, &id).scheduled_change.unwrap().quantity, 2);
    assert_eq!(endpoint.next().await.kind(), "subscription.updated");

    let path = format!("{}/scheduled", change(&id));
    let cancelled = read(shop.send(Method::DELETE, &path, None).await.unwrap()).await;
    assert_eq!(cancelled, (204, Value::Null));
    assert_eq!(endpoint.next().await.kind(), "subscription.updated");
    let (status, refusal) = read(shop.send(Method::DELETE, &path, None).await.unwrap()).await;
    assert_eq!((status, refusal["code"].as_str()), (404, Some("SCHEDULED_PLAN_CHANGE_NOT_FOUND")));

    shop.post(&change(&id), later).await;
    assert_eq!(endpoint.next().await.kind(), "subscription.updated");
    let payment = renew(&shop, &id).await;
    assert_eq!((&payment["charge_type"], &payment["total_amount"]), (&json!("plan_change"), &json!(3000)));
    let after = record(&shop, &id);
    assert_eq!((after.product_id.as_str(), after.scheduled_change), ("pdt_basic", None));
    let events = ["payment.succeeded", "subscription.plan_changed", "subscription.renewed"];
    assert_eq!(endpoint.next_kinds(3).await, events);
}
