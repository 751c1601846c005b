//! What somebody may try who wants a charge that the shopper did not ask for.
//!
//! Every row is sent while the offer stands open; then nothing was charged and the offer still stands.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use crate::raw::{send, statuses};
use aftercart_contract::{Offer, Outcome};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// One try, and the refusal it must meet. An empty code: an answer without a body.
struct Attack {
    name: String,
    request: RequestBuilder,
    status: u16,
    code: &'static str,
}

/// An open offer, and what an attacker would send about it.
struct Open<'a> {
    app: &'a TestApp,
    purchase: String,
    offer: Offer,
    attacks: Vec<Attack>,
}

impl Open<'_> {
    fn token(&self) -> &str {
        self.offer.token.as_ref().unwrap().reveal()
    }

    fn body(&self, change: &Value) -> Value {
        let mut body = json!({"offer_id": self.offer.offer_id, "token": self.token()});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    }

    fn address(&self, action: &str) -> String {
        format!("/api/upsell/{}/{action}", self.purchase)
    }

    /// An accept that is right but for its body and what the caller adds.
    fn accept(&self) -> RequestBuilder {
        self.app.post(&self.address("accept")).header("origin", SHOP).header("idempotency-key", "k")
    }

    fn row(&mut self, name: &str, request: RequestBuilder, status: u16, code: &'static str) {
        self.attacks.push(Attack { name: name.to_owned(), request, status, code });
    }

    fn with_body(&mut self, name: &str, change: &Value, status: u16, code: &'static str) {
        let request = self.accept().json(&self.body(change));
        self.row(name, request, status, code);
    }

    fn with_token(&mut self, name: &str, token: &str, status: u16, code: &'static str) {
        self.with_body(name, &json!({"token": token}), status, code);
    }

    /// Sends every row; answers how many there were.
    async fn all_fail(self) -> usize {
        let count = self.attacks.len();
        for Attack { name, request, status, code } in self.attacks {
            let answer = request.send().await.unwrap();
            let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            if code.is_empty() || kind.is_some_and(|kind| kind.starts_with("text/html")) {
                assert_eq!(answer.status(), status, "{name}");
            } else {
                assert_eq!(problem(answer).await, (status, code.to_owned()), "{name}");
            }
            assert_eq!(self.app.charges().await.len(), 0, "{name}");
        }
        assert_eq!(self.app.offer(&self.purchase).await.offer_id, self.offer.offer_id);
        count
    }
}

async fn open(app: &TestApp) -> Open<'_> {
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    Open { app, purchase, offer, attacks: Vec::new() }
}

/// A server without the limit per subject: a table asks more often than a shopper.
async fn start() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.requests_per_minute_per_subject = 0;
        config.allowed_origins.push("https://shop.example".to_owned());
    })
    .await
}

