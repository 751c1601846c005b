//! Tokens that are forged, foreign, old, or in the wrong place.

use super::open::{minted, open, start};
use crate::helpers::{SHOP, problem};
use aftercart_contract::Offer;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

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
