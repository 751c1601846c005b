//! Payments of a change that fail, wait or get lost.

use dodo_sandbox::SandboxConfig;
use reqwest::Method;
use serde_json::{Value, json};

use super::{change, newest, nothing_to_show, record, renew, subscribed, ten_days_old, to, with};
use crate::support::Shop;

#[tokio::test]
async fn a_failed_payment_prevents_the_change_or_puts_it_on_hold() {
    for (choice, plan, status, events) in [
        (json!("prevent_change"), "pdt_basic", "active", vec!["payment.failed"]),
        (
            json!("apply_change"),
            "pdt_pro",
            "on_hold",
            vec!["payment.failed", "subscription.on_hold", "subscription.plan_changed"],
        ),
        (
            Value::Null,
            "pdt_pro",
            "on_hold",
            vec!["payment.failed", "subscription.on_hold", "subscription.plan_changed"],
        ),
    ] {
        let shop = Shop::open().await;
        let id = subscribed(&shop, "declined", "pdt_basic").await;
        let mut endpoint = shop.endpoint().await;
        let body = with(to("pdt_pro", "difference_immediately"), "on_payment_failure", choice.clone());
        assert_eq!(shop.post(&change(&id), body.clone()).await, (200, nothing_to_show()), "{choice}");
        assert_eq!(endpoint.next_kinds(events.len()).await, events, "{choice}");
        let payment = shop.payment(&newest(&shop, &id).await["payment_id"]).await;
        assert_eq!(payment["error_code"], "INSUFFICIENT_FUNDS");
        let (_, now) = shop.get(&format!("/subscriptions/{id}")).await;
        assert_eq!((&now["product_id"], &now["status"]), (&json!(plan), &json!(status)), "{choice}");
        let (_, listed) = shop.get(&format!("/subscriptions?customer_id=cus_declined&status={status}")).await;
        assert_eq!(listed["items"][0]["subscription_id"], id.as_str());
        if status == "on_hold" {
            let (code, refusal) = shop.post(&change(&id), body).await;
            let expected = Some("INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED");
            assert_eq!((code, refusal["code"].as_str()), (422, expected));
            renew(&shop, &id).await;
            assert!(record(&shop, &id).status.is_active(), "a paid renewal ends the hold");
            assert_eq!(
                endpoint.next_kinds(3).await,
                ["payment.succeeded", "subscription.active", "subscription.renewed"]
            );
        }
    }
}

#[tokio::test]
async fn a_change_that_waits_for_the_bank_is_pending_until_then() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "3ds", "pdt_basic").await;
    let body = with(to("pdt_pro", "difference_immediately"), "on_payment_failure", json!("prevent_change"));
    let (_, answer) = shop.post(&change(&id), body.clone()).await;
    let link = answer["payment_link"].as_str().unwrap().to_owned();
    assert_eq!(shop.payment(&answer["payment_id"]).await["status"], "requires_customer_action");
    assert_eq!(record(&shop, &id).product_id, "pdt_basic");
    for path in [change(&id), format!("{}/preview", change(&id))] {
        let (status, refusal) = shop.post(&path, body.clone()).await;
        assert_eq!((status, refusal["code"].as_str()), (409, Some("PENDING_PLAN_CHANGE_EXISTS")), "{path}");
    }
    let path = link.strip_prefix(&shop.sandbox.url()).unwrap();
    shop.submit(path, &[("decision", "approve")]).await;
    assert_eq!(record(&shop, &id).product_id, "pdt_pro");
}

#[tokio::test]
async fn an_applied_change_whose_payment_fails_later_goes_on_hold_then() {
    let shop = Shop::open_with(SandboxConfig { time_scale: 600.0, ..SandboxConfig::default() }).await;
    let id = subscribed(&shop, "processing_fails", "pdt_basic").await;
    let mut endpoint = shop.endpoint().await;
    shop.post(&change(&id), to("pdt_pro", "full_immediately")).await;
    assert_eq!(record(&shop, &id).product_id, "pdt_pro");
    let events = [
        "payment.failed",
        "payment.processing",
        "subscription.on_hold",
        "subscription.plan_changed",
        "subscription.updated",
    ];
    assert_eq!(endpoint.next_kinds(5).await, events);
}

#[tokio::test]
async fn a_fault_decides_how_the_charge_of_a_change_ends() {
    let shop = Shop::open().await;
    let id = ten_days_old(&shop).await;
    let behaviour = json!({ "kind": "fail", "error_code": "STOLEN_CARD" });
    let fault =
        json!({ "customer_id": "cus_upgrade", "fault": { "kind": "outcome", "behaviour": behaviour } });
    shop.post("/_sandbox/faults", fault).await;
    let body = to("pdt_pro", "full_immediately");
    shop.post(&format!("{}/preview", change(&id)), body.clone()).await;
    shop.post(&change(&id), body).await;
    assert_eq!(newest(&shop, &id).await["status"], "failed");
}

#[tokio::test]
async fn a_lost_answer_has_changed_the_plan_and_a_repeat_charges_again() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "lost_answer", "pdt_basic").await;
    for payments in [2, 3] {
        let body = to("pdt_pro", "full_immediately").to_string();
        assert!(shop.send(Method::POST, &change(&id), Some(body)).await.is_err());
        assert_eq!(record(&shop, &id).product_id, "pdt_pro");
        let (_, list) = shop.get(&format!("/payments?subscription_id={id}")).await;
        assert_eq!(list["items"].as_array().unwrap().len(), payments);
    }
}
