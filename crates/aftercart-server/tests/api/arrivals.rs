//! A page that asks for its offer while a click on it is on its way: loaded again, or mounted anew.

use crate::helpers::TestApp;
use aftercart_contract::{Offer, OfferAnswer, Outcome};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many calls Dodo got.
pub(crate) async fn calls(app: &TestApp) -> usize {
    app.observe("requests").await["items"].as_array().unwrap().len()
}

/// A customer, what they bought, and the offer on it.
async fn offered(app: &TestApp) -> (String, String, Offer) {
    let customer = app.new_customer("paid").await;
    let purchase = app.buy(&customer, "pdt_presets").await;
    let offer = app.offer(&purchase).await;
    (customer, purchase, offer)
}

/// The click is at the server, and no claim is stored: the price is not there yet.
async fn is_being_quoted(app: &TestApp, before: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while calls(app).await == before {
        assert!(Instant::now() < deadline, "the accept never asked Dodo");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn it_is_told_of_the_accept_and_shown_no_offer() {
    let app = TestApp::start().await;
    let (customer, purchase, offer) = offered(&app).await;
    app.control("faults", slow_preview()).await;
    let before = calls(&app).await;
    let asks = async {
        is_being_quoted(&app, before).await;
        tokio::join!(app.answer(&purchase), app.answer_to(&customer))
    };
    let (accepted, (of_purchase, of_customer)) = tokio::join!(app.accept(&purchase, &offer, "a-key"), asks);
    assert!(matches!(accepted, Outcome::Succeeded { .. }), "{accepted:?}");
    for answer in [of_purchase, of_customer] {
        let OfferAnswer::Ineligible(told) = answer else { panic!("the offer once more: {answer:?}") };
        assert_eq!(told.offer_id.as_ref(), Some(&offer.offer_id));
        assert!(
            matches!(told.outcome, Some(Outcome::Succeeded { .. } | Outcome::Processing { .. })),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn it_is_shown_the_offer_where_the_accept_was_not_taken() {
    let app = TestApp::start().await;
    let (_, purchase, offer) = offered(&app).await;
    app.control("products/pdt_course/price", json!({"price": 5900})).await;
    app.control("faults", slow_preview()).await;
    let before = calls(&app).await;
    let asks = async {
        is_being_quoted(&app, before).await;
        app.offer(&purchase).await
    };
    let (told, again) = tokio::join!(app.accept(&purchase, &offer, "a-key"), asks);
    assert!(matches!(told, Outcome::Requote { .. }), "{told:?}");
    assert_eq!(again.offer_id, offer.offer_id);
}

fn slow_preview() -> Value {
    let fault = json!({"kind": "slow", "ms": 1500});
    json!({"method": "POST", "path": "/checkouts/preview", "times": 1, "fault": fault})
}
