//! The end of the window: who sends, when it is too late, and what is looked at before.

use super::{OFFERS, is_paid, shop, waiting};
use crate::helpers::TestApp;
use aftercart_contract::Outcome;
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn an_accept_is_charged_once_after_its_window_and_not_before() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let left = waiting(&app.accept(&purchase, &offer, "click-1").await).unwrap();
    assert!((15_000..=20_000).contains(&left), "{left}");
    app.clock.advance(SignedDuration::from_secs(10));
    let left = waiting(&app.status(&purchase, &offer).await).unwrap();
    assert!((1_000..=10_000).contains(&left), "{left}");
    assert_eq!(app.charges().await.len(), 0);
    app.clock.advance(SignedDuration::from_secs(11));
    let told = app.status_until(&purchase, &offer, is_paid).await;
    let Outcome::Succeeded { receipt: Some(receipt), .. } = told else { panic!("{told:?}") };
    assert_eq!(receipt.amount, offer.quote.unwrap().due_now);
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn the_reconciler_charges_when_no_page_asks_also_after_a_restart() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    let app = app.restarted().await;
    assert_eq!(app.charges().await.len(), 0);
    app.clock.advance(SignedDuration::from_secs(21));
    app.states_until("succeeded").await;
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn what_is_held_for_a_quarter_of_an_hour_is_called_off() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.wish(&purchase, &offer, "hold").await;
    app.clock.advance(SignedDuration::from_mins(14));
    assert_eq!(waiting(&app.followed(&purchase, &offer).await), None);
    app.clock.advance(SignedDuration::from_secs(61));
    app.states_until("revoked").await;
    assert_eq!(app.wish(&purchase, &offer, "resume").await, Outcome::Revoked);
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn while_dodo_cannot_be_asked_it_waits_on_and_a_quarter_of_an_hour_later_it_has_failed() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let down = json!({"path_prefix": "/checkouts/preview", "times": 1000, "fault": {"kind": "status", "status": 503}});
    app.control("faults", down).await;
    app.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(waiting(&app.followed(&purchase, &offer).await), Some(0));
    app.clock.advance(SignedDuration::from_mins(15));
    let Outcome::Failed(failure) = app.followed(&purchase, &offer).await else { panic!("not charged") };
    assert_eq!((failure.code.as_str(), app.charges().await.len()), ("not_sent", 0));
}

#[tokio::test]
async fn a_price_that_moved_within_the_window_is_not_charged() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.control("products/pdt_course/price", json!({"price": 9900})).await;
    app.clock.advance(SignedDuration::from_secs(21));
    let failed = |told: &Outcome| matches!(told, Outcome::Failed(failure) if failure.code == "price_moved");
    app.status_until(&purchase, &offer, failed).await;
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn what_was_bought_in_the_shop_within_the_window_is_not_charged_again() {
    let app = shop().await;
    let customer = app.new_customer("paid").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    let elsewhere = app.buy(&customer, "pdt_course").await;
    app.no_offer(&elsewhere).await;
    app.clock.advance(SignedDuration::from_secs(21));
    let told = app.status_until(&purchase, &offer, |told| matches!(told, Outcome::Failed(_))).await;
    let Outcome::Failed(failure) = told else { panic!("not charged") };
    assert_eq!((failure.code.as_str(), failure.checkout_url, failure.retry), ("not_sent", None, None));
    assert_eq!((app.charges().await.len(), app.opened_checkouts().await.len()), (0, 0));
}

#[tokio::test]
async fn a_later_bill_that_moved_within_the_window_is_not_agreed_to() {
    let trial = "[[offer]]\nid = \"plan\"\nproduct = \"pdt_starter\"\nundo_seconds = 20\ntrial_days = 14\n\
        when.purchased = [\"pdt_presets\"]{{words}}";
    let app = TestApp::start_offering(trial).await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(offer.quote.as_ref().unwrap().due_now.get(), 0, "the first bill stays what it is");
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    app.control("products/pdt_starter/price", json!({"price": 9900})).await;
    app.clock.advance(SignedDuration::from_secs(21));
    let failed = |told: &Outcome| matches!(told, Outcome::Failed(failure) if failure.code == "price_moved");
    app.status_until(&purchase, &offer, failed).await;
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_method_that_was_removed_within_the_window_is_not_charged_and_no_other_in_its_place() {
    let app = shop().await;
    let customer = app.new_customer("paid").await;
    let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let methods = format!("{}/customers/{customer}/payment-methods", app.sandbox.url());
    let dodo = |request: reqwest::RequestBuilder| request.bearer_auth(dodo_sandbox::DEFAULT_API_KEY).send();
    let list: serde_json::Value = dodo(app.http.get(&methods)).await.unwrap().json().await.unwrap();
    let method = list["items"][0]["payment_method_id"].as_str().unwrap();
    dodo(app.http.delete(format!("{methods}/{method}"))).await.unwrap();
    app.control(&format!("customers/{customer}/methods"), json!({})).await;
    app.clock.advance(SignedDuration::from_secs(21));
    app.status_until(&purchase, &offer, |told| matches!(told, Outcome::Failed(_))).await;
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_lost_answer_after_the_window_is_searched_for_and_not_sent_again() {
    let app = TestApp::start_offering_with(OFFERS, |config| config.unseen = Duration::from_secs(15)).await;
    let (purchase, offer) = app.offered("cus_lost_answer", "pdt_presets").await;
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    app.clock.advance(SignedDuration::from_secs(21));
    app.status_until(&purchase, &offer, is_paid).await;
    assert_eq!(app.charges().await.len(), 1);
}
