//! `<UpsellOffer/>` inside a Leptos app.

use crate::fixture::{Stage, offer, until};
use aftercart::{OfferSlot, UpsellOffer};
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

#[wasm_bindgen_test]
async fn an_applications_own_content_stands_in_its_places_and_stays_its_own() {
    let accepted = json!({ "accept": [{ "body": { "status": "succeeded" } }] });
    let stage =
        Stage::new(json!({ "offer": [{ "body": offer() }], "accept": accepted["accept"] }), json!({}));
    let (endpoint, clicks) = (format!("/{}", stage.name), RwSignal::new(0));
    let app = leptos::mount::mount_to(stage.host.clone(), move || {
        view! {
            <UpsellOffer subject="pay_1" endpoint=endpoint.clone() locale="en">
                <OfferSlot slot:media><p>"A film"</p></OfferSlot>
                <OfferSlot slot:details><p>"Three more weeks"</p></OfferSlot>
                <OfferSlot slot:footer>
                    <button on:click=move |_| clicks.update(|clicks| *clicks += 1)>"Asked " {clicks} " times"</button>
                </OfferSlot>
                <p>"fallback"</p>
            </UpsellOffer>
        }
    });
    let host: HtmlElement = stage.host.query_selector(".aftercart-offer").unwrap().unwrap().unchecked_into();
    until("the offer", || host.get_attribute("data-state").as_deref() == Some("offer")).await;
    let own = |name: &str| -> HtmlElement {
        host.query_selector(&format!("[slot={name}]")).unwrap().unwrap().unchecked_into()
    };
    until("the places", || ["media", "details", "footer"].iter().all(|name| own(name).offset_height() > 0))
        .await;
    let top = |element: &web_sys::Element| element.get_bounding_client_rect().top();
    let part =
        |name: &str| host.shadow_root().unwrap().query_selector(&format!("[part~={name}]")).unwrap().unwrap();
    assert!(top(&own("media")) < top(&part("title")) && top(&part("title")) < top(&own("details")));
    assert!(top(&part("decline")) < top(&own("footer")));
    let button: HtmlElement = own("footer").query_selector("button").unwrap().unwrap().unchecked_into();
    button.click();
    until("its own signal", || button.inner_text() == "Asked 1 times").await;
    let fallback: HtmlElement = host.query_selector(":scope > p").unwrap().unwrap().unchecked_into();
    assert_eq!(fallback.offset_height(), 0, "the fallback waits for trouble");
    part("accept").unchecked_into::<HtmlElement>().click();
    until("the receipt", || own("footer").offset_height() == 0).await;
    drop(app);
    stage.host.remove();
}

#[wasm_bindgen_test]
async fn in_trouble_only_the_fallback_shows() {
    let stage = Stage::new(json!({ "offer": [{ "status": 500 }] }), json!({}));
    let endpoint = format!("/{}", stage.name);
    let app = leptos::mount::mount_to(stage.host.clone(), move || {
        view! {
            <UpsellOffer subject="pay_1" endpoint=endpoint.clone()>
                <OfferSlot slot:footer>"Our terms"</OfferSlot>
                <p>"fallback"</p>
            </UpsellOffer>
        }
    });
    let host: HtmlElement = stage.host.query_selector(".aftercart-offer").unwrap().unwrap().unchecked_into();
    until("trouble", || host.get_attribute("data-state").as_deref() == Some("error")).await;
    assert_eq!(host.inner_text().trim(), "fallback");
    drop(app);
    stage.host.remove();
}
