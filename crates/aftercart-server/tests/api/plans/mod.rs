//! Upgrades and downgrades: shown as previewed, sent once as shown, told as read back.

mod accept;
mod addons;
mod again;
mod billing;
mod eligible;
mod failures;
mod schedule;
mod twice;

use crate::helpers::{TestApp, outcome};
use aftercart_contract::{Offer, Outcome, PlanChange, Receipt};
use dodo_sandbox::{Proration, SandboxConfig};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DAY: i64 = 24 * 3600;

/// Both ends, in a shop whose one offer, after stickers, is this change.
async fn shop(kind: &str, from: &str, to: &str, extra: &str) -> TestApp {
    shop_with(Proration::Current, kind, from, to, extra).await
}

async fn shop_with(proration: Proration, kind: &str, from: &str, to: &str, extra: &str) -> TestApp {
    let offer = format!("kind = \"{kind}\"\nproduct = \"{to}\"");
    shop_saying(proration, &offer, &format!("from = [\"{from}\"]\n{extra}")).await
}

/// As [`shop`]; `offer` and `change` are lines of the offer and of its `[offer.change]`.
async fn shop_saying(proration: Proration, offer: &str, change: &str) -> TestApp {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("offers.toml");
    let text = format!(
        "default_locale = \"en\"\n[[offer]]\nid = \"plan\"\n{offer}\n\
         when.purchased = [\"pdt_stickers\"]\n[offer.change]\n{change}\n\
         [offer.locale.en]\nfeatures = [\"A\"]\n"
    );
    std::fs::write(&path, text).unwrap();
    let sandbox = SandboxConfig { proration, ..SandboxConfig::default() };
    TestApp::start_at(sandbox, |config| config.offers = path).await
}

/// A change that a customer is looking at, in the middle of a cycle that began with the purchase of `from`.
async fn half_way(app: &TestApp, customer: &str, from: &str) -> (String, Offer) {
    app.buy(customer, from).await;
    advance(app, 15).await;
    app.offered(customer, "pdt_stickers").await
}

async fn advance(app: &TestApp, days: i64) {
    app.control("clock", json!({ "advance_seconds": days * DAY })).await;
    app.clock.advance(SignedDuration::from_secs(days * DAY));
}

/// The customer's newest subscription as Dodo shows it.
async fn subscription(app: &TestApp, customer: &str) -> Value {
    let url = format!("{}/subscriptions?customer_id={customer}", app.sandbox.url());
    let dodo = |url: String| app.http.get(url).bearer_auth(dodo_sandbox::DEFAULT_API_KEY).send();
    let list: Value = dodo(url).await.unwrap().json().await.unwrap();
    let id = list["items"][0]["subscription_id"].as_str().unwrap();
    dodo(format!("{}/subscriptions/{id}", app.sandbox.url())).await.unwrap().json().await.unwrap()
}

/// The bodies of the requests to Dodo whose path ends so.
async fn sent(app: &TestApp, method: &str, ending: &str) -> Vec<Value> {
    let log = app.observe("requests").await;
    let all = log["items"].as_array().unwrap().iter();
    all.filter(|request| request["method"] == method && request["path"].as_str().unwrap().ends_with(ending))
        .map(|request| match &request["body"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            body => body.clone(),
        })
        .collect()
}

/// Every plan change that Dodo was asked for: each refuses to switch an unpaid plan.
async fn changes(app: &TestApp) -> Vec<Value> {
    let changes = sent(app, "POST", "/change-plan").await;
    let previews = sent(app, "POST", "/change-plan/preview").await;
    for body in changes.iter().chain(&previews) {
        assert_eq!(body["on_payment_failure"], "prevent_change", "{body}");
    }
    for change in &changes {
        let mut shown = change.clone();
        shown.as_object_mut().unwrap().remove("metadata");
        assert!(previews.contains(&shown), "sent but never previewed: {change}");
    }
    changes
}

/// The change, and what was paid for it.
fn changed(outcome: &Outcome) -> (PlanChange, Option<Receipt>) {
    match outcome {
        Outcome::Succeeded { change: Some(change), receipt, .. } => (change.clone(), receipt.clone()),
        other => panic!("no change: {other:?}"),
    }
}

/// Follows the change with the offer's token, which is good long after the purchase, until it is as wanted.
async fn followed_until(
    app: &TestApp,
    subject: &str,
    offer: &Offer,
    wanted: impl Fn(&Outcome) -> bool,
) -> Outcome {
    let path = format!("/api/upsell/{subject}/status?offer_id={}", offer.offer_id);
    let token = offer.token.as_ref().unwrap().reveal();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let told = outcome(app.get(&path).bearer_auth(token).send().await.unwrap()).await;
        if wanted(&told) {
            return told;
        }
        assert!(Instant::now() < deadline, "still {told:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
