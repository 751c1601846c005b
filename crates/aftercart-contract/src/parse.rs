//! JSON text into a tree, by the parser that is there anyway: a browser's own, elsewhere `serde_json`.
//!
//! Everything behind this room is the same code in both. A test in a browser gives both the same documents, whole and
//! damaged, and compares what the readers answer.

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use browser::parse;

/// Parses a whole document; the refusal names line and column.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub(crate) fn parse(text: &str) -> Result<crate::json::Json, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod browser {
    use crate::json::Json;
    use js_sys::{Array, JSON, Object};
    use wasm_bindgen::{JsCast as _, JsValue};

    /// The deepest nesting that is read, as in `serde_json`: bounds the stack of the readers too.
    const MAX_DEPTH: u8 = 127;

    /// Parses a whole document.
    pub(crate) fn parse(text: &str) -> Result<Json, String> {
        let value = JSON::parse(text).map_err(|_| "not JSON")?;
        tree(&value, MAX_DEPTH).ok_or_else(|| "nested too deeply".to_owned())
    }

    /// The value with `levels` of lists and objects at most.
    fn tree(value: &JsValue, levels: u8) -> Option<Json> {
        if let Some(text) = value.as_string() {
            return Some(Json::Text(text));
        }
        if let Some(number) = value.as_f64() {
            return Some(Json::number(number));
        }
        if let Some(flag) = value.as_bool() {
            return Some(Json::Bool(flag));
        }
        if value.is_null() {
            return Some(Json::Null);
        }
        let levels = levels.checked_sub(1)?;
        if let Some(list) = value.dyn_ref::<Array>() {
            return list.iter().map(|item| tree(&item, levels)).collect::<Option<_>>().map(Json::List);
        }
        let fields = Object::entries(value.unchecked_ref());
        let field = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            Some((entry.get(0).as_string()?, tree(&entry.get(1), levels)?))
        };
        fields.iter().map(field).collect::<Option<_>>().map(Json::Object)
    }
}
