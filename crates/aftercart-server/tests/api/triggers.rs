//! What the merchant's app tells leads to offers as a purchase does.

use crate::helpers::{SHOP, TestApp, outcome, problem};
use aftercart_contract::{Offer, OfferAnswer, Outcome};
use jiff::SignedDuration;
use serde_json::json;

const OPENED: &str = r#"
[[offer]]
id = "guide"
product = "pdt_guide"
when.milestone = ["first_export"]
on_decline = "stickers"
{{words}}
[[offer]]
id = "stickers"
product = "pdt_stickers"
{{words}}
[[offer]]
id = "course"
product = "pdt_course"
when.plan_limit = 80
{{words}}
[[offer]]
id = "presets"
product = "pdt_presets"
when.onboarding_done = true
when.purchased = ["pdt_lut_eur"]
{{words}}
"#;

async fn status(app: &TestApp, customer: &str, offer: &Offer) -> Outcome {
    let path = format!("/api/upsell/{customer}/status?offer_id={}", offer.offer_id);
    outcome(app.get(&path).bearer_auth(app.subject_token(customer)).send().await.unwrap()).await
}

#[tokio::test]
async fn each_kind_opens_its_offer_and_is_charged_once() {
    for (trigger, product) in [
        (json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"}), "pdt_guide"),
        (json!({"customer_id": "cus_paid", "trigger": "plan_limit", "percent": 80}), "pdt_course"),
        (json!({"customer_id": "cus_paid", "trigger": "onboarding_done"}), "pdt_presets"),
    ] {
        let app = TestApp::start_offering(OPENED).await;
        let (code, told) = app.tell(trigger).await;
        assert_eq!(code, 201, "{told}");
        let offer = app.offer_to("cus_paid").await;
        assert_eq!(offer.product.id.as_str(), product);
        let (first, second) = tokio::join!(
            app.accept("cus_paid", &offer, "click-1"),
            app.accept("cus_paid", &offer, "click-1")
        );
        for outcome in [first, second, status(&app, "cus_paid", &offer).await] {
            assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
        }
        let charges = app.charges().await;
        assert_eq!(charges.len(), 1);
        assert_eq!(charges[0]["metadata"]["aftercart_purchase"], told["trigger_id"]);
        let OfferAnswer::Ineligible(nothing) = app.answer_to("cus_paid").await else { panic!("accepted") };
        assert!(matches!(nothing.outcome, Some(Outcome::Succeeded { .. })), "{nothing:?}");
    }
}

#[tokio::test]
async fn below_the_limit_and_other_milestones_open_nothing() {
    let app = TestApp::start_offering(OPENED).await;
    app.tell(json!({"customer_id": "cus_paid", "trigger": "plan_limit", "percent": 79})).await;
    app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "other"})).await;
    let OfferAnswer::Ineligible(nothing) = app.answer_to("cus_paid").await else { panic!("no rule") };
    assert_eq!(nothing.reason.unwrap().code(), "no_rule");
}

#[tokio::test]
async fn the_same_id_is_the_same_trigger_also_after_a_restart() {
    let app = TestApp::start_offering(OPENED).await;
    let trigger = json!({"customer_id": "cus_paid", "trigger": "onboarding_done", "id": "evt-1"});
    let (code, first) = app.tell(trigger.clone()).await;
    assert_eq!(code, 201);
    let app = app.restarted().await;
    let (code, again) = app.tell(trigger).await;
    assert_eq!((code, &again["trigger_id"]), (200, &first["trigger_id"]));
    let other = json!({"customer_id": "cus_paid", "trigger": "plan_limit", "percent": 90, "id": "evt-1"});
    let (code, refused) = app.tell(other).await;
    assert_eq!((code, &refused["code"]), (409, &json!("trigger_reused")));
    assert_eq!(app.offer_to("cus_paid").await.offer_id.as_str(), "presets");
}

