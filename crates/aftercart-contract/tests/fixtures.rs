//! Every document in `fixtures/contract` parses, matches the published schema and survives a round trip.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use aftercart_contract::{
    AcceptRequest, DeclineRequest, DeclineResponse, EventBatch, OfferAnswer, Outcome, Problem, QuoteRequest,
    RevokeRequest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn documents() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/contract");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| (path.file_name().unwrap().to_str().unwrap().split('.').next().unwrap().to_owned(), path))
        .collect()
}

fn matches_schema(definition: &str, document: &Value) -> Result<(), String> {
    let mut schema: Value = serde_json::from_str(include_str!("../schema/contract.schema.json")).unwrap();
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.validate(document).map_err(|error| error.to_string())
}

/// Parses `text` and writes it again; both texts must mean the same to the schema and to the type.
fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(definition: &str, text: &str) {
    let value: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{definition}: {error}\n{text}"));
    let written = serde_json::to_value(&value).unwrap();
    matches_schema(definition, &written)
        .unwrap_or_else(|error| panic!("written {definition}: {error}\n{written}"));
    assert_eq!(serde_json::from_value::<T>(written).unwrap(), value);
}

#[test]
fn every_document_of_ours_is_understood_and_written_as_the_schema_says() {
    let mut seen = 0;
    for (definition, path) in
        documents().into_iter().filter(|(definition, _)| !definition.starts_with("guide_"))
    {
        let text = fs::read_to_string(&path).unwrap();
        matches_schema(&definition, &serde_json::from_str(&text).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match definition.as_str() {
            "answer" => round_trip::<OfferAnswer>("answer", &text),
            "outcome" => round_trip::<Outcome>("outcome", &text),
            "accept_request" => round_trip::<AcceptRequest>("accept_request", &text),
            "quote_request" => round_trip::<QuoteRequest>("quote_request", &text),
            "revoke_request" => round_trip::<RevokeRequest>("revoke_request", &text),
            "decline_request" => round_trip::<DeclineRequest>("decline_request", &text),
            "decline_response" => round_trip::<DeclineResponse>("decline_response", &text),
            "event_batch" => round_trip::<EventBatch>("event_batch", &text),
            "problem" => round_trip::<Problem>("problem", &text),
            other => panic!("{}: no type for {other}", path.display()),
        }
        seen += 1;
    }
    assert!(seen >= 29, "only {seen} documents");
}

#[test]
fn backends_written_from_the_guide_are_understood_in_both_spellings() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/contract").join(name);
        fs::read_to_string(path).unwrap()
    };
    for name in
        ["guide_answer.camel_case.json", "guide_answer.snake_case.json", "guide_answer.price_object.json"]
    {
        let OfferAnswer::Offer(offer) = OfferAnswer::from_json(&read(name)).unwrap() else {
            panic!("{name}")
        };
        assert_eq!((offer.product.price.get(), offer.product.currency.code()), (8000, "USD"), "{name}");
        assert_eq!((offer.token, offer.quote), (None, None), "{name}");
    }
    assert!(matches!(
        OfferAnswer::from_json(&read("guide_answer.not_eligible.json")),
        Ok(OfferAnswer::Ineligible(_))
    ));
    for name in ["guide_outcome.camel_case.json", "guide_outcome.snake_case.json"] {
        let outcome = Outcome::from_json(&read(name)).unwrap();
        assert!(matches!(outcome, Outcome::Succeeded { session_id: Some(_), .. }), "{name}");
    }
    assert!(matches!(Outcome::from_json(&read("guide_outcome.error.json")), Ok(Outcome::Failed(_))));
}

