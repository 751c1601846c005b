//! The product's own words in every language, as a merchant would have written them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// Language, English text, text.
type Translations = HashMap<String, HashMap<String, String>>;

static TRANSLATIONS: LazyLock<Translations> =
    LazyLock::new(|| serde_json::from_str(include_str!("products.json")).unwrap_or_default());

/// Puts the words of this language into every text field that `products.json` knows.
pub(super) fn translate(fields: &mut Map<String, Value>, language: &str) {
    let Some(texts) = TRANSLATIONS.get(language) else { return };
    for value in fields.values_mut() {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| exchange(item, texts)),
            value => exchange(value, texts),
        }
    }
}

fn exchange(value: &mut Value, texts: &HashMap<String, String>) {
    if let Value::String(text) = value
        && let Some(translated) = texts.get(text.as_str())
    {
        translated.clone_into(text);
    }
}
