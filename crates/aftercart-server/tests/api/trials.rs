//! A plan that is free for some days: nothing is due now, and it is accepted once all the same.

use crate::helpers::TestApp;
use aftercart_contract::Outcome;
use serde_json::json;

const TRIAL: &str = r#"
[[offer]]
id = "plan"
product = "pdt_starter"
when.purchased = ["pdt_presets"]
trial_days = 14
{{words}}
"#;

#[tokio::test]
async fn a_trial_costs_nothing_now_and_says_what_it_costs_later() {
    let app = TestApp::start_offering(TRIAL).await;
    let (purchase, plan) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(plan.trial.unwrap().days, 14);
    let quote = plan.quote.as_ref().unwrap();
    assert_eq!(quote.due_now.get(), 0);
    let renewal = quote.renewal.as_ref().unwrap();
    assert_eq!(renewal.amount.get(), 2200);
    let begins: jiff::Timestamp = renewal.starts_at.as_ref().unwrap().as_str().parse().unwrap();
    let days = begins.duration_since(jiff::Timestamp::now()).as_hours() / 24;
    assert!((13..=14).contains(&days), "{begins}");
    let (first, second) =
        tokio::join!(app.accept(&purchase, &plan, "click-1"), app.accept(&purchase, &plan, "click-1"));
    for told in [first, second] {
        let Outcome::Succeeded { receipt: Some(receipt), .. } = told else { panic!("{told:?}") };
        assert_eq!(receipt.amount.get(), 0);
    }
    let charges = app.charges().await;
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0]["subscription_data"]["trial_period_days"], 14);
    assert_eq!(app.no_offer(&purchase).await.0, "already_accepted");
}

#[tokio::test]
async fn a_trial_that_costs_something_else_later_is_shown_anew() {
    let app = TestApp::start_offering(TRIAL).await;
    let (purchase, plan) = app.offered("cus_paid", "pdt_presets").await;
    app.control("products/pdt_starter/price", json!({"price": 2500})).await;
    let Outcome::Requote { offer } = app.accept(&purchase, &plan, "click-1").await else { panic!("moved") };
    assert_eq!(offer.quote.as_ref().unwrap().renewal.as_ref().unwrap().amount.get(), 2750);
    assert_eq!(app.charges().await.len(), 0);
    assert!(matches!(app.accept(&purchase, &offer, "click-2").await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn the_checkout_of_a_trial_is_a_trial() {
    let app = TestApp::start_offering(TRIAL).await;
    app.offered("cus_no_method", "pdt_presets").await;
    assert_eq!(app.opened_checkouts().await[0]["subscription_data"]["trial_period_days"], 14);
}
