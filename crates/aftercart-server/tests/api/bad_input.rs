//! Whatever is sent by mistake: a clear answer, nothing charged, nothing lost. What is sent on purpose is in
//! `attacks`.

use crate::helpers::{SHOP, TestApp, problem};
use serde_json::{Value, json};

struct Case {
    name: &'static str,
    path: &'static str,
    kind: &'static str,
    key: Option<&'static str>,
    body: String,
    status: u16,
    code: &'static str,
}

fn accept(name: &'static str, body: impl Into<String>, status: u16, code: &'static str) -> Case {
    Case { name, path: "accept", kind: "application/json", key: Some("k"), body: body.into(), status, code }
}

#[tokio::test]
async fn every_malformed_request_has_its_answer() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let with = |change: Value| {
        let mut body = json!({"offer_id": offer.offer_id, "token": offer.token});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body.to_string()
    };
    let events = |events: Value| json!({"offer_id": offer.offer_id, "events": events}).to_string();
    let seen = |count: usize| vec![json!({"name": "seen", "at": "2026-01-16T10:00:00Z"}); count];
    let cases = [
        accept("no JSON at all", "{", 422, "malformed"),
        accept("empty", "", 422, "malformed"),
        accept("a list", "[]", 422, "malformed"),
        accept("not UTF-8 text", "\u{0}\u{1}", 422, "malformed"),
        accept("no offer", r#"{"token":"x"}"#, 422, "malformed"),
        accept("a number for an id", with(json!({"offer_id": 7})), 422, "malformed"),
        accept("HTML for an id", with(json!({"offer_id": "<img src=x onerror=alert(1)>"})), 422, "malformed"),
        accept("a long id", with(json!({"offer_id": "x".repeat(200)})), 422, "malformed"),
        accept("a quantity beyond 32 bits", with(json!({"quantity": 4_294_967_296_u64})), 422, "malformed"),
        accept("half a product", with(json!({"quantity": 0.5})), 422, "malformed"),
        Case { kind: "text/plain", ..accept("text", with(json!({})), 415, "unsupported_media_type") },
        Case {
            kind: "multipart/form-data; boundary=x",
            ..accept("a form with files", "--x--", 415, "unsupported_media_type")
        },
        Case { kind: "", ..accept("no content type", with(json!({})), 415, "unsupported_media_type") },
        Case { key: None, ..accept("no key", with(json!({})), 400, "idempotency_key_missing") },
        Case {
            key: Some("a b"),
            ..accept("a key with a space", with(json!({})), 400, "idempotency_key_missing")
        },
        Case { key: Some(""), ..accept("an empty key", with(json!({})), 400, "idempotency_key_missing") },
        Case { path: "decline", ..accept("a decline that is no object", "7", 422, "malformed") },
        Case {
            path: "decline",
            ..accept("a decline without proof", r#"{"offer_id":"course"}"#, 401, "token_missing")
        },
        Case {
            path: "events",
            ..accept(
                "an unknown event",
                events(json!([{"name": "paid", "at": "2026-01-16T10:00:00Z"}])),
                422,
                "malformed",
            )
        },
        Case {
            path: "events",
            ..accept(
                "an event without a time",
                events(json!([{"name": "seen", "at": "now"}])),
                422,
                "malformed",
            )
        },
        Case { path: "events", ..accept("too many events", events(json!(seen(51))), 422, "malformed") },
        Case { path: "nothing", ..accept("an unknown action", "{}", 404, "not_found") },
    ];
    for case in cases {
        let mut request = app.post(&format!("/api/upsell/{purchase}/{}", case.path)).header("origin", SHOP);
        if let Some(key) = case.key {
            request = request.header("idempotency-key", key);
        }
        if !case.kind.is_empty() {
            request = request.header("content-type", case.kind);
        }
        let answer = request.body(case.body).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(problem(answer).await, (case.status, case.code.to_owned()), "{}", case.name);
        assert_eq!(kind, "application/json", "{}", case.name);
    }
    assert_eq!(app.charges().await.len(), 0);
    app.offer(&purchase).await;
}

#[tokio::test]
async fn subjects_that_cannot_be_are_unknown_and_wrong_methods_are_named() {
    let app = TestApp::start().await;
    for subject in ["sub_1", "7", "pay_%3Cb%3E", "pay_%00", "cus_a%2Fb", "pay_%FF", &"pay_x".repeat(100)] {
        let answer = app.get(&format!("/api/upsell/{subject}")).send().await.unwrap();
        assert_eq!(problem(answer).await, (404, "unknown_subject".into()), "{subject}");
    }
    assert_eq!(app.no_offer("pay_nobody").await, ("unknown_subject".into(), None));
    let get = app.get("/api/upsell/pay_1/accept").send().await.unwrap();
    assert_eq!(problem(get).await, (405, "method_not_allowed".into()));
    let lost = app.get("/api/nothing").send().await.unwrap();
    assert_eq!(problem(lost).await, (404, "not_found".into()));
    for path in ["status", "status?offer_id=", "status?offer_id=%3Cb%3E"] {
        let answer = app.get(&format!("/api/upsell/pay_1/{path}")).send().await.unwrap();
        assert_eq!(problem(answer).await, (422, "malformed".into()), "{path}");
    }
    let unknown = app.get("/api/upsell/pay_nobody/status?offer_id=course").send().await.unwrap();
    assert_eq!(problem(unknown).await, (404, "unknown_subject".into()));
}

#[tokio::test]
async fn before_anything_was_accepted_the_status_says_so() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let path = format!("/api/upsell/{purchase}/status?offer_id={}", offer.offer_id);
    assert_eq!(problem(app.get(&path).send().await.unwrap()).await, (404, "not_accepted".into()));
}

#[tokio::test]
async fn events_of_a_page_are_taken_also_from_a_beacon() {
    let app = TestApp::start().await;
    let body = json!({"offer_id": "course", "events": [{"name": "shown", "at": "2026-01-16T10:00:00Z"}]});
    for kind in ["application/json", "text/plain;charset=UTF-8"] {
        let request = app.post("/api/upsell/pay_1/events").header("content-type", kind);
        assert_eq!(request.body(body.to_string()).send().await.unwrap().status(), 204, "{kind}");
    }
}

#[tokio::test]
async fn a_locale_that_is_none_is_no_wish() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    for (wish, locale) in [
        ("fr-CA", "fr-CA"),
        ("ja", "ja"),
        ("fi", "en"),
        ("%3Cscript%3E", "en"),
        ("", "en"),
        ("fr&locale=en", "en"),
    ] {
        let answer = app.get(&format!("/api/upsell/{purchase}?locale={wish}")).send().await.unwrap();
        let offer: Value = answer.json().await.unwrap();
        assert_eq!(offer["locale"], locale, "{wish}");
    }
}