#[tokio::test]
async fn a_trigger_is_billed_where_the_customer_was_billed_last() {
    let app = TestApp::start_offering(OPENED).await;
    // Dodo knows the purchase, we do not: its webhook goes nowhere.
    app.control("webhooks", json!({"url": null})).await;
    app.buy("cus_de", "pdt_stickers").await;
    app.tell(json!({"customer_id": "cus_de", "trigger": "plan_limit", "percent": 100})).await;
    let offer = app.offer_to("cus_de").await;
    assert_eq!(offer.quote.as_ref().unwrap().due_now.get(), 5831, "with German tax");
    app.accept("cus_de", &offer, "click-1").await;
    assert_eq!(app.charges().await[0]["billing_address"]["country"], "DE");
}

#[tokio::test]
async fn the_newest_occasion_that_offers_something_wins_and_declines_lead_on() {
    let app = TestApp::start_offering(OPENED).await;
    let lut = app.buy("cus_paid", "pdt_lut_eur").await;
    assert_eq!(app.offer(&lut).await.offer_id.as_str(), "presets");
    app.clock.advance(SignedDuration::from_secs(5));
    app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"})).await;
    let guide = app.offer_to("cus_paid").await;
    assert_eq!(guide.offer_id.as_str(), "guide");
    let stickers = app.decline("cus_paid", &guide, Some("not now")).await.unwrap();
    assert_eq!(stickers.offer_id.as_str(), "stickers");
    assert!(app.decline("cus_paid", &stickers, None).await.is_none());
    assert_eq!(app.offer_to("cus_paid").await.offer_id.as_str(), "presets", "the purchase still offers");
}

#[tokio::test]
async fn a_failed_charge_of_a_trigger_leads_to_a_checkout() {
    let app = TestApp::start_offering(OPENED).await;
    app.tell(json!({"customer_id": "cus_declined", "trigger": "onboarding_done"})).await;
    let offer = app.offer_to("cus_declined").await;
    let Outcome::Failed(failure) = app.accept("cus_declined", &offer, "click-1").await else {
        panic!("failed")
    };
    assert!(failure.checkout_url.is_some());
}

#[tokio::test]
async fn an_unknown_customer_is_charged_nothing() {
    let app = TestApp::start_offering(OPENED).await;
    app.tell(json!({"customer_id": "cus_paid", "trigger": "onboarding_done"})).await;
    let offer = app.offer_to("cus_paid").await;
    let gone = json!({"kind": "status", "status": 404});
    app.control("faults", json!({"path": "/customers/cus_paid", "fault": gone})).await;
    let refused = app.send_accept("cus_paid", &offer, "click-1").await;
    assert_eq!(problem(refused).await, (404, "unknown_subject".into()));
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn what_is_no_trigger_and_who_is_no_merchant_is_refused() {
    let app = TestApp::start_offering(OPENED).await;
    for wrong in [
        json!({"customer_id": "cus_paid", "trigger": "milestone"}),
        json!({"customer_id": "cus_paid", "trigger": "milestone", "name": " "}),
        json!({"customer_id": "cus_paid", "trigger": "plan_limit", "name": "x"}),
        json!({"customer_id": "cus_paid", "trigger": "plan_limit", "percent": -1}),
        json!({"customer_id": "cus_paid", "trigger": "purchase"}),
        json!({"customer_id": "pay_1", "trigger": "onboarding_done"}),
        json!({"customer_id": "cus_paid", "trigger": "onboarding_done", "id": "a b"}),
    ] {
        let (code, answer) = app.tell(wrong.clone()).await;
        assert_eq!((code, &answer["code"]), (422, &json!("malformed")), "{wrong}");
    }
    let trigger = json!({"customer_id": "cus_paid", "trigger": "onboarding_done"});
    for key in ["", "not-the-key-of-the-merchant"] {
        let request = app.post("/api/triggers").bearer_auth(key).header("origin", SHOP);
        assert_eq!(problem(request.json(&trigger).send().await.unwrap()).await.0, 401);
    }
    // Without a subject token a customer's id opens nothing.
    app.tell(trigger).await;
    let refused = app.get("/api/upsell/cus_paid").send().await.unwrap();
    assert_eq!(problem(refused).await, (401, "token_missing".into()));
}
