//! The documents of `fixtures/contract` as this stage's backend sends them: with a picture that exists, and in the
//! shopper's language as our own backend would.

use aftercart_words::{backend, widget_table};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// A document by its file name without `.json`.
pub(super) fn document(name: &str) -> Result<Value> {
    let file = crate::repository().join(format!("fixtures/contract/{name}.json"));
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

/// Makes every offer in a document one of this page and this language.
pub(super) fn localise(value: &mut Value, origin: &str, language: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| localise(item, origin, language)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| localise(field, origin, language));
            if let Some(Value::String(address)) = fields.get_mut("image_url") {
                *address = format!("{origin}/product.svg");
            }
            if fields.contains_key("eligible") || fields.contains_key("product") {
                let words = widget_table(language).iter().map(|(key, text)| ((*key).to_owned(), json!(text)));
                fields.insert("copy".to_owned(), Value::Object(words.collect()));
                fields.insert("locale".to_owned(), json!(language));
            }
            if language != "en" {
                translate(fields, language);
            }
        }
        _ => {}
    }
}

/// Words of the backend's own. Money and days are left to the browser, which knows how the language writes them.
fn translate(fields: &mut Map<String, Value>, language: &str) {
    let words =
        [("message", "failure_funds"), ("consent", "law_consent_digital"), ("withdrawal", "law_withdrawal")];
    for (name, key) in words {
        if let Some(Value::String(text)) = fields.get_mut(name) {
            backend(language, key).clone_into(text);
        }
    }
    if let Some(display) = fields.get_mut("display") {
        *display = if display.is_object() { json!({}) } else { Value::Null };
    }
    fields.remove("effective_on");
    super::products::translate(fields, language);
}

/// A second saved card.
pub(super) fn second_method(offer: &mut Value) {
    let card = json!({ "ref": "m_2", "kind": "card", "brand": "Mastercard", "last4": "4444", "expires": "2030-11",
        "default": false });
    if let Some(methods) = offer.get_mut("payment_methods").and_then(Value::as_array_mut) {
        methods.push(card);
    }
}

/// The quote for so many, as a backend without discounts makes it.
pub(super) fn scaled(offer: &mut Value, quantity: u64) {
    let Some(quote) = offer.get_mut("quote").and_then(Value::as_object_mut) else { return };
    for name in ["subtotal", "tax", "total", "due_now"] {
        if let Some(amount) = quote.get(name).and_then(Value::as_u64) {
            quote.insert(name.to_owned(), json!(amount * quantity));
        }
    }
    quote.insert("quantity".to_owned(), json!(quantity));
}
