//! What an offer looks like.

use crate::fixture::{Stage, Widget, offer_with, put};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

async fn shown(changes: &[(&str, Value)], attributes: Value) -> Widget {
    let widget = Stage::new(json!({ "offer": [{ "body": offer_with(changes) }] }), attributes).mount();
    widget.until_state("offer").await;
    widget
}

#[wasm_bindgen_test]
async fn the_accept_button_names_amount_and_card() {
    let widget = shown(&[], json!({})).await;
    assert_eq!(widget.text("accept"), "Pay $53.90 with Visa ···· 4242");
    assert_eq!(widget.text("price"), "$49.00");
    assert_eq!(widget.text("total"), "$53.90 in total, including $4.90 tax");
}

#[wasm_bindgen_test]
async fn every_documented_part_exists() {
    let widget = shown(&[], json!({})).await;
    for part in [
        "card",
        "image",
        "eyebrow",
        "title",
        "description",
        "features",
        "social-proof",
        "deal",
        "price",
        "total",
        "accept",
        "decline",
        "terms",
    ] {
        widget.part(part);
    }
}

#[wasm_bindgen_test]
async fn the_servers_money_text_wins_over_the_browsers() {
    let widget =
        shown(&[("/quote/display", json!({ "due_now": "US$ 53.90!", "price": "US$ 49!" }))], json!({})).await;
    assert!(widget.text("accept").contains("US$ 53.90!"));
    assert_eq!(widget.text("price"), "US$ 49!");
}

#[wasm_bindgen_test]
async fn money_has_as_many_decimals_as_its_currency() {
    for (currency, amount, text) in
        [("JPY", 4500, "¥4,500"), ("KWD", 12_500, "KWD 12.500"), ("EUR", 1999, "€19.99")]
    {
        let changes = [
            ("/product/currency", json!(currency)),
            ("/product/price", json!(amount)),
            ("/quote/currency", json!(currency)),
        ];
        let widget = shown(&changes, json!({})).await;
        assert_eq!(widget.text("price"), text);
    }
}

#[wasm_bindgen_test]
async fn french_pages_get_french_words_and_money() {
    let words = [("/locale", json!("fr")), ("/copy", words_of("fr"))];
    let widget = shown(&words, json!({ "locale": "fr-FR" })).await;
    assert_eq!(widget.text("accept"), "Payer 53,90 $US avec Visa ···· 4242");
    assert_eq!(widget.text("decline"), "Non merci");
    let base = widget.find(".base").unwrap();
    assert_eq!(base.get_attribute("lang").as_deref(), Some("fr"));
}

#[wasm_bindgen_test]
async fn arabic_runs_from_right_to_left() {
    let words = [("/locale", json!("ar-EG")), ("/copy", words_of("ar"))];
    let widget = shown(&words, json!({ "locale": "ar-EG" })).await;
    assert_eq!(widget.text("decline"), "لا، شكرًا");
    assert_eq!(widget.find(".base").unwrap().get_attribute("dir").as_deref(), Some("rtl"));
}

/// A name in another script stands where the words around it do, not at the other side.
#[wasm_bindgen_test]
async fn a_latin_name_in_an_arabic_offer_is_aligned_with_it() {
    let words = [("/locale", json!("ar")), ("/copy", words_of("ar")), ("/product/name", json!("Pro"))];
    let widget = shown(&words, json!({ "locale": "ar" })).await;
    let name = widget.find("h2").unwrap();
    let gap = "const range = document.createRange(); range.selectNodeContents(name); \
               return name.getBoundingClientRect().right - range.getBoundingClientRect().right";
    let gap = js_sys::Function::new_with_args("name", gap).call1(&JsValue::NULL, &name).unwrap();
    assert!(gap.as_f64().unwrap().abs() < 1.0, "{gap:?} px beside its block's end");
}

/// A whole language, as our backend sends it with an offer.
fn words_of(tag: &str) -> serde_json::Value {
    aftercart_words::widget_table(tag).iter().map(|(key, text)| (*key, *text)).collect()
}

