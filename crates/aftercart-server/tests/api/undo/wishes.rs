//! Held, resumed, taken back.

use super::{is_paid, shop, waiting};
use crate::helpers::problem;
use aftercart_contract::{OfferAnswer, Outcome};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn what_is_taken_back_is_never_charged_and_a_late_repeat_of_the_click_is_told() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    for _ in 0..2 {
        assert_eq!(app.wish(&purchase, &offer, "revoke").await, Outcome::Revoked);
    }
    app.clock.advance(SignedDuration::from_secs(25));
    assert_eq!(app.accept(&purchase, &offer, "click-1").await, Outcome::Revoked);
    let again = app.accept(&purchase, &offer, "click-2").await;
    assert_eq!(again, Outcome::AlreadyAccepted { outcome: Box::new(Outcome::Revoked) });
    assert_eq!(app.wish(&purchase, &offer, "resume").await, Outcome::Revoked);
    assert_eq!(app.no_offer(&purchase).await, ("already_accepted".into(), Some(Outcome::Revoked)));
    app.clock.advance(SignedDuration::from_mins(20));
    assert_eq!(app.followed(&purchase, &offer).await, Outcome::Revoked);
    assert_eq!((app.states().await, app.charges().await.len()), (vec!["revoked".into()], 0));
    assert_eq!(app.opened_checkouts().await.len(), 0, "nothing else is proposed in its place");
    // What was taken back once may be wanted after another purchase.
    let (_, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(offer.offer_id.as_str(), "course");
}

#[tokio::test]
async fn a_hold_stops_the_clock_and_a_resume_lets_it_run_on() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_secs(8));
    assert_eq!(waiting(&app.wish(&purchase, &offer, "hold").await), None);
    app.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(waiting(&app.status(&purchase, &offer).await), None);
    assert_eq!(waiting(&app.wish(&purchase, &offer, "hold").await), None, "held already");
    let left = waiting(&app.wish(&purchase, &offer, "resume").await).unwrap();
    assert!((9_000..=12_000).contains(&left), "{left}");
    assert_eq!(app.charges().await.len(), 0);
    app.clock.advance(SignedDuration::from_secs(13));
    app.status_until(&purchase, &offer, is_paid).await;
    let late = app.wish(&purchase, &offer, "revoke").await;
    assert!(is_paid(&late), "too late, and told so: {late:?}");
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_page_that_was_reloaded_can_take_back_with_the_token_it_is_given() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let OfferAnswer::Ineligible(told) = app.answer(&purchase).await else { panic!("accepted") };
    assert!(waiting(told.outcome.as_ref().unwrap()).is_some());
    let follows = aftercart_contract::Offer { token: told.token, ..offer };
    assert_eq!(app.wish(&purchase, &follows, "revoke").await, Outcome::Revoked);
}

#[tokio::test]
async fn only_the_offers_own_token_takes_back() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let (other, others) = app.offered("cus_de", "pdt_presets").await;
    let stolen = aftercart_contract::Offer { token: others.token.clone(), ..offer.clone() };
    assert_eq!(problem(app.send_wish(&purchase, &stolen, "revoke").await).await.0, 403);
    assert_eq!(problem(app.send_wish(&other, &others, "revoke").await).await, (404, "not_accepted".into()));
    waiting(&app.status(&purchase, &offer).await);
}

#[tokio::test]
async fn a_plan_change_can_be_taken_back_before_it_is_sent_and_is_sent_once_after() {
    let change = "[[offer]]\nid = \"plan\"\nkind = \"upgrade\"\nproduct = \"pdt_pro\"\nundo_seconds = 10\n\
        when.purchased = [\"pdt_stickers\"]\nchange.from = [\"pdt_basic\"]{{words}}";
    let app = crate::helpers::TestApp::start_offering(change).await;
    app.buy("cus_kw", "pdt_basic").await;
    let changes = async || {
        let log = app.observe("requests").await;
        let all = log["items"].as_array().unwrap().clone();
        let is_change = |path: &str| path.ends_with("/change-plan");
        all.iter().filter(|sent| is_change(sent["path"].as_str().unwrap())).count()
    };
    let (purchase, offer) = app.offered("cus_kw", "pdt_stickers").await;
    waiting(&app.accept(&purchase, &offer, "click-1").await);
    assert_eq!(app.wish(&purchase, &offer, "revoke").await, Outcome::Revoked);
    app.clock.advance(SignedDuration::from_secs(30));
    assert_eq!((app.followed(&purchase, &offer).await, changes().await), (Outcome::Revoked, 0));
    let (purchase, offer) = app.offered("cus_kw", "pdt_stickers").await;
    waiting(&app.accept(&purchase, &offer, "click-2").await);
    app.clock.advance(SignedDuration::from_secs(11));
    app.status_until(&purchase, &offer, is_paid).await;
    assert_eq!(changes().await, 1);
}

#[tokio::test]
async fn what_was_agreed_to_stays_with_an_accept_that_was_taken_back() {
    let app = shop().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.wish(&purchase, &offer, "hold").await;
    app.wish(&purchase, &offer, "revoke").await;
    let merchant = |path: String| app.get(&path).bearer_auth(crate::helpers::MERCHANT_KEY).send();
    let list: serde_json::Value = merchant("/api/attempts".into()).await.unwrap().json().await.unwrap();
    let id = list["attempts"][0]["id"].as_str().unwrap();
    let story: serde_json::Value =
        merchant(format!("/api/attempts/{id}")).await.unwrap().json().await.unwrap();
    let version = offer.legal.unwrap().text_version;
    assert_eq!(story["attempt"]["agreed"]["text_version"], json!(version), "{story}");
    let facts: Vec<_> = story["facts"].as_array().unwrap().iter().map(|fact| fact["kind"].clone()).collect();
    assert_eq!(facts, ["waits", "held", "revoked"]);
}
