//! "No, thank you" is heard once and for all.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::{DeclineRequest, DeclineResponse, Offer, OfferAnswer, OfferKind};
use jiff::SignedDuration;
use reqwest::Response;

async fn send_decline(app: &TestApp, subject: &str, offer: &Offer) -> Response {
    let body = DeclineRequest { offer_id: offer.offer_id.clone(), token: offer.token.clone(), reason: None };
    let request = app.post(&format!("/api/upsell/{subject}/decline")).header("origin", SHOP);
    request.json(&body).send().await.unwrap()
}

async fn decline(app: &TestApp, subject: &str, offer: &Offer) -> Option<Offer> {
    let answer = send_decline(app, subject, offer).await;
    let text = answer.text().await.unwrap();
    serde_json::from_str::<DeclineResponse>(&text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .next
        .map(|offer| *offer)
}

#[tokio::test]
async fn a_decline_leads_to_the_smaller_offer_and_then_to_nothing() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let guide = decline(&app, &purchase, &course).await.unwrap();
    assert_eq!((guide.kind, guide.product.id.as_str()), (OfferKind::Downsell, "pdt_guide"));
    assert_eq!(app.offer(&purchase).await.offer_id, guide.offer_id, "a reload shows the smaller one");
    assert_eq!(decline(&app, &purchase, &course).await.unwrap().offer_id, guide.offer_id, "twice is once");
    assert!(decline(&app, &purchase, &guide).await.is_none());
    assert_eq!(app.no_offer(&purchase).await, ("declined".into(), None));
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn the_smaller_offer_can_be_accepted() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let guide = decline(&app, &purchase, &course).await.unwrap();
    app.accept(&purchase, &guide, "click-1").await;
    assert_eq!(app.charges().await[0]["product_cart"][0]["product_id"], "pdt_guide");
    assert_eq!(app.no_offer(&purchase).await.0, "already_accepted");
}

#[tokio::test]
async fn what_was_declined_is_not_offered_after_the_next_purchase() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    decline(&app, &purchase, &course).await;
    let next = app.buy("cus_paid", "pdt_presets").await;
    assert_eq!(app.no_offer(&next).await.0, "declined");
}

#[tokio::test]
async fn what_was_declined_stays_away_on_a_reload_a_new_device_and_after_a_restart() {
    let app = TestApp::start_offering(
        "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]{{words}}",
    )
    .await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    decline(&app, &purchase, &course).await;
    assert_eq!(app.no_offer(&purchase).await, ("declined".into(), None), "a reload");
    // Another device knows nothing but the customer, or another purchase of theirs.
    let other = app.buy("cus_paid", "pdt_presets").await;
    let is_declined = async |app: &TestApp| {
        assert_eq!(app.no_offer(&other).await, ("declined".into(), None));
        let OfferAnswer::Ineligible(nothing) = app.answer_to("cus_paid").await else { panic!("an offer") };
        assert_eq!(nothing.reason.unwrap().code(), "declined");
    };
    is_declined(&app).await;
    let app = app.restarted().await;
    assert_eq!(app.no_offer(&purchase).await, ("declined".into(), None), "a restart");
    is_declined(&app).await;
    assert_eq!(app.offered("cus_de", "pdt_presets").await.1.offer_id, course.offer_id, "others get it");
}

#[tokio::test]
async fn what_was_accepted_is_not_offered_after_the_next_purchase() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    let next = app.buy("cus_paid", "pdt_presets").await;
    assert_eq!(app.no_offer(&next).await.0, "already_owned");
}

#[tokio::test]
async fn declining_needs_no_living_token_but_a_true_one() {
    let app = TestApp::start().await;
    let (purchase, mut course) = app.offered("cus_paid", "pdt_presets").await;
    app.clock.advance(SignedDuration::from_hours(5));
    assert!(decline(&app, &purchase, &course).await.is_none(), "too late for another offer");
    course.token = None;
    let refused = send_decline(&app, &purchase, &course).await;
    assert_eq!(problem(refused).await, (401, "token_missing".into()));
}

#[tokio::test]
async fn an_accepted_offer_cannot_be_declined() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    let refused = send_decline(&app, &purchase, &course).await;
    assert_eq!(problem(refused).await, (409, "already_accepted".into()));
}

#[tokio::test]
async fn a_decline_is_known_on_other_devices_and_after_a_restart() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.decline(&purchase, &course, None).await;
    app.decline(&purchase, &course, Some("too much")).await;
    assert_eq!(app.offer_to("cus_paid").await.product.id.as_str(), "pdt_guide", "another device");
    let app = app.restarted().await;
    let guide = app.offer(&purchase).await;
    assert_eq!(guide.product.id.as_str(), "pdt_guide", "a reload after a restart");
    app.decline(&purchase, &guide, None).await;
    let app = app.restarted().await;
    assert_eq!(app.no_offer(&purchase).await, ("declined".into(), None));
}
