//! Bodies, headers and addresses that say something else than they seem to.

use super::open::{Open, open, start};
use crate::helpers::SHOP;
use crate::raw::{send, statuses};
use reqwest::header::HeaderValue;
use serde_json::json;

#[tokio::test]
async fn no_malformed_request_charges() {
    let app = start().await;
    let mut open = open(&app).await;
    open.with_body("a negative quantity", &json!({"quantity": -1}), 422, "malformed");
    open.with_body("no quantity at all", &json!({"quantity": 0}), 422, "quantity_out_of_range");
    open.with_body("one more than offered", &json!({"quantity": 2}), 422, "quantity_out_of_range");
    open.with_body("a large quantity", &json!({"quantity": 1_000_000}), 422, "quantity_out_of_range");
    open.with_body("a quantity beyond numbers", &json!({"quantity": 1e300}), 422, "malformed");
    open.with_body("a quantity as text", &json!({"quantity": "1"}), 422, "malformed");
    open.with_body(
        "another customer's method",
        &json!({"payment_method": "mtd_foreign"}),
        409,
        "unknown_payment_method",
    );
    open.with_body(
        "Dodo's own method id",
        &json!({"payment_method": "pm_paid"}),
        409,
        "unknown_payment_method",
    );
    open.with_body("a list of offers", &json!({"offer_id": ["course"]}), 422, "malformed");
    open.with_body("another offer's id", &json!({"offer_id": "guide"}), 403, "token_for_another");
    open.with_body("a huge body", &json!({"note": "x".repeat(70 * 1024)}), 413, "too_large");
    let body = open.body(&json!({})).to_string();
    let sent =
        |open: &Open<'_>, kind: &str, body: String| open.accept().header("content-type", kind).body(body);
    let json = "application/json";
    for (name, kind, body, status, code) in [
        ("deep nesting", json, format!("{}{}", r#"{"offer_id":"#, "[".repeat(30_000)), 422, "malformed"),
        ("the same key twice", json, body.replacen('{', r#"{"offer_id":"guide","#, 1), 422, "malformed"),
        ("two tokens", json, body.replacen('{', r#"{"token":"x","#, 1), 422, "malformed"),
        ("more after the end", json, format!("{body}{body}"), 422, "malformed"),
        ("UTF-16", json, body.chars().flat_map(|c| [c, '\0']).collect(), 422, "malformed"),
        ("a byte order mark", json, format!("\u{feff}{body}"), 422, "malformed"),
        ("JSON as text", "text/plain", body.clone(), 415, "unsupported_media_type"),
        (
            "JSON as something like JSON",
            "application/json-patch+json",
            body.clone(),
            415,
            "unsupported_media_type",
        ),
        ("JSON as a form", "application/x-www-form-urlencoded", body.clone(), 422, "malformed"),
        ("a form of files", "multipart/form-data; boundary=x", body.clone(), 415, "unsupported_media_type"),
    ] {
        let request = sent(&open, kind, body);
        open.row(name, request, status, code);
    }
    let token = open.token().to_owned();
    for (name, form) in [
        ("a form without a key", format!("offer_id=course&token={token}")),
        ("a form without a token", "offer_id=course&key=k".to_owned()),
        ("a form that says it twice", format!("offer_id=course&offer_id=guide&token={token}&key=k")),
        ("a form with a long key", format!("offer_id=course&token={token}&key={}", "k".repeat(129))),
        ("a form with a line end in its key", format!("offer_id=course&token={token}&key=a%0d%0ab")),
        ("a form with half a product", format!("offer_id=course&token={token}&key=k&quantity=0.5")),
    ] {
        let request = sent(&open, "application/x-www-form-urlencoded", form);
        open.row(name, request, 422, "malformed");
    }
    let body = open.body(&json!({}));
    let unkeyed = || app.post(&open.address("accept")).header("origin", SHOP).json(&body);
    let keys = ["k".repeat(129), String::new(), "a b".into(), "a\tb".into(), "a/b".into(), "<b>".into()];
    let mut keyed: Vec<_> = keys.iter().map(|key| unkeyed().header("idempotency-key", key)).collect();
    keyed.push(unkeyed().header("idempotency-key", HeaderValue::from_bytes(b"k\xff").unwrap()));
    keyed.push(unkeyed());
    for request in keyed {
        open.row("a key that is none", request, 400, "idempotency_key_missing");
    }
    open.all_fail().await;
    let control = "POST /api/upsell/pay_1/accept HTTP/1.1\r\nhost: x\r\nidempotency-key: a\x01b\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(statuses(&send(&app, control.as_bytes()).await), [400], "a control character in a key");
}

#[tokio::test]
async fn no_trick_in_the_address_leads_elsewhere() {
    let app = start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let body = json!({"offer_id": offer.offer_id, "token": offer.token}).to_string();
    for (path, expected) in [
        (format!("/api/upsell/pay_x/../{purchase}/accept"), 404),
        (format!("/api/upsell/pay_x%2f..%2f{purchase}/accept"), 404),
        (format!("/api/upsell/{purchase}%00/accept"), 404),
        (format!("/api/upsell/{purchase}%20/accept"), 404),
        (format!("/api/upsell/{purchase}%0d%0a/accept"), 404),
        (format!("/api/upsell/{purchase};x/accept"), 403),
        (format!("/api/upsell/{purchase}%ff/accept"), 404),
        (format!("/api/upsell/{purchase}%252e/accept"), 403),
        (format!("/api/upsell/../upsell/{purchase}/accept"), 404),
        (format!("//api/upsell/{purchase}/accept"), 404),
        (format!("/api/upsell//{purchase}/accept"), 404),
        (format!("/api/upsell/{purchase}/accept/"), 404),
        (format!("/api/upsell/{purchase}/accept%3f"), 404),
        (format!("/API/upsell/{purchase}/accept"), 404),
        ("/api/upsell/*/accept".to_owned(), 404),
        ("/aftercart/../api/upsell/pay_1/accept".to_owned(), 405),
        ("/aftercart/..%2f..%2fetc%2fpasswd.txt".to_owned(), 405),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {SHOP}\r\nidempotency-key: k\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = send(&app, head.as_bytes()).await;
        assert_eq!(statuses(&answer), [expected], "{path}: {answer}");
        assert_eq!(app.charges().await.len(), 0, "{path}");
    }
}
