//! A change for the next billing date: planned, called off, or carried out.

use super::{advance, changed, changes, followed_until, half_way, sent, shop, subscription};
use crate::helpers::problem;
use aftercart_contract::Outcome;
use serde_json::json;

const LATER: &str = "effective_at = \"next_billing_date\"";

#[tokio::test]
async fn a_planned_change_charges_nothing_now_and_can_be_called_off_once() {
    let app = shop("downgrade", "pdt_pro", "pdt_basic", LATER).await;
    let (purchase, offer) = half_way(&app, "cus_kw", "pdt_pro").await;
    let quote = offer.quote.as_ref().unwrap();
    assert_eq!((quote.due_now.get(), quote.renewal.as_ref().unwrap().amount.get()), (0, 3000));
    assert_eq!(quote.proration_billing_mode, None, "no paid time is lost on the billing date");
    let told = app.accept(&purchase, &offer, "click-1").await;
    let (change, receipt) = changed(&told);
    assert_eq!((change.is_scheduled, receipt), (true, None));
    assert_eq!(change.effective_at, quote.effective_at);
    assert!(change.effective_on.is_some(), "the server writes the day, the widget only where it does not");
    assert_eq!(change.effective_on, quote.display.effective_on);
    assert_eq!(
        (quote.display.renewal.as_deref(), &quote.display.renews_on),
        (Some("$30.00"), &change.effective_on)
    );
    assert_eq!(app.no_offer(&purchase).await, ("already_accepted".into(), Some(told)));
    assert_eq!(app.wish(&purchase, &offer, "revoke").await, Outcome::Revoked);
    assert_eq!(app.wish(&purchase, &offer, "revoke").await, Outcome::Revoked);
    assert_eq!(sent(&app, "DELETE", "/change-plan/scheduled").await.len(), 1);
    let after = subscription(&app, "cus_kw").await;
    assert_eq!((&after["product_id"], &after["scheduled_change"]), (&json!("pdt_pro"), &json!(null)));
    assert_eq!(app.status(&purchase, &offer).await, Outcome::Revoked);
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test]
async fn a_planned_change_is_carried_out_at_the_renewal_and_then_stays() {
    let app = shop("downgrade", "pdt_pro", "pdt_basic", LATER).await;
    let (purchase, offer) = half_way(&app, "cus_kw", "pdt_pro").await;
    app.accept(&purchase, &offer, "click-1").await;
    let id = subscription(&app, "cus_kw").await["subscription_id"].as_str().unwrap().to_owned();
    advance(&app, 5).await;
    app.control(&format!("subscriptions/{id}/payments"), json!({ "charge_type": "renewal" })).await;
    let is_over = |told: &Outcome| matches!(told, Outcome::Succeeded { change: Some(change), .. } if !change.is_scheduled);
    let told = followed_until(&app, &purchase, &offer, is_over).await;
    assert_eq!(changed(&told).1.unwrap().amount.get(), 3000);
    let refused = problem(app.send_wish(&purchase, &offer, "revoke").await).await;
    assert_eq!(refused, (409, "already_effective".into()));
    assert!(sent(&app, "DELETE", "/change-plan/scheduled").await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_to_calling_off_is_read_back() {
    let app = shop("downgrade", "pdt_pro", "pdt_basic", LATER).await;
    let (purchase, offer) = half_way(&app, "cus_kw", "pdt_pro").await;
    app.accept(&purchase, &offer, "click-1").await;
    let lost = json!({"kind": "drop", "commit": true});
    app.control(
        "faults",
        json!({"method": "DELETE", "path_prefix": "/subscriptions/", "times": 1, "fault": lost}),
    )
    .await;
    assert_eq!(app.wish(&purchase, &offer, "revoke").await, Outcome::Revoked);
    assert_eq!(sent(&app, "DELETE", "/change-plan/scheduled").await.len(), 1);
}

#[tokio::test]
async fn what_took_effect_at_once_cannot_be_called_off() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = half_way(&app, "cus_kw", "pdt_basic").await;
    assert_eq!(problem(app.send_wish(&purchase, &offer, "revoke").await).await, (404, "not_accepted".into()));
    app.accept(&purchase, &offer, "click-1").await;
    assert_eq!(
        problem(app.send_wish(&purchase, &offer, "revoke").await).await,
        (409, "already_effective".into())
    );
}
