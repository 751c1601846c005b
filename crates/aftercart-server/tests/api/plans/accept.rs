//! However often, however many at once, whatever is lost: one request for one change.

use super::{changed, changes, half_way, shop, subscription};
use crate::helpers::{outcome, problem};
use aftercart_contract::Outcome;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn an_accepted_change_is_told_again_and_not_offered_again() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    let (change, receipt) = changed(&first);
    assert_eq!((change.product_name.as_str(), change.is_scheduled), ("Pro plan", false));
    assert_eq!(receipt.unwrap().amount.get(), 5500);
    assert_eq!(app.accept(&purchase, &offer, "click-1").await, first);
    assert_eq!(app.status(&purchase, &offer).await, first);
    let again = app.accept(&purchase, &offer, "click-2").await;
    assert_eq!(again, Outcome::AlreadyAccepted { outcome: Box::new(first.clone()) });
    assert_eq!(app.no_offer(&purchase).await, ("already_accepted".into(), Some(first)));
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_clicks_at_once_make_one_change() {
    let app = Arc::new(shop("upgrade", "pdt_basic", "pdt_pro", "").await);
    let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    let clicks: Vec<_> = (0..50)
        .map(|number| {
            let (app, purchase, offer) = (app.clone(), purchase.clone(), offer.clone());
            let key = format!("click-{}", number % 7);
            tokio::spawn(async move { outcome(app.send_accept(&purchase, &offer, &key).await).await })
        })
        .collect();
    for click in clicks {
        let told = click.await.unwrap().settled();
        assert!(matches!(told, Outcome::Succeeded { change: Some(_), .. }), "{told:?}");
    }
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test]
async fn a_preview_that_moved_is_shown_again_and_nothing_is_sent() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    app.control("products/pdt_pro/price", json!({ "price": 9000 })).await;
    let Outcome::Requote { offer: dearer } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("a requote")
    };
    assert_eq!(dearer.quote.as_ref().unwrap().due_now.get(), 6600);
    assert!(changes(&app).await.is_empty());
    let (_, receipt) = changed(&app.accept(&purchase, &dearer, "click-2").await);
    assert_eq!(receipt.unwrap().amount.get(), 6600);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_plan_read_back() {
    for fault in
        [json!({"kind": "drop", "commit": true}), json!({"kind": "status", "status": 500, "commit": true})]
    {
        let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
        let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
        let id = subscription(&app, "cus_paid").await["subscription_id"].as_str().unwrap().to_owned();
        // The preview begins with the same path: it is let through before the fault.
        let path = format!("/subscriptions/{id}/change-plan");
        let rule = json!({"method": "POST", "path": path, "times": 1, "fault": fault});
        app.control("faults", rule).await;
        let told = app.accept(&purchase, &offer, "click-1").await;
        let told = match told {
            Outcome::Succeeded { .. } => told,
            _ => app.status_until(&purchase, &offer, |told| matches!(told, Outcome::Succeeded { .. })).await,
        };
        assert_eq!(changed(&told).1.unwrap().amount.get(), 5500, "{fault}");
        assert_eq!(changes(&app).await.len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_change_that_came_from_elsewhere_is_not_made_again() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    app.buy("cus_paid", "pdt_pro").await;
    assert_eq!(
        problem(app.send_accept(&purchase, &offer, "click-1").await).await,
        (409, "already_owned".into())
    );
    assert!(changes(&app).await.is_empty());
}
