//! One offer leads to the next, and some stand side by side.

use crate::helpers::{TestApp, outcome, problem};
use aftercart_contract::{Offer, OfferAnswer, Outcome};
use serde_json::json;

/// The course leads to stickers when accepted and to the guide when declined; the guide to stickers as well.
const SHOP_WITH_EDGES: &str = r#"
max_steps = 4
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
on_accept = "stickers"
on_decline = "guide"
{{words}}
[[offer]]
id = "stickers"
product = "pdt_stickers"
on_accept = "plan"
{{words}}
[[offer]]
id = "plan"
product = "pdt_starter"
{{words}}
[[offer]]
id = "guide"
product = "pdt_guide"
on_decline = "stickers"
{{words}}
"#;

/// Guide and stickers stand beside the course; what follows a declined card is the plan.
const CARD: &str = r#"
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
on_decline = "plan"
beside = ["guide", "stickers"]
{{words}}
[[offer]]
id = "guide"
product = "pdt_guide"
on_accept = "plan"
{{words}}
[[offer]]
id = "stickers"
product = "pdt_stickers"
{{words}}
[[offer]]
id = "plan"
product = "pdt_starter"
{{words}}
"#;

fn is_paid(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Succeeded { .. })
}

fn ids(offer: &Offer) -> Vec<&str> {
    std::iter::once(offer).chain(&offer.beside).map(|offer| offer.offer_id.as_str()).collect()
}

#[tokio::test]
async fn an_accepted_step_leads_to_the_next_with_its_outcome() {
    let app = TestApp::start_offering(SHOP_WITH_EDGES).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    assert!(course.after.is_none());
    assert!(is_paid(&app.accept(&purchase, &course, "click-1").await));
    let stickers = app.offer(&purchase).await;
    assert_eq!(stickers.offer_id.as_str(), "stickers");
    let Some(Outcome::Succeeded { receipt: Some(receipt), .. }) = stickers.after.as_deref() else {
        panic!("{:?}", stickers.after)
    };
    assert_eq!(receipt.amount.get(), 5390);
    assert!(is_paid(&app.accept(&purchase, &stickers, "click-2").await));
    let plan = app.offer(&purchase).await;
    assert_eq!(plan.offer_id.as_str(), "plan");
    assert!(is_paid(&app.accept(&purchase, &plan, "click-3").await));
    let (reason, told) = app.no_offer(&purchase).await;
    assert_eq!(reason, "already_accepted");
    assert!(is_paid(&told.unwrap()));
    let steps: Vec<_> =
        app.charges().await.iter().map(|charge| charge["metadata"]["aftercart_step"].clone()).collect();
    assert_eq!(steps, [json!("0"), json!("1"), json!("2")]);
}

