//! Which pages may talk to the server.

use crate::helpers::{SHOP, TestApp, problem};
use aftercart_contract::WebUrl;
use aftercart_server::Config;
use reqwest::{Method, header};
use serde_json::json;

#[tokio::test]
async fn an_allowed_page_may_read_and_another_may_not() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    for (origin, named) in [(SHOP, Some(SHOP)), ("https://evil.example", None), ("null", None)] {
        let path = format!("/api/upsell/{purchase}");
        let answer = app.get(&path).header("origin", origin).send().await.unwrap();
        let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed.map(|value| value.to_str().unwrap()), named, "{origin}");
        assert_eq!(answer.headers()[header::VARY], "origin");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn a_preflight_names_the_methods_and_headers_for_allowed_pages_only() {
    let app = TestApp::start().await;
    let ask = |origin: &'static str| {
        let request = app.http.request(Method::OPTIONS, app.url("/api/upsell/pay_1/accept"));
        request.header("origin", origin).header("access-control-request-method", "POST").send()
    };
    let allowed = ask(SHOP).await.unwrap();
    assert_eq!(allowed.status(), 204);
    assert_eq!(allowed.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], SHOP);
    let headers = allowed.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().to_owned();
    assert_eq!(headers, "content-type, authorization, idempotency-key");
    let refused = ask("https://evil.example").await.unwrap();
    assert!(!refused.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn a_foreign_page_can_neither_accept_nor_decline() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    for action in ["accept", "decline", "events"] {
        let request = app.post(&format!("/api/upsell/{purchase}/{action}"));
        let request = request.header("origin", "https://evil.example").header("idempotency-key", "k");
        let body = json!({"offer_id": offer.offer_id, "token": offer.token, "events": []});
        let refused = request.json(&body).send().await.unwrap();
        assert_eq!(problem(refused).await, (403, "origin_not_allowed".into()), "{action}");
    }
    assert_eq!(app.charges().await.len(), 0);
    app.offer(&purchase).await;
}

#[tokio::test]
async fn the_servers_own_pages_may_accept_and_whoever_names_no_origin_may_not() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let body = json!({"offer_id": offer.offer_id, "token": offer.token});
    for action in ["accept", "decline"] {
        let request = app.post(&format!("/api/upsell/{purchase}/{action}")).header("idempotency-key", "k");
        let refused = request.json(&body).send().await.unwrap();
        assert_eq!(problem(refused).await, (403, "origin_not_allowed".into()), "{action}");
    }
    let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("idempotency-key", "k");
    // As a browser says it when page and server are on different sites.
    let request = request.header("origin", app.server.url()).header("sec-fetch-site", "cross-site");
    assert_eq!(request.json(&body).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn every_answer_tells_the_browser_how_to_treat_it() {
    let https = |config: &mut Config| config.public_url = WebUrl::new("https://shop.example/").ok();
    for (app, is_https) in [(TestApp::start().await, false), (TestApp::start_with(https).await, true)] {
        let asset = app.directory.path().join("dist");
        std::fs::create_dir_all(&asset).unwrap();
        std::fs::write(asset.join("aftercart.js"), "1").unwrap();
        let paths =
            ["/healthz", "/api/upsell/pay_1/accept", "/api/upsell/cus_paid", "/nothing", "/aftercart/x.js"];
        for path in paths.into_iter().chain(["/aftercart/aftercart.js"]) {
            let answer = app.get(path).send().await.unwrap();
            let said = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(said("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(said("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(said("strict-transport-security").is_some(), is_https, "{path}");
            let (caching, policy) = if answer.status() == 200 && path.starts_with("/aftercart/") {
                ("no-cache", None)
            } else {
                ("no-store", Some("default-src 'none'; frame-ancestors 'none'"))
            };
            assert_eq!(
                (said("cache-control"), said("content-security-policy")),
                (Some(caching), policy),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn health_is_open() {
    let app = TestApp::start().await;
    let health = app.get("/healthz").send().await.unwrap();
    assert_eq!((health.status().as_u16(), health.text().await.unwrap()), (200, r#"{"status":"ok"}"#.into()));
}

#[tokio::test]
async fn the_routes_work_inside_a_merchants_own_application() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    app.offer(&purchase).await;
    let shop = axum::Router::new()
        .route("/", axum::routing::get(|| async { "the shop" }))
        .merge(app.server.app().router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, shop).await });
    let page = app.http.get(format!("http://{address}/")).send().await.unwrap();
    assert_eq!(page.text().await.unwrap(), "the shop");
    let offer = app.http.get(format!("http://{address}/api/upsell/{purchase}")).send().await.unwrap();
    assert_eq!(offer.json::<serde_json::Value>().await.unwrap()["eligible"], true);
    serving.abort();
}
