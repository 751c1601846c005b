//! From the click to the truth.

use crate::fixture::{Widget, offer_with, settle, until};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn one_click_sends_one_accept_with_token_and_key() {
    let widget =
        Widget::accepted(json!({ "status": "succeeded", "payment_id": "pay_click", "session_id": "cks_1" }))
            .await;
    widget.until_state("succeeded").await;
    let sent = widget.requests("accept");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["key"].as_str().unwrap().len(), 32);
    assert_eq!(sent[0]["body"], r#"{"offer_id":"course","token":"TOKEN"}"#);
    assert_eq!(widget.text("title"), "Thank you: Colour grading course is yours");
    let told = widget.events().into_iter().find(|event| event.starts_with("succeeded")).unwrap();
    assert_eq!(told, r#"succeeded {"offerId":"course","paymentId":"pay_click","sessionId":"cks_1"} true"#);
}

#[wasm_bindgen_test]
async fn more_clicks_while_charging_are_ignored() {
    let widget = Widget::offered(json!({ "accept": [{ "never": true }] })).await;
    for _ in 0..5 {
        widget.part("accept").click();
        widget.part("decline").click();
    }
    widget.mounted.as_ref().unwrap().accept();
    settle().await;
    assert_eq!(widget.state(), "charging");
    assert_eq!((widget.requests("accept").len(), widget.requests("decline").len()), (1, 0));
    assert_eq!(widget.count_events("accept"), 1);
    assert_eq!(widget.part("accept").get_attribute("aria-disabled").as_deref(), Some("true"));
    assert!(widget.find("[role=status]").unwrap().inner_text().contains("$53.90"));
}

#[wasm_bindgen_test]
async fn the_button_keeps_focus_and_size_while_charging() {
    let widget = Widget::offered(json!({ "accept": [{ "never": true }] })).await;
    let button = widget.part("accept");
    let before = (button.offset_width(), button.offset_height());
    button.focus().unwrap();
    button.click();
    settle().await;
    assert_eq!((button.offset_width(), button.offset_height()), before);
    assert!(widget.root().active_element().is_some_and(|focused| focused.is_same_node(Some(&button))));
}

#[wasm_bindgen_test]
async fn the_focus_moves_to_the_message_and_the_height_stays() {
    let widget = Widget::offered(json!({ "accept": [{ "body": { "status": "succeeded" } }] })).await;
    let before = widget.host.offset_height();
    widget.part("accept").focus().unwrap();
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    until("focus on the message", || {
        widget
            .root()
            .active_element()
            .is_some_and(|focused| focused.get_attribute("part").as_deref() == Some("title"))
    })
    .await;
    assert_eq!(widget.host.offset_height(), before);
}

#[wasm_bindgen_test]
async fn the_focus_is_not_stolen_from_the_page() {
    let widget = Widget::accepted(json!({ "status": "succeeded" })).await;
    widget.until_state("succeeded").await;
    settle().await;
    assert!(widget.root().active_element().is_none());
}

#[wasm_bindgen_test]
async fn the_host_may_prevent_an_accept() {
    let widget = Widget::offered(json!({})).await;
    widget.refuse("accept");
    widget.part("accept").click();
    settle().await;
    assert_eq!((widget.state().as_str(), widget.requests("accept").len()), ("offer", 0));
}

#[wasm_bindgen_test]
async fn a_failure_offers_the_checkout_and_a_way_to_stay() {
    let widget = Widget::accepted(json!({ "status": "failed", "code": "insufficient_funds", "message": "Not enough money on the card.", "checkout_url": "https://pay.example/s" })).await;
    widget.until_state("failed").await;
    assert_eq!(widget.part("notice").get_attribute("role").as_deref(), Some("alert"));
    assert!(widget.text("notice").contains("Not enough money on the card."));
    assert_eq!(widget.part("link").get_attribute("href").as_deref(), Some("https://pay.example/s"));
    assert_eq!(widget.part("link").get_attribute("target").as_deref(), Some("_top"), "never inside a frame");
    widget.part("action").click();
    settle().await;
    assert!(widget.find("[part=action]").is_none(), "staying is done");
    assert!(widget.find("[part=link]").is_some(), "the link stays");
    assert_eq!(widget.count_events("redirect"), 0);
}

#[wasm_bindgen_test]
async fn the_bank_is_visited_at_top_level_unless_the_host_prevents_it() {
    let widget =
        Widget::accepted(json!({ "status": "action_required", "url": "https://bank.example/3ds" })).await;
    widget.until_state("action-required").await;
    until("the move", || widget.count_events("redirect") == 1).await;
    settle().await;
    assert_eq!(widget.part("link").get_attribute("href").as_deref(), Some("https://bank.example/3ds"));
}

#[wasm_bindgen_test]
async fn the_focus_goes_along_from_message_to_message() {
    let widget = Widget::offered(json!({
        "accept": [{ "body": { "status": "unknown", "poll_after_ms": 1 } }],
        "status": [{ "body": { "status": "processing", "poll_after_ms": 1 } }, { "body": { "status": "succeeded" } }],
    }))
    .await;
    widget.part("accept").focus().unwrap();
    widget.part("accept").click();
    for state in ["unknown", "processing", "succeeded"] {
        widget.until_state(state).await;
        let on_title = || {
            let focused = widget.root().active_element();
            focused.is_some_and(|focused| focused.get_attribute("part").as_deref() == Some("title"))
        };
        until("the focus on the message", on_title).await;
    }
}

#[wasm_bindgen_test]
async fn processing_is_asked_again_until_it_is_settled() {
    let widget = Widget::offered(json!({
        "accept": [{ "body": { "status": "processing", "poll_after_ms": 1 } }],
        "status": [{ "body": { "status": "processing", "poll_after_ms": 1 } }, { "body": { "status": "succeeded", "payment_id": "pay_later" } }],
    }))
    .await;
    widget.part("accept").click();
    widget.until_state("processing").await;
    widget.until_state("succeeded").await;
    let asked = widget.requests("status");
    assert_eq!(asked.len(), 2);
    assert!(asked[0]["url"].as_str().unwrap().ends_with("/status?offer_id=course"));
    assert_eq!(asked[0]["auth"], "Bearer TOKEN");
}

#[wasm_bindgen_test]
async fn a_lost_answer_is_checked_and_then_told() {
    let widget = Widget::offered(json!({
        "accept": [{ "lost": true }],
        "status": [{ "body": { "status": "succeeded", "payment_id": "pay_lost" } }],
    }))
    .await;
    widget.part("accept").click();
    widget.until_state("unknown").await;
    assert!(widget.text("notice").contains("Please do not pay again"));
    assert!(widget.find("[part=link], [part=accept]").is_none());
    widget.until_state("succeeded").await;
    assert_eq!(widget.requests("accept").len(), 1);
}

#[wasm_bindgen_test]
async fn a_moved_price_is_shown_and_asked_again() {
    let dearer = offer_with(&[
        ("/token", json!("SECOND")),
        ("/quote/due_now", json!(6000)),
        ("/quote/total", json!(6000)),
    ]);
    let widget = Widget::offered(json!({ "accept": [{ "body": { "status": "requote", "offer": dearer } }, { "body": { "status": "succeeded" } }] })).await;
    widget.part("accept").click();
    until("the new price", || widget.find("[part=warning]").is_some()).await;
    assert!(widget.text("accept").contains("$60.00"));
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    assert!(widget.requests("accept")[1]["body"].as_str().unwrap().contains("SECOND"));
}
