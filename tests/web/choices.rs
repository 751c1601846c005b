//! What a shopper chooses on the card before accepting.

use crate::fixture::{Stage, Widget, offer, settle, until};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

fn set(fields: &[(&str, Value)]) -> Value {
    let mut offer = offer();
    for (name, value) in fields {
        offer[*name] = value.clone();
    }
    offer
}

async fn shown(mut answers: Value, fields: &[(&str, Value)], attributes: Value) -> Widget {
    answers["offer"] = json!([{ "body": set(fields) }]);
    let widget = Stage::new(answers, attributes).mount();
    widget.until_state("offer").await;
    widget
}

fn nth(widget: &Widget, selector: &str, at: u32) -> HtmlElement {
    let all = widget.root().query_selector_all(selector).unwrap();
    all.item(at).unwrap_or_else(|| panic!("no {selector} {at}")).unchecked_into()
}

#[wasm_bindgen_test]
async fn one_of_several_is_chosen_with_a_real_radio_that_keeps_the_focus() {
    let other = set(&[("offer_id", json!("guide")), ("token", json!("OTHER"))]);
    let answers = json!({ "accept": [{ "body": { "status": "succeeded" } }] });
    let widget = shown(answers, &[("beside", json!([other]))], json!({})).await;
    let radio = nth(&widget, "[part=choices] input[type=radio]", 1);
    radio.focus().unwrap();
    radio.click();
    settle().await;
    assert!(widget.root().active_element().is_some_and(|focused| focused.is_same_node(Some(&radio))));
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    assert_eq!(widget.requests("accept")[0]["body"], r#"{"offer_id":"guide","token":"OTHER"}"#);
}

#[wasm_bindgen_test]
async fn another_quantity_waits_for_its_price() {
    let range = json!({ "default": 1, "min": 1, "max": 5 });
    let mut two = set(&[("quantity", range.clone()), ("token", json!("TWO"))]);
    two["quote"]["quantity"] = json!(2);
    two["quote"]["due_now"] = json!(10_780);
    let answers = json!({ "quote": [{ "body": two }], "accept": [{ "body": { "status": "succeeded" } }] });
    let widget = shown(answers, &[("quantity", range)], json!({})).await;
    nth(&widget, "[part=step]", 1).click();
    until("the new price", || widget.text("accept").contains("$107.80")).await;
    let number: HtmlInputElement = nth(&widget, "#quantity", 0).unchecked_into();
    assert_eq!(number.value(), "2");
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    let sent = &widget.requests("accept")[0]["body"];
    assert_eq!(sent, r#"{"offer_id":"course","token":"TWO","quantity":2}"#);
}

#[wasm_bindgen_test]
async fn a_typed_quantity_without_a_price_is_taken_back() {
    let range = json!({ "default": 1, "min": 1, "max": 5 });
    let widget = shown(json!({ "quote": [{ "lost": true }] }), &[("quantity", range)], json!({})).await;
    let number: HtmlInputElement = nth(&widget, "#quantity", 0).unchecked_into();
    number.set_value("3");
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    number.dispatch_event(&web_sys::Event::new_with_event_init_dict("change", &init).unwrap()).unwrap();
    until("the warning", || widget.find("[part=warning]").is_some()).await;
    assert_eq!(number.value(), "1", "the field shows another quantity than the button charges");
}

#[wasm_bindgen_test]
async fn a_button_out_of_use_does_nothing() {
    let widget = shown(json!({ "accept": [{ "body": { "status": "succeeded" } }] }), &[], json!({})).await;
    widget.part("accept").set_attribute("aria-disabled", "true").unwrap();
    widget.part("accept").click();
    settle().await;
    assert_eq!((widget.state().as_str(), widget.requests("accept").len()), ("offer", 0));
}

#[wasm_bindgen_test]
async fn the_box_is_empty_and_accepting_waits_for_it() {
    let legal = json!({ "text_version": "v1", "consent": "Start at once." });
    let answers = json!({ "accept": [{ "body": { "status": "succeeded" } }] });
    let widget = shown(answers, &[("legal", legal)], json!({})).await;
    let tick: HtmlInputElement = nth(&widget, "[part=consent] input", 0).unchecked_into();
    assert!(!tick.checked());
    widget.part("accept").focus().unwrap();
    widget.part("accept").click();
    until("the message", || widget.find("[part=warning]").is_some()).await;
    let has_focus =
        || widget.root().active_element().is_some_and(|focused| focused.is_same_node(Some(&tick)));
    until("the focus on the box", has_focus).await;
    assert_eq!(widget.count_events("accept"), 0, "the host is not asked yet");
    tick.click();
    settle().await;
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    assert!(widget.requests("accept")[0]["body"].as_str().unwrap().contains(r#""consent":true"#));
}

#[wasm_bindgen_test]
async fn a_declined_offer_is_not_shown_again_on_this_device() {
    let widget = Widget::offered(json!({ "decline": [{ "body": { "next": null } }] })).await;
    widget.part("decline").click();
    widget.until_state("declined").await;
    nth(&widget, "[part=action]", 0).click();
    until("the thanks", || widget.text("notice").contains("Thank you for telling us.")).await;
    until("the reason at the backend", || widget.requests("decline").len() == 2).await;
    assert!(widget.requests("decline")[1]["body"].as_str().unwrap().contains(r#""reason":"price""#));
    widget.mounted.as_ref().unwrap().refresh();
    widget.until_state("hidden").await;
}

#[wasm_bindgen_test]
async fn a_dialog_is_modal_and_escape_closes_it_without_an_answer() {
    let widget = shown(json!({}), &[], json!({ "placement": "dialog" })).await;
    let is_open = || widget.find("dialog:modal").is_some();
    until("the open dialog", is_open).await;
    let init = web_sys::KeyboardEventInit::new();
    init.set_key("Escape");
    init.set_bubbles(true);
    init.set_cancelable(true);
    let escape = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    widget.part("accept").dispatch_event(&escape).unwrap();
    widget.until_state("hidden").await;
    until("the closed dialog", || !is_open()).await;
    assert_eq!(widget.requests("decline").len(), 0);
}

#[wasm_bindgen_test]
async fn a_dialog_stays_while_a_charge_runs() {
    let widget = shown(json!({ "accept": [{ "never": true }] }), &[], json!({ "placement": "dialog" })).await;
    widget.part("accept").click();
    widget.until_state("charging").await;
    widget.part("close").click();
    settle().await;
    assert_eq!(widget.state(), "charging");
}

#[wasm_bindgen_test]
async fn a_waiting_charge_counts_down_in_place_and_can_be_taken_back() {
    let widget = Widget::offered(json!({
        "accept": [{ "body": { "status": "waiting", "charged_after_ms": 5000, "poll_after_ms": 9000 } }],
        "revoke": [{ "body": { "status": "revoked" } }],
    }))
    .await;
    widget.part("accept").click();
    widget.until_state("waiting").await;
    let undo = nth(&widget, "[part=action]", 0);
    undo.focus().unwrap();
    until("a second later", || widget.text("notice").contains("in 4 seconds")).await;
    assert!(widget.root().active_element().is_some_and(|focused| focused.is_same_node(Some(&undo))));
    undo.click();
    widget.until_state("revoked").await;
    assert_eq!(widget.requests("revoke").len(), 1);
}
