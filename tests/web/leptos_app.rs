//! `<UpsellOffer/>` inside a Leptos app.

use crate::fixture::{Stage, offer, until};
use aftercart::UpsellOffer;
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

#[wasm_bindgen_test]
async fn the_component_shows_accepts_and_goes_with_its_owner() {
    let stage = Stage::new(
        json!({ "offer": [{ "body": offer() }], "accept": [{ "body": { "status": "succeeded" } }] }),
        json!({}),
    );
    let is_open = RwSignal::new(true);
    let endpoint = format!("/{}", stage.name);
    let app = leptos::mount::mount_to(stage.host.clone(), move || {
        let endpoint = endpoint.clone();
        view! {
            <Show when=move || is_open.get()>
                <UpsellOffer subject="pay_1" endpoint=endpoint.clone() locale="en"><p>"fallback"</p></UpsellOffer>
            </Show>
        }
    });
    let host =
        || stage.host.query_selector(".aftercart-offer").unwrap().map(JsCast::unchecked_into::<HtmlElement>);
    let part = |name: &str| {
        let root = host()?.shadow_root()?;
        root.query_selector(&format!("[part~={name}]")).unwrap().map(JsCast::unchecked_into::<HtmlElement>)
    };
    until("the offer", || part("accept").is_some()).await;
    part("accept").unwrap().click();
    until("success", || host().unwrap().get_attribute("data-state").as_deref() == Some("succeeded")).await;
    assert_eq!(stage.count_events("succeeded"), 1, "events bubble out of the component");
    is_open.set(false);
    until("the end", || host().is_none()).await;
    drop(app);
    stage.host.remove();
}