/// A change to a good offer, and what the refusal must name.
const BAD_OFFERS: &[(&str, &str, &str)] = &[
    ("/contract", "2", "newer"),
    ("/contract", "\"1\"", "contract: expected a whole number"),
    ("/token", "\"a b\"", "token: an identifier is 1 to 2048 plain ASCII"),
    ("/token", "7", "token: expected an identifier"),
    ("/offer_id", "\"\"", "offer_id: an identifier is 1 to 128"),
    ("/kind", "\"surprise\"", "kind: unknown variant `surprise`"),
    ("/mode", "\"automatic\"", "mode: unknown variant `automatic`"),
    ("/mode", "\"checkout\"", "checkout_url"),
    ("/quote", "null", "quote"),
    ("/quote", "[]", "quote: expected a quote"),
    ("/product", "null", "product: expected a product"),
    ("/product/id", "null", "product.id: expected an identifier"),
    ("/product/price", "-1", "negative"),
    ("/product/price", "49.5", "product.price: expected a whole number"),
    ("/product/price", "\"4900\"", "product.price: expected a whole number"),
    ("/product/price", "2147483648", "product.price: amount beyond 2147483647"),
    ("/product/price", "9007199254740991", "product.price: amount beyond 2147483647"),
    ("/product/price", "9007199254740992", "product.price: expected a whole number"),
    ("/product/price", "18446744073709551615", "product.price: expected a whole number"),
    (
        "/product/price",
        "{\"price\":\"x\",\"currency\":\"USD\"}",
        "product.price.price: expected a whole number",
    ),
    ("/product/currency", "\"usd\"", "product.currency: unknown currency"),
    ("/product/currency", "\"XXX\"", "product.currency: unknown currency"),
    ("/product/image_url", "\"javascript:alert(1)\"", "product.image_url: an address is https:"),
    ("/product/image_url", "\"data:image/svg+xml,x\"", "product.image_url: an address is https:"),
    ("/product/features", "[1]", "product.features: expected text"),
    ("/checkout_url", "\"//evil.example\"", "checkout_url: an address is https:"),
    ("/checkout_url", "\"http://shop.example\"", "checkout_url: an address is https:"),
    ("/quote/due_now", "-5", "negative"),
    ("/quote/tax", "1e400", "number out of range"),
    ("/quote/expires_at", "\"tomorrow\"", "quote.expires_at: a time is RFC 3339"),
    ("/quote/expires_at", "\"2026-01-16T10:00:00+01:00\"", "quote.expires_at: a time is RFC 3339"),
    ("/product/interval", "{\"count\":0,\"unit\":\"month\"}", "interval counts from 1"),
    ("/quantity", "{\"default\":3,\"min\":1,\"max\":2}", "quantity range"),
    ("/quantity", "{\"default\":1,\"min\":1,\"max\":-1}", "quantity.max: expected a whole number"),
    ("/payment_methods", "{}", "payment_methods: expected a list"),
    ("/trial", "{\"days\":0}", "a trial has 1 to 65535 days"),
    ("/lowest_price_30_days", "-1", "negative"),
    ("/ends_at", "\"soon\"", "ends_at: a time is RFC 3339"),
    ("/legal", "{\"consent\":\"x\"}", "legal.text_version: expected text"),
    ("/after", "{\"status\":\"paid\"}", "unknown status"),
    ("/beside", "[{}]", "beside.product: expected a product"),
    ("/copy", "{\"accept\":1}", "copy: expected texts by name"),
];

/// What stands at `path`; a field that the good offer does not name is put there first.
fn slot<'a>(offer: &'a mut Value, path: &str) -> &'a mut Value {
    if path.matches('/').count() == 1 {
        let name = path.trim_start_matches('/').to_owned();
        return offer.as_object_mut().unwrap().entry(name).or_insert(Value::Null);
    }
    offer.pointer_mut(path).unwrap()
}

#[test]
fn a_bad_offer_is_refused_with_what_is_wrong() {
    let good: Value =
        serde_json::from_str(include_str!("../../../fixtures/contract/answer.offer.json")).unwrap();
    for (path, value, named) in BAD_OFFERS {
        let mut offer = good.clone();
        let slot = slot(&mut offer, path);
        // Written into the text, since some of these are no values at all.
        *slot = json!("@@");
        let text = offer.to_string().replace("\"@@\"", value);
        let error = OfferAnswer::from_json(&text).expect_err(&text).to_string();
        assert!(error.contains(named), "{path} = {value}: {error}");
    }
}

#[test]
fn only_so_many_offers_stand_beside_one_and_nothing_beside_those() {
    let choice: Value =
        serde_json::from_str(include_str!("../../../fixtures/contract/answer.choice.json")).unwrap();
    let refused = |offer: &Value| OfferAnswer::from_json(&offer.to_string()).is_err();
    assert!(!refused(&choice));
    let one = choice["beside"][0].clone();
    let mut many = choice.clone();
    many["beside"].as_array_mut().unwrap().push(one.clone());
    let mut nested = choice.clone();
    nested["beside"][0]["beside"] = json!([one]);
    let mut itself = choice.clone();
    itself["beside"][0]["offer_id"] = choice["offer_id"].clone();
    assert!([many, nested, itself].iter().all(refused));
}

#[test]
fn what_is_not_json_is_refused() {
    for text in
        ["", "{", "null", "[]", "<!doctype html>", "{\"eligible\":true", "\u{feff}{}", &"[".repeat(100_000)]
    {
        assert!(OfferAnswer::from_json(text).is_err(), "{}", &text[..text.len().min(40)]);
        assert!(Outcome::from_json(text).is_err(), "{}", &text[..text.len().min(40)]);
    }
}

#[test]
fn unknown_fields_are_ignored_and_unknown_statuses_are_no_success() {
    let with_more = r#"{"status":"succeeded","payment_id":"pay_1","confetti":{"x":[1]}}"#;
    assert!(matches!(Outcome::from_json(with_more), Ok(Outcome::Succeeded { .. })));
    for doubtful in [
        r#"{"status":"paid"}"#,
        r#"{"status":null}"#,
        r#"{"status":1}"#,
        r#"{"success":1}"#,
        "{}",
        r#"{"status":"processing"}"#,
    ] {
        assert!(Outcome::from_json(doubtful).is_err(), "{doubtful}");
    }
}