async fn minted(app: &TestApp, customer: &str) -> String {
    let answer = app.post("/api/tokens").bearer_auth(MERCHANT_KEY).json(&json!({"customer_id": customer}));
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

/// The token with its claims changed, and the mac it had.
fn altered(token: &str, change: &Value) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
    let before = claims.clone();
    claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    assert_ne!(claims, before, "{change} changes something");
    format!("{}.{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[3])
}

#[tokio::test]
async fn no_forged_or_foreign_token_charges() {
    let app = start().await;
    let (_, others) = app.offered("cus_many_cards", "pdt_presets").await;
    let (_, earlier) = app.offered("cus_paid", "pdt_presets").await;
    let (_, plan) = app.offered("cus_paid", "pdt_guide").await;
    let subject_token = minted(&app, "cus_paid").await;
    let mut open = open(&app).await;
    let real = open.token().to_owned();
    let parts: Vec<&str> = real.split('.').collect();
    let (claims, mac) = (parts[2], parts[3]);
    let foreign = |offer: &Offer| offer.token.as_ref().unwrap().reveal().to_owned();

    for (name, change) in [
        ("a lower price", json!({"amt": 1})),
        ("another currency", json!({"cur": "JPY"})),
        ("a larger quantity", json!({"qmx": 100})),
        ("another product", json!({"pdt": "pdt_guide"})),
        ("another step", json!({"stp": 1})),
        ("another offer", json!({"off": "guide"})),
        ("another customer", json!({"cus": "cus_many_cards"})),
        ("another purchase", json!({"pay": "pay_other"})),
        ("a longer life", json!({"exp": 4_000_000_000_i64})),
        ("an older price", json!({"qex": 4_000_000_000_i64})),
        ("another purpose", json!({"for": "subject"})),
        ("one more claim", json!({"admin": true})),
    ] {
        open.with_token(&format!("claims with {name}"), &altered(&real, &change), 401, "token_invalid");
    }
    let jwt_head = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let hs_head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"test"}"#);
    for (name, token) in [
        ("a forged mac", format!("a1.test.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 32]))),
        ("an empty mac", format!("a1.test.{claims}.")),
        ("no mac", format!("a1.test.{claims}")),
        ("half a mac", format!("a1.test.{claims}.{}", &mac[..20])),
        ("a mac that is longer", format!("a1.test.{claims}.{mac}AAAA")),
        ("a padded mac", format!("a1.test.{claims}.{mac}=")),
        ("a truncated token", real[..real.len() / 2].to_owned()),
        ("another key's id", format!("a1.k1.{claims}.{mac}")),
        ("no key's id", format!("a1..{claims}.{mac}")),
        ("an older version", format!("a0.test.{claims}.{mac}")),
        ("another case", format!("A1.test.{claims}.{mac}")),
        ("the algorithm none", format!("none.test.{claims}.{mac}")),
        ("a JWT without a signature", format!("{jwt_head}.{claims}.")),
        ("a JWT with our mac", format!("{hs_head}.{claims}.{mac}")),
        ("one part more", format!("{real}.x")),
        ("a part before", format!("x.{real}")),
        ("a subject token", subject_token.clone()),
        ("a word", "undefined".to_owned()),
    ] {
        open.with_token(&format!("{name} as token"), &token, 401, "token_invalid");
    }
    open.with_token("another customer's token", &foreign(&others), 403, "token_for_another");
    open.with_token("another purchase's token", &foreign(&earlier), 403, "token_for_another");
    open.with_token("another offer's token", &foreign(&plan), 403, "token_for_another");
    open.with_token("an empty token", "", 422, "malformed");
    open.with_token("a token with a NUL", &format!("{real}\0"), 422, "malformed");
    open.with_token("a token of any length", &"a".repeat(3000), 422, "malformed");
    let without = json!({"offer_id": open.offer.offer_id});
    let in_query = app.post(&format!("{}?token={real}", open.address("accept")));
    let in_query = in_query.header("origin", SHOP).header("idempotency-key", "k").json(&without);
    open.row("the token in the address only", in_query, 401, "token_missing");
    let as_bearer = open.accept().bearer_auth(&real).json(&without);
    open.row("the token as bearer only", as_bearer, 401, "token_missing");
    let listing = app.get("/api/upsell/cus_paid").bearer_auth(&real);
    open.row("an offer token used to list", listing, 401, "token_invalid");
    let of_another = app.get("/api/upsell/cus_many_cards").bearer_auth(&subject_token);
    open.row("a subject token for another customer", of_another, 403, "token_for_another");
    let by_query = app.get(&format!("/api/upsell/cus_paid?token={subject_token}"));
    open.row("a subject token in the address", by_query, 401, "token_missing");
    assert!(open.all_fail().await >= 35);
}

#[tokio::test]
async fn an_expired_token_charges_nothing() {
    let app = start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.clock.advance(SignedDuration::from_mins(61));
    let late = app.send_accept(&purchase, &offer, "k").await;
    assert_eq!(problem(late).await, (401, "token_expired".into()));
    assert_eq!(app.charges().await.len(), 0);
}

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
    let fields = [("offer_id", "course"), ("token", token.as_str()), ("key", "k")];
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

#[tokio::test]
async fn ids_cannot_be_tried_out() {
    let app = start().await;
    app.offered("cus_paid", "pdt_presets").await;
    // A customer who exists and one who does not are answered alike.
    let mut told = Vec::new();
    for customer in ["cus_paid", "cus_nobody"] {
        let path = format!("/api/upsell/{customer}");
        told.push(problem(app.get(&path).send().await.unwrap()).await);
        told.push(problem(app.get(&format!("{path}/status?offer_id=course")).send().await.unwrap()).await);
    }
    assert!(told.iter().all(|answer| *answer == (401, "token_missing".into())), "{told:?}");
    for path in ["pay_nobody/status?offer_id=course", "pay_nobody/outcome?offer_id=course"] {
        assert_eq!(app.get(&format!("/api/upsell/{path}")).send().await.unwrap().status(), 404, "{path}");
    }
    let body = json!({"offer_id": "course", "token": "x"});
    for subject in ["pay_nobody", "cus_nobody", "cus_paid"] {
        let request = app.post(&format!("/api/upsell/{subject}/accept")).header("origin", SHOP);
        let request = request.header("idempotency-key", "k").json(&body);
        assert_eq!(problem(request.send().await.unwrap()).await, (401, "token_invalid".into()), "{subject}");
    }
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn neither_a_forged_webhook_nor_a_guessed_key_opens_anything() {
    let app = start().await;
    let mut open = open(&app).await;
    let event = json!({
        "business_id": "bus_1", "type": "payment.succeeded", "timestamp": jiff::Timestamp::now(),
        "data": {"payload_type": "Payment", "payment_id": "pay_forged", "status": "succeeded",
            "customer": {"customer_id": "cus_paid"}, "product_cart": [{"product_id": "pdt_presets", "quantity": 1}]}
    });
    let now = jiff::Timestamp::now().as_second().to_string();
    let signature = format!("v1,{}", STANDARD.encode([0; 32]));
    let webhook = || app.post("/webhooks/dodo").json(&event);
    let signed = || webhook().header("webhook-id", "msg_1").header("webhook-timestamp", &now);
    open.row("a webhook without a signature", webhook(), 401, "bad_signature");
    open.row("a webhook with an id only", signed(), 401, "bad_signature");
    let forged = [signature.as_str(), "", "v1,", "v0,x", "v1a,x"];
    for signature in forged {
        let request = signed().header("webhook-signature", signature);
        open.row(&format!("a webhook signed `{signature}`"), request, 401, "bad_signature");
    }
    let mint = || app.post("/api/tokens").json(&json!({"customer_id": "cus_paid"}));
    open.row("minting without a key", mint(), 401, "merchant_key_wrong");
    for key in ["", "x", &MERCHANT_KEY[1..], &MERCHANT_KEY.to_uppercase(), &format!("{MERCHANT_KEY}x")] {
        open.row(&format!("minting with `{key}`"), mint().bearer_auth(key), 401, "merchant_key_wrong");
    }
    open.row(
        "minting with a password",
        mint().basic_auth("x", Some(MERCHANT_KEY)),
        401,
        "merchant_key_wrong",
    );
    let in_query =
        app.post(&format!("/api/tokens?key={MERCHANT_KEY}")).json(&json!({"customer_id": "cus_paid"}));
    open.row("minting with the key in the address", in_query, 401, "merchant_key_wrong");
    open.all_fail().await;
    assert_eq!(app.no_offer("pay_forged").await.0, "unknown_subject");
}

#[tokio::test]
async fn a_replay_charges_nothing_more() {
    let app = start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let first = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(first, Outcome::Succeeded { .. }), "{first:?}");
    for (name, subject, key) in [
        ("the same click", purchase.as_str(), "click-1"),
        ("another key", purchase.as_str(), "click-2"),
        ("another case of the key", purchase.as_str(), "CLICK-1"),
        ("the customer as subject", "cus_paid", "click-1"),
        ("the customer and another key", "cus_paid", "click-3"),
    ] {
        assert_eq!(app.accept(subject, &offer, key).await.settled(), first, "{name}");
    }
    let (double, again) =
        tokio::join!(app.accept(&purchase, &offer, "click-4"), app.accept(&purchase, &offer, "click-4"));
    assert_eq!((double.settled(), again.settled()), (first.clone(), first.clone()), "a double submit");
    let token = offer.token.as_ref().unwrap().reveal();
    for key in ["click-1", "click-5"] {
        let form = [("offer_id", "course"), ("token", token), ("key", key)];
        let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP).form(&form);
        assert_eq!(request.send().await.unwrap().status(), 303, "a form with {key}");
    }
    app.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(app.accept(&purchase, &offer, "click-6").await.settled(), first, "long after");
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_flood_is_cut_off_and_a_made_up_address_does_not_help() {
    let app = TestApp::start_with(|config| config.limits.requests_per_minute_per_address = 120).await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let mut refused = 0;
    for number in 0..100 {
        let body = json!({"offer_id": offer.offer_id, "token": format!("a1.test.x.{number}")});
        let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP);
        let request = request.header("x-forwarded-for", format!("198.51.100.{number}"));
        let request = request.header("forwarded", format!("for=198.51.100.{number}"));
        let answer = request.header("x-real-ip", "198.51.100.1").header("idempotency-key", "k").json(&body);
        match problem(answer.send().await.unwrap()).await {
            (429, code) if code == "too_many_requests" => refused += 1,
            answer => assert_eq!(answer, (401, "token_invalid".into())),
        }
    }
    assert!(refused >= 60, "{refused} of 100 were refused");
    assert_eq!(app.charges().await.len(), 0);
}
