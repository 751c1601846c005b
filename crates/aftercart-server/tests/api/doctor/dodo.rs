//! What is seen of Dodo: key, products, quote, clock.

use super::installation::Installation;
use super::proxy::{passing, proxy, same, serve};
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use std::fs;

#[tokio::test]
async fn a_wrong_key_is_one_failure_and_products_are_not_asked_for() {
    let installation = Installation::start().await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_API_KEY", "dodo_test_another");
    });
    let found = found.await;
    found.only("fail", "dodo.key", &["401", "copy it again"]);
    assert!(found.names("skip").contains(&"dodo.product"), "{}", found.text);
    assert!(!found.text.contains("dodo_test_another"), "{}", found.text);
}

#[tokio::test]
async fn a_live_key_is_not_sent_to_anything_but_the_live_environment() {
    let installation = Installation::start().await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_API_KEY", "dodo_live_key");
    });
    found.await.only("fail", "dodo.key", &["a live key for http://127.0.0.1"]);
}

#[tokio::test]
async fn a_product_that_dodo_does_not_have_is_named() {
    let installation = Installation::start().await;
    let file = installation.app.directory.path().join("offers.toml");
    let offers =
        fs::read_to_string(&file).unwrap().replace("product = \"pdt_starter\"", "product = \"pdt_gone\"");
    fs::write(file, offers).unwrap();
    installation.examine().await.only("fail", "dodo.product", &["pdt_gone", "offers.toml"]);
}

#[tokio::test]
async fn a_purchase_that_nobody_can_make_is_only_a_warning() {
    let installation = Installation::start().await;
    let file = installation.app.directory.path().join("offers.toml");
    let offers = fs::read_to_string(&file).unwrap().replace("[\"pdt_presets\"", "[\"pdt_gone\"");
    fs::write(file, offers).unwrap();
    installation.examine().await.only("warn", "dodo.product", &["pdt_gone"]);
}

#[tokio::test]
async fn an_archived_product_and_a_key_that_only_reads_are_seen() {
    let installation = Installation::start().await;
    let dodo =
        |own: Router| serve(own.fallback_service(passing(installation.app.sandbox.url(), same, |_| {})));
    let list = r#"{"items": [{"product_id": "pdt_guide"}]}"#;
    let archived = dodo(Router::new().route("/products", get(move || async move { list }))).await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_BASE_URL", &archived);
    });
    found.await.only("warn", "dodo.product", &["pdt_guide", "archived"]);

    let refuse = || async { StatusCode::FORBIDDEN };
    let reading = dodo(Router::new().route("/checkouts/preview", post(refuse))).await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_BASE_URL", &reading);
    });
    found.await.only("fail", "dodo.quote", &["403", "write access"]);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_measured_against_dodos() {
    let installation = Installation::start().await;
    let dodo = proxy(installation.app.sandbox.url(), same, |headers| {
        headers.insert(header::DATE, HeaderValue::from_static("Fri, 16 Jan 2026 10:00:00 GMT"));
    });
    let dodo = dodo.await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_BASE_URL", &dodo);
    });
    found.await.only("fail", "clock.dodo", &["Dodo's clock", "NTP"]);
}
