//! When there is nothing to show: the page stays as it was.

use crate::fixture::{Stage, Widget, settle};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

/// True when the host's own children are on the page.
fn shows_own_words(widget: &Widget) -> bool {
    let own_words: HtmlElement = widget.host.first_element_child().unwrap().unchecked_into();
    own_words.offset_height() > 0
}

/// One `aftercart-error`, the host's own children on the page, nothing of ours.
async fn check_fallback(answer: Value) {
    let stage = Stage::new(json!({ "offer": [answer.clone()] }), json!({}));
    stage.host.set_inner_html("<p>Our shop's own words</p>");
    let widget = stage.mount();
    widget.until_state("error").await;
    settle().await;
    assert_eq!(widget.count_events("error"), 1, "{answer}");
    assert_eq!(widget.events().len(), 2, "ready and error only: {:?}", widget.events());
    assert!(shows_own_words(&widget), "{answer}");
    assert!(widget.find("[part]").is_none());
}

#[wasm_bindgen_test]
async fn whatever_is_wrong_with_the_answer_the_fallback_shows() {
    for answer in [
        json!({ "lost": true }),
        json!({ "status": 500, "body": { "code": "x", "message": "", "recoverable": true } }),
        json!({ "body": "<!doctype html><p>Sign in" }),
        json!({ "body": "" }),
        json!({ "body": { "contract": 2, "eligible": true, "product": { "id": "p", "price": 1, "currency": "USD" } } }),
        json!({ "body": { "eligible": true } }),
        json!({ "body": { "eligible": true, "product": { "id": "p", "price": -1, "currency": "USD" } } }),
        json!({ "body": { "eligible": true, "product": { "id": "p", "price": 1.5, "currency": "USD" } } }),
        json!({ "body": { "eligible": true, "product": { "id": "p", "price": 1e12, "currency": "USD" } } }),
        json!({ "body": { "eligible": true, "product": { "id": "p", "price": 100, "currency": "XXX" } } }),
        json!({ "body": { "eligible": true, "kind": "surprise", "product": { "id": "p", "price": 100, "currency": "USD" } } }),
        json!({ "body": { "eligible": true, "checkout_url": "javascript:alert(1)", "product": { "id": "p", "price": 100, "currency": "USD" } } }),
    ] {
        check_fallback(answer).await;
    }
}

#[wasm_bindgen_test]
async fn a_backend_that_never_answers_is_given_up_after_four_seconds() {
    check_fallback(json!({ "never": true })).await;
}

#[wasm_bindgen_test]
async fn a_bad_attribute_is_named_and_the_fallback_shows() {
    let stage = Stage::new(json!({}), json!({ "subject": "42" }));
    stage.host.set_inner_html("<p>Our shop's own words</p>");
    let widget: Widget = stage.mount();
    assert!(widget.mounted.is_none());
    assert_eq!(widget.state(), "error");
    assert!(shows_own_words(&widget));
    assert!(widget.events()[0].contains("subject: a subject is a Dodo customer id"), "{:?}", widget.events());
}

#[wasm_bindgen_test]
async fn nothing_to_offer_takes_no_space() {
    let widget =
        Stage::new(json!({ "offer": [{ "body": { "eligible": false, "reason": "no_rule" } }] }), json!({}))
            .mount();
    widget.until_state("hidden").await;
    assert_eq!(widget.host.offset_height(), 0);
    assert!(widget.events().contains(&r#"hidden {"reason":"no_rule"} true"#.to_owned()));
}

#[wasm_bindgen_test]
async fn a_reload_shows_the_receipt_and_tells_the_host_once_per_payment() {
    let receipt = json!({ "product_name": "Colour grading course", "amount": 5390, "currency": "USD", "brand": "Visa", "last4": "4242" });
    let answer = json!({ "eligible": false, "reason": "already_accepted", "offer_id": "course",
        "outcome": { "status": "succeeded", "payment_id": "pay_reloaded", "receipt": receipt } });
    let mut told = 0;
    for _ in 0..2 {
        let widget = Stage::new(json!({ "offer": [{ "body": answer }] }), json!({})).mount();
        widget.until_state("succeeded").await;
        assert!(widget.text("notice").contains("$53.90 was charged to Visa ···· 4242"));
        assert!(widget.find("[part=accept]").is_none());
        told += widget.count_events("succeeded");
    }
    assert_eq!(told, 1);
}
