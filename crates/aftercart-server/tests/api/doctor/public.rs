//! What is seen through the public address: webhooks, CORS, caching, files.

use super::installation::Installation;
use super::proxy::{proxy, same};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

#[tokio::test]
async fn a_server_that_does_not_answer_is_one_failure_and_the_rest_is_skipped() {
    let installation = Installation::start().await;
    let found = installation.behind("http://127.0.0.1:1").await;
    found.only("fail", "public.health", &["Connection refused", "serve"]);
    for name in ["webhook.delivery", "cors.origin", "clock.public", "assets.loader"] {
        assert!(found.names("skip").contains(&name), "{name}: {}", found.text);
    }
}

#[tokio::test]
async fn a_webhook_key_that_differs_is_told_from_a_body_that_was_rewritten() {
    let installation = Installation::start().await;
    let found = installation.examine_with(|command| {
        command.env("DODO_PAYMENTS_WEBHOOK_KEY", "whsec_YW5vdGhlciBrZXkgb2YgdGhlIHNhbWUga2luZA==");
    });
    found.await.only("fail", "webhook.delivery", &["another webhook key"]);

    let rewriting = |body: Bytes| match serde_json::from_slice::<Value>(&body) {
        Ok(document) => document.to_string().into(),
        Err(_) => body,
    };
    let address = proxy(installation.app.server.url(), rewriting, |_| {}).await;
    let found = installation.behind(&address).await;
    found.only("fail", "webhook.delivery", &["rewritten on the way", "raw body"]);
}

#[tokio::test]
async fn headers_that_a_proxy_loses_or_adds_are_named() {
    let installation = Installation::start().await;
    let examine = async |change: fn(&mut HeaderMap)| {
        let address = proxy(installation.app.server.url(), same, change).await;
        installation.behind(&address).await
    };
    let lost = examine(|headers| {
        headers.remove("access-control-allow-headers");
    });
    lost.await.only("fail", "cors.origin", &["may not send content-type, authorization, idempotency-key"]);

    let twice = examine(|headers| {
        if headers.contains_key("access-control-allow-methods") {
            headers.append("access-control-allow-origin", HeaderValue::from_static("https://shop.example"));
        }
    });
    twice.await.only("fail", "cors.origin", &["comes twice"]);

    let open = examine(|headers| {
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    });
    open.await.only("fail", "cors.stranger", &["every origin", "remove the CORS headers"]);

    let kept = examine(|headers| {
        if headers.get("content-type").is_some_and(|kind| kind == "application/json") {
            headers.insert("cache-control", HeaderValue::from_static("public, max-age=60"));
        }
    });
    kept.await.only("fail", "public.no-store", &["max-age=60", "every cache"]);

    let kind = examine(|headers| {
        if headers.get("content-type").is_some_and(|kind| kind == "application/wasm") {
            headers.insert("content-type", HeaderValue::from_static("application/octet-stream"));
        }
    });
    kind.await.only("fail", "assets.wasm", &["application/octet-stream"]);

    let policy = examine(|headers| {
        headers.remove(HeaderName::from_static("cross-origin-resource-policy"));
    });
    let policy = policy.await;
    assert_eq!(policy.names("warn"), ["assets.loader", "assets.widget", "assets.wasm"], "{}", policy.text);
}
