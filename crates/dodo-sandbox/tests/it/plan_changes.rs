//! Plan changes: the preview, the charge, the credit, the failures, the schedule.

use dodo_sandbox::core::Subscription;
use dodo_sandbox::{Proration, SandboxConfig};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, read};

/// A subscription of `cus_<scenario>`, bought now.
async fn subscribed(shop: &Shop, scenario: &str, plan: &str) -> String {
    let body = json!({ "customer_id": format!("cus_{scenario}"), "product_id": plan });
    let (_, payment) = shop.post("/_sandbox/purchases", body).await;
    payment["subscription_id"].as_str().unwrap().to_owned()
}

/// The catalogue's Basic plan, ten days old.
async fn ten_days_old(shop: &Shop) -> String {
    let (_, list) = shop.get("/subscriptions?customer_id=cus_upgrade").await;
    list["items"][0]["subscription_id"].as_str().unwrap().to_owned()
}

fn to(plan: &str, mode: &str) -> Value {
    json!({ "product_id": plan, "quantity": 1, "proration_billing_mode": mode })
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn change(id: &str) -> String {
    format!("/subscriptions/{id}/change-plan")
}

fn nothing_to_show() -> Value {
    json!({ "payment_id": null, "payment_link": null, "client_secret": null, "expires_on": null })
}

fn record(shop: &Shop, id: &str) -> Subscription {
    shop.sandbox.ledger().subscription(id).unwrap().clone()
}

async fn renew(shop: &Shop, id: &str) -> Value {
    shop.post(&format!("/_sandbox/subscriptions/{id}/payments"), json!({ "charge_type": "renewal" })).await.1
}

/// The newest payment of a subscription, as its list item.
async fn newest(shop: &Shop, id: &str) -> Value {
    shop.get(&format!("/payments?subscription_id={id}")).await.1["items"][0].clone()
}

#[tokio::test]
async fn an_upgrade_charges_what_its_preview_said() {
    for (proration, mode, total, restarts) in [
        (Proration::Current, "difference_immediately", 5500, true),
        (Proration::Current, "prorated_immediately", 6600, true),
        (Proration::Current, "prorated_immediately_keep_cycle", 3666, false),
        (Proration::Current, "full_immediately", 8800, true),
        (Proration::Legacy, "difference_immediately", 5500, false),
        (Proration::Legacy, "prorated_immediately", 3666, false),
        (Proration::Legacy, "full_immediately", 8800, true),
    ] {
        let name = format!("{proration:?} {mode}");
        let shop = Shop::open_with(SandboxConfig { proration, ..SandboxConfig::default() }).await;
        let id = ten_days_old(&shop).await;
        let before = record(&shop, &id);
        let body = with(to("pdt_pro", mode), "metadata", json!({ "attempt": "att_up" }));
        let (status, preview) = shop.post(&format!("{}/preview", change(&id)), body.clone()).await;
        assert_eq!(status, 200, "{name}: {preview}");
        let summary = &preview["immediate_charge"]["summary"];
        assert_eq!(summary["total_amount"], total, "{name}");
        assert_eq!(summary["customer_credits"], 0, "{name}");
        assert_eq!(preview["new_plan"]["product_id"], "pdt_pro", "{name}");
        assert_eq!(record(&shop, &id).product_id, "pdt_basic", "{name}: a preview changes nothing");

        let mut endpoint = shop.endpoint().await;
        assert_eq!(shop.post(&change(&id), body).await, (200, nothing_to_show()), "{name}");
        let payment = newest(&shop, &id).await;
        assert_eq!(
            (&payment["charge_type"], &payment["status"]),
            (&json!("plan_change"), &json!("succeeded"))
        );
        assert_eq!((&payment["total_amount"], &payment["tax"]), (&json!(total), &Value::Null), "{name}");
        assert_eq!(payment["metadata"], json!({ "attempt": "att_up" }));
        let full = shop.payment(&payment["payment_id"]).await;
        assert_eq!(full["tax"], summary["tax"], "{name}");
        let events = ["payment.succeeded", "subscription.plan_changed", "subscription.updated"];
        assert_eq!(endpoint.next_kinds(3).await, events, "{name}");
        let after = record(&shop, &id);
        assert_eq!((after.product_id.as_str(), after.recurring_pre_tax_amount), ("pdt_pro", 8000));
        assert_eq!(after.next_billing_date != before.next_billing_date, restarts, "{name}");
    }
}

#[tokio::test]
async fn a_downgrade_leaves_credit_that_renewals_spend() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "kw", "pdt_pro").await;
    let mut endpoint = shop.endpoint().await;
    let body = to("pdt_basic", "difference_immediately");
    let (_, preview) = shop.post(&format!("{}/preview", change(&id)), body.clone()).await;
    let summary = &preview["immediate_charge"]["summary"];
    assert_eq!((&summary["total_amount"], &summary["customer_credits"]), (&json!(0), &json!(5000)));
    assert_eq!(shop.post(&change(&id), body).await, (200, nothing_to_show()));
    assert_eq!(newest(&shop, &id).await["charge_type"], "new", "nothing was charged");
    assert_eq!(endpoint.next_kinds(2).await, ["subscription.plan_changed", "subscription.updated"]);
    for (total, left) in [(0, 2000), (1000, 0), (3000, 0)] {
        assert_eq!(renew(&shop, &id).await["total_amount"], total);
        assert_eq!(record(&shop, &id).credit_balance, left);
    }
}

