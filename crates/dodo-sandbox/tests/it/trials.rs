//! A plan that is free for some days.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::support::{Shop, one_click_body};

fn moment(value: &serde_json::Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn nothing_is_due_now_and_the_first_charge_is_at_the_end() {
    let shop = Shop::open().await;
    let mut body = one_click_body("paid", "pdt_starter");
    body["subscription_data"] = json!({"trial_period_days": 14});
    let (_, preview) = shop.post("/checkouts/preview", body.clone()).await;
    assert_eq!(
        (&preview["total_price"], &preview["current_breakup"]["total_amount"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(preview["recurring_breakup"]["total_amount"], 2200);
    assert_eq!(preview["trial_period_days"], 14);
    let (status, session) = shop.post("/checkouts", body).await;
    assert_eq!(status, 200, "{session}");
    let payment = shop.payment(&session["payment_id"]).await;
    assert_eq!((&payment["status"], &payment["total_amount"]), (&json!("succeeded"), &json!(0)));
    let id = payment["subscription_id"].as_str().unwrap();
    let (_, subscription) = shop.get(&format!("/subscriptions/{id}")).await;
    assert_eq!(subscription["trial_period_days"], 14);
    let trial =
        moment(&subscription["next_billing_date"]).duration_since(moment(&subscription["created_at"]));
    assert_eq!(trial, SignedDuration::from_hours(14 * 24));
}

#[tokio::test]
async fn goods_beside_a_plan_on_trial_are_paid_now() {
    let shop = Shop::open().await;
    let mut body = one_click_body("paid", "pdt_starter");
    body["product_cart"].as_array_mut().unwrap().push(json!({"product_id": "pdt_guide", "quantity": 1}));
    body["subscription_data"] = json!({"trial_period_days": 7});
    let (_, preview) = shop.post("/checkouts/preview", body).await;
    assert_eq!(preview["total_price"], 2090);
}

#[tokio::test]
async fn a_trial_is_at_most_ten_thousand_days_and_changes_no_goods() {
    let shop = Shop::open().await;
    let mut body = one_click_body("paid", "pdt_guide");
    body["subscription_data"] = json!({"trial_period_days": 10_001});
    assert_eq!(shop.post("/checkouts/preview", body.clone()).await.0, 422);
    body["subscription_data"] = json!({"trial_period_days": 30});
    let (_, preview) = shop.post("/checkouts/preview", body).await;
    assert_eq!((&preview["total_price"], &preview["trial_period_days"]), (&json!(2090), &json!(null)));
}
