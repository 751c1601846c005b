//! However often, however late, however many at once: one charge, one story.

use crate::helpers::{TestApp, outcome, problem};
use aftercart_contract::Outcome;
use dodo_sandbox::SandboxConfig;
use jiff::SignedDuration;
use std::sync::Arc;

#[tokio::test]
async fn a_repeated_click_gets_the_first_ones_outcome() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    assert_eq!(app.accept(&purchase, &offer, "click-1").await, first);
    let another = app.accept(&purchase, &offer, "click-2").await;
    assert_eq!(another, Outcome::AlreadyAccepted { outcome: Box::new(first) });
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_repeat_long_after_the_token_died_still_gets_the_outcome() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_hours(5));
    assert_eq!(app.accept(&purchase, &offer, "click-1").await, first);
}

/// Fifty clicks at once, each with the key that `key` gives it.
async fn fifty(customer: &str, key: impl Fn(usize) -> String) -> (Arc<TestApp>, Vec<Outcome>) {
    let app = Arc::new(TestApp::start_at(SandboxConfig::default(), |_| {}).await);
    let (purchase, offer) = app.offered(customer, "pdt_presets").await;
    let clicks: Vec<_> = (0..50)
        .map(|number| {
            let (app, purchase, offer, key) = (app.clone(), purchase.clone(), offer.clone(), key(number));
            tokio::spawn(async move { outcome(app.send_accept(&purchase, &offer, &key).await).await })
        })
        .collect();
    let mut told = Vec::new();
    for click in clicks {
        told.push(click.await.unwrap());
    }
    (app, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_equal_clicks_at_once_make_one_charge_and_one_answer() {
    let (app, told) = fifty("cus_paid", |_| "click".to_owned()).await;
    assert_eq!(app.charges().await.len(), 1);
    assert!(matches!(told[0], Outcome::Succeeded { .. }), "{:?}", told[0]);
    assert!(told.iter().all(|outcome| *outcome == told[0]), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_different_clicks_at_once_make_one_charge_too() {
    let (app, told) = fifty("cus_declined", |number| format!("click-{number}")).await;
    assert_eq!(app.charges().await.len(), 1);
    assert_eq!(app.opened_checkouts().await.len(), 1);
    let firsts = told.iter().filter(|outcome| !matches!(outcome, Outcome::AlreadyAccepted { .. }));
    assert_eq!(firsts.count(), 1);
    let settled: Vec<_> = told.into_iter().map(Outcome::settled).collect();
    assert!(settled.iter().all(|outcome| *outcome == settled[0]), "{settled:?}");
}

#[tokio::test]
async fn a_key_that_accepted_one_offer_accepts_no_other() {
    let app = TestApp::start().await;
    let (first, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&first, &offer, "click-1").await;
    let (second, plan) = app.offered("cus_paid", "pdt_guide").await;
    let refused = app.send_accept(&second, &plan, "click-1").await;
    assert_eq!(problem(refused).await, (409, "key_reused".into()));
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_page_that_closes_while_charging_stops_nothing() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    let click = app.send_accept(&purchase, &offer, "click-1");
    let gone = tokio::time::timeout(std::time::Duration::from_millis(1500), click).await;
    assert!(gone.is_err(), "the page left before the answer");
    let ended =
        app.status_until(&purchase, &offer, |outcome| matches!(outcome, Outcome::Succeeded { .. })).await;
    assert!(matches!(ended, Outcome::Succeeded { receipt: Some(_), .. }));
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn stopping_waits_for_a_charge_and_its_outcome_survives_a_restart() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    let app = app.restarted().await;
    assert_eq!(app.accept(&purchase, &offer, "click-1").await, first);
    assert_eq!(app.charges().await.len(), 1);
}