#[wasm_bindgen_test]
async fn words_that_no_offer_brought_are_fetched_from_beside_the_loader() {
    put("/shop/aftercart-fr.json", &words_of("fr").to_string());
    let loader = js_sys::Object::new();
    let files = "https://shop.example/shop/aftercart.js?2";
    js_sys::Reflect::set(&loader, &"files".into(), &files.into()).unwrap();
    js_sys::Reflect::set(&js_sys::global(), &"aftercart".into(), &loader).unwrap();
    let widget = shown(&[], json!({ "locale": "fr-FR" })).await;
    js_sys::Reflect::delete_property(&js_sys::global().into(), &"aftercart".into()).unwrap();
    assert_eq!(widget.text("decline"), "Non merci");
}

#[wasm_bindgen_test]
async fn an_unknown_language_falls_back_to_english() {
    let widget = shown(&[], json!({ "locale": "tlh-x-??" })).await;
    assert_eq!(widget.text("decline"), "No, thanks");
}

#[wasm_bindgen_test]
async fn a_plan_says_how_often_it_renews() {
    let changes = [
        ("/product/interval", json!({ "count": 3, "unit": "month" })),
        ("/quote/renewal", json!({ "amount": 5390, "interval": { "count": 3, "unit": "month" } })),
    ];
    let widget = shown(&changes, json!({})).await;
    assert_eq!(widget.text("price"), "$49.00 every 3 months");
    assert_eq!(widget.text("terms"), "Renews at $53.90 every 3 months until you cancel.");
}

#[wasm_bindgen_test]
async fn product_text_is_text_and_never_html() {
    let html = "<img src=x onerror=\"window.hacked = true\"><b>bold</b>";
    let changes = [
        ("/product/name", json!(html)),
        ("/product/description", json!(html)),
        ("/product/features", json!([html])),
        ("/social_proof/text", json!(html)),
    ];
    let widget = shown(&changes, json!({})).await;
    assert_eq!(widget.text("title"), html);
    assert!(widget.find("b, img[onerror]").is_none());
    assert!(js_sys::Reflect::get(&js_sys::global(), &"hacked".into()).unwrap().is_undefined());
}

#[wasm_bindgen_test]
async fn the_theme_attribute_sets_the_colours() {
    let background = |widget: &Widget| {
        let style = web_sys::window().unwrap().get_computed_style(&widget.part("card")).unwrap().unwrap();
        style.get_property_value("background-color").unwrap()
    };
    let light = shown(&[], json!({ "theme": "light" })).await;
    let dark = shown(&[], json!({ "theme": "dark" })).await;
    assert_eq!(background(&light), "rgb(255, 255, 255)");
    assert_eq!(background(&dark), "rgb(26, 29, 36)");
}

#[wasm_bindgen_test]
async fn buttons_are_equal_in_size() {
    let widget = shown(&[("/payment_methods", json!([]))], json!({})).await;
    let (accept, decline) = (widget.part("accept"), widget.part("decline"));
    assert_eq!(
        (accept.offset_width(), accept.offset_height()),
        (decline.offset_width(), decline.offset_height())
    );
}

#[wasm_bindgen_test]
async fn without_a_usable_card_the_button_leads_to_the_checkout() {
    let changes = [
        ("/mode", json!("checkout")),
        ("/checkout_url", json!("https://pay.example/s")),
        ("/payment_methods", json!([])),
    ];
    let widget = shown(&changes, json!({})).await;
    assert_eq!(widget.text("accept"), "Go to checkout to pay $53.90");
    widget.part("accept").click();
    assert_eq!(widget.requests("accept").len(), 0);
    assert!(
        widget
            .events()
            .iter()
            .any(|event| event.starts_with("redirect") && event.contains("https://pay.example/s"))
    );
}

#[wasm_bindgen_test]
async fn a_price_that_ran_out_cannot_be_paid_and_can_be_asked_again() {
    let changes = [("/quote/expires_at", json!("2026-01-16T10:00:00.050Z"))];
    let widget = Stage::new(
        json!({ "offer": [{ "body": offer_with(&changes) }, { "body": offer_with(&[]) }] }),
        json!({}),
    )
    .mount();
    widget.until_state("expired").await;
    assert!(widget.find("[part=accept]").is_none());
    widget.part("action").click();
    widget.until_state("offer").await;
    assert_eq!(widget.text("accept"), "Pay $53.90 with Visa ···· 4242");
}
