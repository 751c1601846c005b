//! Pages that are not the shop's, and methods that are not POST.

use super::open::{open, start};
use crate::helpers::SHOP;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn no_page_but_the_shops_own_charges() {
    let app = start().await;
    let mut open = open(&app).await;
    for origin in [
        "https://evil.example",
        "null",
        "",
        "*",
        "https://shop.example.evil.test",
        "https://evilshop.example",
        "https://evil.test/https://shop.example",
        "https://shop.example@evil.test",
        "https://shop.example/",
        "https://shop.example/checkout",
        "https://shop.example:443",
        "https://shop.example:8443",
        "https://SHOP.example",
        "HTTPS://shop.example",
        "http://shop.example",
        "https://sub.shop.example",
        "https://shop.example.",
        "https://shop.example https://evil.example",
        "http://127.0.0.1:80801",
        "http://localhost:8080",
    ] {
        for action in ["accept", "decline"] {
            let request = app.post(&open.address(action)).header("origin", origin);
            let request = request.header("idempotency-key", "k").json(&open.body(&json!({})));
            open.row(&format!("{action} from `{origin}`"), request, 403, "origin_not_allowed");
        }
    }
    let without = app.post(&open.address("accept")).header("idempotency-key", "k");
    let referred = without.try_clone().unwrap().header("referer", format!("{SHOP}/thanks"));
    open.row("accept from nowhere", without.json(&open.body(&json!({}))), 403, "origin_not_allowed");
    open.row("accept with a referer only", referred.json(&open.body(&json!({}))), 403, "origin_not_allowed");
    let twice = open.accept().header("origin", SHOP).json(&open.body(&json!({})));
    open.row("two origins", twice, 403, "origin_not_allowed");
    let other = open.accept().header("origin", "https://evil.example").json(&open.body(&json!({})));
    open.row("the shop's origin beside another", other, 403, "origin_not_allowed");
    let token = open.token().to_owned();
    let fields = [("offer_id", "course"), ("token", token.as_str()), ("idempotency_key", "k")];
    for (name, origin) in [
        ("nowhere", None),
        ("another page", Some("https://evil.example")),
        ("a sandboxed frame", Some("null")),
    ] {
        let form = app.post(&open.address("accept")).form(&fields);
        let form = match origin {
            Some(origin) => form.header("origin", origin),
            None => form,
        };
        open.row(&format!("a form from {name}"), form, 403, "origin_not_allowed");
    }
    assert!(open.all_fail().await >= 40);
}

#[tokio::test]
async fn no_other_method_charges() {
    let app = start().await;
    let mut open = open(&app).await;
    for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE", "post", "ACCEPT"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = app.http.request(method.clone(), app.url(&open.address("accept")));
        let request =
            request.header("origin", SHOP).header("idempotency-key", "k").json(&open.body(&json!({})));
        open.row(&format!("{method} accept"), request, 405, "method_not_allowed");
    }
    let head = app.http.head(app.url(&open.address("accept"))).header("origin", SHOP);
    open.row("HEAD accept", head, 405, "");
    let address = format!("{}?_method=POST&token={}&offer_id=course", open.address("accept"), open.token());
    let overridden = app.get(&address).header("origin", SHOP).header("idempotency-key", "k");
    let overridden = overridden.header("x-http-method-override", "POST").header("x-method-override", "POST");
    open.row("a GET that says it is a POST", overridden, 405, "method_not_allowed");
    let preflight =
        app.http.request(Method::OPTIONS, app.url(&open.address("accept"))).header("origin", SHOP);
    open.row("a preflight with a body", preflight.json(&open.body(&json!({}))), 204, "");
    open.all_fail().await;
}
