//! Saying no.

use crate::fixture::{Widget, offer_with, settle, until};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn declining_is_one_click_and_ends_it() {
    let widget = Widget::offered(json!({ "decline": [{ "body": { "next": null } }] })).await;
    widget.part("decline").click();
    widget.until_state("declined").await;
    assert_eq!(widget.text("title"), "No problem");
    assert_eq!((widget.requests("decline").len(), widget.requests("accept").len()), (1, 0));
    assert_eq!(widget.count_events("declined"), 1);
}

#[wasm_bindgen_test]
async fn a_decline_that_the_backend_cannot_take_is_a_decline_all_the_same() {
    let widget = Widget::offered(json!({ "decline": [{ "lost": true }] })).await;
    widget.part("decline").click();
    widget.until_state("declined").await;
}

#[wasm_bindgen_test]
async fn the_next_offer_appears_in_place_with_the_focus_on_it() {
    let smaller = offer_with(&[
        ("/offer_id", json!("guide")),
        ("/token", json!("SECOND")),
        ("/kind", json!("downsell")),
        ("/product/name", json!("Colour grading guide")),
    ]);
    let widget = Widget::offered(json!({ "decline": [{ "body": { "next": smaller } }], "accept": [{ "body": { "status": "succeeded" } }] })).await;
    let before = widget.host.offset_height();
    widget.part("decline").focus().unwrap();
    widget.part("decline").click();
    until("the next offer", || widget.text("title") == "Colour grading guide").await;
    settle().await;
    assert_eq!(widget.host.offset_height(), before, "nothing jumps");
    let focused = widget.root().active_element().and_then(|element| element.get_attribute("part"));
    assert_eq!(focused.as_deref(), Some("title"));
    widget.part("accept").click();
    widget.until_state("succeeded").await;
    assert!(widget.requests("accept")[0]["body"].as_str().unwrap().contains("guide"));
}
