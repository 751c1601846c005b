//! The amount on the button is the amount that is charged, or nothing is.

use crate::helpers::{TestApp, outcome};
use aftercart_contract::Outcome;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn a_price_that_moved_is_shown_again_and_nothing_is_charged() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.control("products/pdt_course/price", json!({"price": 9900})).await;
    let Outcome::Requote { offer: dearer } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("a requote")
    };
    assert_eq!(dearer.offer_id, offer.offer_id);
    assert_eq!(dearer.quote.as_ref().unwrap().due_now.get(), 10_890);
    assert_eq!(app.charges().await.len(), 0);
    let Outcome::Succeeded { receipt, .. } = app.accept(&purchase, &dearer, "click-2").await else {
        panic!("paid")
    };
    assert_eq!(receipt.unwrap().amount.get(), 10_890);
}

#[tokio::test]
async fn a_price_that_is_too_old_is_quoted_anew() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.clock.advance(SignedDuration::from_secs(601));
    let Outcome::Requote { offer } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("a requote")
    };
    assert_eq!(app.charges().await.len(), 0);
    assert!(matches!(app.accept(&purchase, &offer, "click-2").await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn what_was_really_charged_is_what_the_receipt_says() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    // The price moves after our last look and before the charge: nobody can prevent that, only tell.
    // The look at the saved methods is held up until then.
    let slow = json!({"kind": "slow", "ms": 1500});
    app.control("faults", json!({"path_prefix": "/customers/", "fault": slow})).await;
    let looks = app.previews().await;
    let click = app.send_accept(&purchase, &offer, "click-1");
    let (answer, ()) = tokio::join!(click, async {
        while app.previews().await == looks {
            tokio::task::yield_now().await;
        }
        app.control("products/pdt_course/price", json!({"price": 5000})).await;
    });
    let Outcome::Succeeded { receipt, .. } = outcome(answer).await else { panic!("paid") };
    assert_eq!(receipt.unwrap().amount.get(), 5500);
    assert_eq!(app.payments("cus_paid").await[0]["total_amount"], 5500);
}

#[tokio::test]
async fn without_a_price_nothing_is_offered() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    app.offer(&purchase).await;
    let refusal = json!({"kind": "status", "status": 422, "code": "PRODUCT_IS_DELETED"});
    app.control("faults", json!({"path_prefix": "/checkouts/preview", "times": 1, "fault": refusal})).await;
    assert_eq!(app.no_offer(&purchase).await.0, "no_quote");
    for fault in
        [json!({"kind": "malformed"}), json!({"kind": "drop"}), json!({"kind": "status", "status": 500})]
    {
        app.control("faults", json!({"path_prefix": "/checkouts/preview", "times": 2, "fault": fault})).await;
        let answer = app.get(&format!("/api/upsell/{purchase}")).send().await.unwrap();
        assert_eq!(crate::helpers::problem(answer).await, (503, "dodo_unavailable".into()), "{fault}");
        let clear = format!("{}/_sandbox/faults", app.sandbox.url());
        app.http.delete(clear).send().await.unwrap();
    }
}
