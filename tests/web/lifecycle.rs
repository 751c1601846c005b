//! Several widgets, and none.

use crate::fixture::{Stage, Widget, offer, offer_with, settle};
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn two_widgets_on_one_page_do_not_know_each_other() {
    let first = Widget::offered(json!({ "accept": [{ "body": { "status": "succeeded" } }] })).await;
    let second = Stage::new(
        json!({ "offer": [{ "body": offer_with(&[("/product/name", json!("Another"))]) }] }),
        json!({}),
    )
    .mount();
    second.until_state("offer").await;
    first.part("accept").click();
    first.until_state("succeeded").await;
    settle().await;
    assert_eq!((second.state().as_str(), second.text("title").as_str()), ("offer", "Another"));
    assert_eq!(second.requests("accept").len(), 0);
}

/// What a page puts into a slot stands inside the card and is still the page's, whatever it is marked with.
#[wasm_bindgen_test]
async fn a_button_of_the_page_inside_the_card_is_not_the_widgets() {
    let widget = Widget::offered(json!({ "accept": [{ "body": { "status": "succeeded" } }] })).await;
    let own = widget.host.owner_document().unwrap().create_element("button").unwrap();
    own.set_attribute("slot", "footer").unwrap();
    own.set_attribute("data-act", "accept").unwrap();
    widget.host.append_child(&own).unwrap();
    own.unchecked_ref::<web_sys::HtmlElement>().click();
    settle().await;
    assert_eq!((widget.state().as_str(), widget.requests("accept").len()), ("offer", 0));
    own.set_attribute("slot", "").unwrap();
    widget.part("accept").click();
    widget.until_state("succeeded").await;
}

#[wasm_bindgen_test]
async fn unmounting_leaves_nothing_behind() {
    let mut widget = Widget::offered(json!({ "accept": [{ "body": { "status": "processing", "poll_after_ms": 1 } }], "status": [{ "body": { "status": "succeeded" } }] })).await;
    widget.part("accept").click();
    widget.until_state("processing").await;
    let events = widget.events().len();
    widget.mounted = None;
    assert!(widget.find(".base > *").is_none(), "the view is gone");
    gloo_timers::future::TimeoutFuture::new(1_500).await;
    assert_eq!(widget.requests("status").len(), 0, "no timer fires any more");
    assert_eq!(widget.events().len(), events, "no event is sent any more");
}

#[wasm_bindgen_test]
async fn an_answer_after_unmounting_is_dropped() {
    let mut widget = Stage::new(json!({ "offer": [{ "body": offer() }] }), json!({})).mount();
    widget.mounted = None;
    settle().await;
    assert_eq!(widget.count_events("shown"), 0);
}

#[wasm_bindgen_test]
async fn mounting_again_starts_anew() {
    let mut widget = Widget::offered(json!({})).await;
    widget.mounted = None;
    widget.mounted = aftercart::mount(&widget.host).ok();
    widget.until_state("offer").await;
    settle().await;
    assert_eq!(widget.root().inner_html().matches("<section").count(), 1);
}

#[wasm_bindgen_test]
async fn a_refresh_asks_for_a_fresh_offer_and_never_covers_an_attempt() {
    let widget = Widget::offered(json!({ "accept": [{ "never": true }] })).await;
    let mounted = widget.mounted.as_ref().unwrap();
    mounted.refresh();
    widget.until_state("offer").await;
    assert_eq!(widget.requests("offer").len(), 2);
    widget.part("accept").click();
    mounted.refresh();
    settle().await;
    assert_eq!((widget.state().as_str(), widget.requests("offer").len()), ("charging", 2));
}
