//! The program's own commands, beside a running server on the same database.

use super::{CONFLICT, asked, only, payment_like_the_charge};
use crate::helpers::{SHOP, TestApp, token_key};
use aftercart_contract::Outcome;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use jiff::SignedDuration;
use serde_json::Value;
use std::process::{Command, Output};

/// The program beside the running server, on the same database and sandbox.
fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let offers = app.offers_file().to_str().unwrap();
    let path = app.directory.path().join("aftercart.toml");
    let dodo = app.sandbox.url();
    let text = format!("offers = {offers:?}\nallowed_origins = [{SHOP:?}]\n[dodo]\nbase_url = {dodo:?}\n");
    std::fs::write(&path, text).unwrap();
    let database = format!("sqlite://{}", app.directory.path().join("test.db").display());
    Command::new(env!("CARGO_BIN_EXE_aftercart-server"))
        .arg("--config")
        .arg(path)
        .args(arguments)
        .env_clear()
        .env("AFTERCART_DATABASE_URL", database)
        .env("AFTERCART_TOKEN_KEYS", token_key())
        .env("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY)
        .env("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET)
        .output()
        .unwrap()
}

pub(crate) fn printed(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(app, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn complained(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(app, arguments);
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_machine_the_same_is_listed_shown_and_resolved() {
    let app = TestApp::start().await;
    // The program has the real clock: the click was ten minutes ago.
    app.clock.advance(SignedDuration::from_mins(-10));
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let id = only(&app).await;

    let table = printed(&app, &["attempts", "list"]);
    assert!(table.lines().next().unwrap().contains("AGE"), "{table}");
    let line = table.lines().nth(1).unwrap();
    assert!(line.contains("10 min  unknown") && line.contains(&id) && line.contains('$'), "{table}");
    assert_eq!(printed(&app, &["attempts", "list", "--state", "sent", "--state", "failed"]), "no attempts\n");
    let list: Value = serde_json::from_str(&printed(&app, &["attempts", "list", "--json"])).unwrap();
    assert_eq!(list["attempts"], asked(&app, "/api/attempts").await["attempts"]);
    assert_eq!(printed(&app, &["refunds", "list"]), "no refunds: nothing was paid twice\n");

    let why = ["--reason", "not in the dashboard"];
    let neither = complained(&app, &[&["attempts", "resolve", &id][..], &why].concat());
    assert!(neither.contains("--uncharged"), "{neither}");
    let unknown = complained(&app, &["attempts", "show", "nothing"]);
    assert_eq!(unknown, "there is no attempt of this id\n");

    let resolution = ["attempts", "resolve", &id, "--uncharged", "--reason", "not in the dashboard"];
    let story = printed(&app, &resolution);
    for words in ["RESOLVED_UNCHARGED", "resolved_uncharged", "operator", "not in the dashboard", "→ failed"]
    {
        assert!(story.contains(words), "{words}: {story}");
    }
    assert!(complained(&app, &resolution).contains("settled already: it failed"));
    assert!(matches!(app.status(&purchase, &offer).await, Outcome::Failed(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_and_what_was_paid_twice_stand_out() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered(CONFLICT, "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.clock.advance(SignedDuration::from_mins(65));
    let attention = async |wanted: &str| {
        for _ in 0..200 {
            let list = asked(&app, "/api/attempts").await;
            if list["attempts"][0]["attention"] == wanted {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("never {wanted}");
    };
    attention("given_up").await;
    let given_up = printed(&app, &["attempts", "list"]);
    assert!(given_up.lines().nth(1).unwrap().starts_with('!') && given_up.contains("GIVEN UP"), "{given_up}");

    let path = format!("/api/upsell/{purchase}/status?offer_id={}", offer.offer_id);
    let request = app.get(&path).bearer_auth(offer.token.as_ref().unwrap().reveal());
    let Outcome::Failed(failure) = crate::helpers::outcome(request.send().await.unwrap()).await else {
        panic!("given up")
    };
    let due = offer.quote.as_ref().unwrap().due_now.get();
    app.pay_at(&failure.checkout_url.unwrap(), due, "4242 4242 4242 4242").await;
    let late = payment_like_the_charge(&app, CONFLICT, |_| {}).await;
    attention("paid_twice").await;
    let refunds = asked(&app, "/api/refunds").await;
    assert_eq!(refunds["refunds"][0]["payment_id"], late.as_str());
    assert!(printed(&app, &["attempts", "list"]).contains("PAID TWICE"));
    assert!(printed(&app, &["refunds", "list"]).contains(&late));
    let story = asked(&app, &format!("/api/attempts/{}", only(&app).await)).await;
    assert_eq!(
        (&story["refund"]["payment_id"], &story["checkout"]["state"]),
        (&late.as_str().into(), &"succeeded".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_prints_which_check_of_which_offer_failed() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let shown = printed(&app, &["explain", &purchase]);
    assert!(shown.starts_with(&format!("{purchase} is shown the offer course\n")), "{shown}");
    app.accept(&purchase, &course, "click-1").await;
    let again = app.buy("cus_paid", "pdt_presets").await;
    app.no_offer(&again).await;
    let shown = printed(&app, &["explain", &again]);
    assert!(shown.starts_with(&format!("{again} is shown nothing: already_owned\n")), "{shown}");
    let line = shown.lines().find(|line| line.starts_with('!') && line.contains("not_owned")).unwrap();
    assert!(line.contains("course") && line.contains("pdt_course is bought"), "{line}");
    let document: Value = serde_json::from_str(&printed(&app, &["explain", "cus_paid", "--json"])).unwrap();
    assert_eq!(document["subject"], "cus_paid");
    assert!(complained(&app, &["explain", "nobody"]).contains("cus_"));
}