#[tokio::test]
async fn credit_pays_for_the_next_upgrade_first() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "kw", "pdt_pro").await;
    shop.post(&change(&id), to("pdt_starter", "difference_immediately")).await;
    let body = to("pdt_pro", "full_immediately");
    let (_, preview) = shop.post(&format!("{}/preview", change(&id)), body.clone()).await;
    let summary = &preview["immediate_charge"]["summary"];
    assert_eq!((&summary["total_amount"], &summary["customer_credits"]), (&json!(2000), &json!(-6000)));
    shop.post(&change(&id), body).await;
    assert_eq!(newest(&shop, &id).await["total_amount"], 2000);
    assert_eq!(record(&shop, &id).credit_balance, 0);
}

#[tokio::test]
async fn a_change_that_does_not_bill_costs_the_new_price_at_the_renewal() {
    let shop = Shop::open().await;
    let id = subscribed(&shop, "kw", "pdt_basic").await;
    let before = record(&shop, &id);
    let (_, answer) = shop.post(&change(&id), to("pdt_pro", "do_not_bill")).await;
    assert_eq!(answer, nothing_to_show());
    let after = record(&shop, &id);
    assert_eq!((after.product_id.as_str(), after.credit_balance), ("pdt_pro", 0));
    assert_eq!(after.next_billing_date, before.next_billing_date);
    assert_eq!(renew(&shop, &id).await["total_amount"], 8000);
}

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

#[tokio::test]
async fn more_seats_of_the_same_plan_cost_their_difference() {
    let shop = Shop::open().await;
    let id = ten_days_old(&shop).await;
    let seats = with(to("pdt_basic", "difference_immediately"), "quantity", json!(3));
    let (_, preview) = shop.post(&format!("{}/preview", change(&id)), seats.clone()).await;
    assert_eq!(preview["immediate_charge"]["summary"]["total_amount"], 6600);
    assert_eq!(preview["new_plan"]["recurring_pre_tax_amount"], 9000);
    shop.post(&change(&id), seats).await;
    let fewer = to("pdt_basic", "difference_immediately");
    let (_, preview) = shop.post(&format!("{}/preview", change(&id)), fewer).await;
    let charge = &preview["immediate_charge"];
    assert_eq!(charge["summary"]["customer_credits"], 6000);
    assert_eq!(
        (&charge["line_items"][1]["quantity"], &charge["line_items"][1]["unit_price"]),
        (&json!(3), &json!(-3000))
    );
}

#[tokio::test]
async fn a_change_without_metadata_carries_the_subscriptions() {
    let shop = Shop::open().await;
    let body = json!({ "customer_id": "cus_paid", "product_id": "pdt_basic", "metadata": { "order": "7" } });
    let (_, payment) = shop.post("/_sandbox/purchases", body).await;
    let id = payment["subscription_id"].as_str().unwrap();
    shop.post(&change(id), with(to("pdt_pro", "full_immediately"), "metadata", Value::Null)).await;
    let payment = newest(&shop, id).await;
    assert_eq!(
        (&payment["charge_type"], &payment["metadata"]["order"]),
        (&json!("plan_change"), &json!("7"))
    );
}
