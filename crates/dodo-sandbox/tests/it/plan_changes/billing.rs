//! What a change costs, and the credit it leaves.

use dodo_sandbox::{Proration, SandboxConfig};
use serde_json::{Value, json};

use super::{change, newest, nothing_to_show, record, renew, subscribed, ten_days_old, to, with};
use crate::support::Shop;

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