#[tokio::test]
async fn a_repeated_click_on_an_earlier_step_charges_nothing_more() {
    let app = TestApp::start_offering(SHOP_WITH_EDGES).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    app.offer(&purchase).await;
    assert!(is_paid(&app.accept(&purchase, &course, "click-1").await));
    let again = app.accept(&purchase, &course, "click-2").await;
    assert!(matches!(again, Outcome::AlreadyAccepted { .. }), "{again:?}");
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_failed_step_ends_the_chain_and_its_token_follows_it() {
    let app = TestApp::start_offering(SHOP_WITH_EDGES).await;
    let (purchase, course) = app.offered("cus_declined", "pdt_presets").await;
    assert!(matches!(app.accept(&purchase, &course, "click-1").await, Outcome::Failed(_)));
    let OfferAnswer::Ineligible(told) = app.answer(&purchase).await else { panic!("nothing to offer") };
    assert!(matches!(told.outcome, Some(Outcome::Failed(_))), "{told:?}");
    let path = format!("/api/upsell/{purchase}/status?offer_id=course");
    let token = told.token.unwrap();
    let asked = app.get(&path).bearer_auth(token.reveal()).send().await.unwrap();
    assert!(matches!(outcome(asked).await, Outcome::Failed(_)));
    let mut with_it = course.clone();
    with_it.token = Some(token);
    let repeated = app.accept(&purchase, &with_it, "click-2").await;
    assert!(matches!(repeated, Outcome::AlreadyAccepted { .. }), "{repeated:?}");
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn what_is_owned_is_passed_by_the_edge_that_led_to_it() {
    let app = TestApp::start_offering(SHOP_WITH_EDGES).await;
    // Asking makes sure that the purchase is known.
    let stickers = app.buy("cus_paid", "pdt_stickers").await;
    app.no_offer(&stickers).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    assert_eq!(app.offer(&purchase).await.offer_id.as_str(), "plan", "stickers are owned");
    let guide = app.buy("cus_many_cards", "pdt_guide").await;
    app.no_offer(&guide).await;
    let (purchase, course) = app.offered("cus_many_cards", "pdt_presets").await;
    let next = app.decline(&purchase, &course, None).await.unwrap();
    assert_eq!(next.offer_id.as_str(), "stickers", "the guide is owned");
}

#[tokio::test]
async fn an_owned_first_offer_gives_way_to_the_next_that_the_purchase_opens() {
    let offers = r#"
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
{{words}}
[[offer]]
id = "guide"
product = "pdt_guide"
when.purchased = ["pdt_presets"]
{{words}}
"#;
    let app = TestApp::start_offering(offers).await;
    let owned = app.buy("cus_paid", "pdt_course").await;
    app.no_offer(&owned).await;
    let (_, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(offer.offer_id.as_str(), "guide");
}

#[tokio::test]
async fn trouble_with_the_next_offer_does_not_hide_a_receipt() {
    let app = TestApp::start_offering(SHOP_WITH_EDGES).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &course, "click-1").await;
    let broken = json!({"kind": "status", "status": 500});
    app.control("faults", json!({"path_prefix": "/checkouts/preview", "times": 4, "fault": broken})).await;
    let (reason, told) = app.no_offer(&purchase).await;
    assert_eq!(reason, "already_accepted");
    assert!(is_paid(&told.unwrap()));
}

#[tokio::test]
async fn offers_stand_side_by_side_each_with_its_own_price_and_token() {
    let app = TestApp::start_offering(CARD).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(ids(&course), ["course", "guide", "stickers"]);
    let due: Vec<_> = course.beside.iter().map(|offer| offer.quote.as_ref().unwrap().due_now.get()).collect();
    assert_eq!(due, [2090, 990]);
    let stickers = course.beside[1].clone();
    assert!(is_paid(&app.accept(&purchase, &stickers, "click-1").await));
    let rest = app.offer(&purchase).await;
    assert_eq!(ids(&rest), ["course", "guide"], "what was accepted is left out");
    assert!(is_paid(rest.after.as_deref().unwrap()));
    let mut wrong = rest.clone();
    wrong.token = rest.beside[0].token.clone();
    let refused = app.send_accept(&purchase, &wrong, "click-2").await;
    assert_eq!(problem(refused).await, (403, "token_for_another".into()));
    assert!(is_paid(&app.accept(&purchase, &rest.beside[0], "click-3").await));
    assert_eq!(app.offer(&purchase).await.offer_id.as_str(), "plan", "the guide leads on");
}

#[tokio::test]
async fn declining_each_of_a_card_leads_on_and_each_is_remembered() {
    let app = TestApp::start_offering(CARD).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(ids(&app.decline(&purchase, &course, None).await.unwrap()), ["guide", "stickers"]);
    assert_eq!(ids(&app.decline(&purchase, &course.beside[1], None).await.unwrap()), ["guide"]);
    let next = app.decline(&purchase, &course.beside[0], None).await.unwrap();
    assert_eq!(ids(&next), ["plan"]);
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn one_that_cannot_be_quoted_is_left_out() {
    let app = TestApp::start_offering(&CARD.replace("pdt_guide", "pdt_unknown")).await;
    let (_, course) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(ids(&course), ["course", "stickers"]);
}

#[tokio::test]
async fn two_of_one_card_clicked_at_once_are_charged_once_each() {
    let app = TestApp::start_offering(CARD).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let guide = &course.beside[0];
    let clicks = tokio::join!(
        app.send_accept(&purchase, &course, "click-1"),
        app.send_accept(&purchase, guide, "click-2"),
        app.send_accept(&purchase, guide, "click-2"),
    );
    for click in [clicks.0, clicks.1, clicks.2] {
        assert!(is_paid(&outcome(click).await.settled()));
    }
    assert_eq!(app.charges().await.len(), 2);
}
