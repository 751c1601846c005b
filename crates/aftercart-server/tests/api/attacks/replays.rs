//! An accept sent again: once charged, never charged again.

use super::open::start;
use crate::helpers::SHOP;
use aftercart_contract::Outcome;
use jiff::SignedDuration;

#[tokio::test]
async fn a_replay_charges_nothing_more() {
    let app = start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(first, Outcome::Succeeded { .. }), "{first:?}");
    for (name, subject, key) in [
        ("the same click", purchase.as_str(), "click-1"),
        ("another key", purchase.as_str(), "click-2"),
        ("another case of the key", purchase.as_str(), "CLICK-1"),
        ("the customer as subject", "cus_paid", "click-1"),
        ("the customer and another key", "cus_paid", "click-3"),
    ] {
        assert_eq!(app.accept(subject, &offer, key).await.settled(), first, "{name}");
    }
    let (double, again) =
        tokio::join!(app.accept(&purchase, &offer, "click-4"), app.accept(&purchase, &offer, "click-4"));
    assert_eq!((double.settled(), again.settled()), (first.clone(), first.clone()), "a double submit");
    let token = offer.token.as_ref().unwrap().reveal();
    for key in ["click-1", "click-5"] {
        let form = [("offer_id", "course"), ("token", token), ("idempotency_key", key)];
        let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP).form(&form);
        assert_eq!(request.send().await.unwrap().status(), 303, "a form with {key}");
    }
    app.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(app.accept(&purchase, &offer, "click-6").await.settled(), first, "long after");
    assert_eq!(app.charges().await.len(), 1);
}
