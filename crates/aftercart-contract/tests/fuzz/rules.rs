//! The rules that every reader keeps.
//!
//! 1. What was read, written and read again is the same value; what matched the schema still does. (The readers
//!    take more than the schema allows: documents of backends written from Dodo's guide.)
//! 2. No amount changes: every number that is written stands at the same place in what was read.
//! 3. Success is only what says so in so many words.
//! 4. An address leads to the web: a browser's own parser sees `https:`, or `http:` on this machine,
//!    and the same host.
//! 5. Nothing longer than its bound is read.

use aftercart_contract::Outcome;
use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::net::Ipv4Addr;
use url::{Host, Url};

/// The published schema of one kind of document.
pub(crate) fn schema(definition: &str) -> Validator {
    let mut schema: Value = serde_json::from_str(include_str!("../../schema/contract.schema.json")).unwrap();
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    jsonschema::validator_for(&schema).unwrap()
}

/// Rules 1, 2, 4 and 5, for what was read from this document.
pub(crate) fn was_read_well<T>(given: &Value, value: &T, schema: &Validator) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let written = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let again: T = serde_json::from_value(written.clone())
        .map_err(|error| format!("written and not readable: {error}: {written}"))?;
    if again != *value {
        return Err(format!("written and read again it is another: {again:?}"));
    }
    if schema.is_valid(given) {
        schema
            .validate(&written)
            .map_err(|error| format!("written against the schema: {error}: {written}"))?;
    }
    compare("", &written, Some(given))
}

/// Rules 2, 4 and 5, member by member.
fn compare(path: &str, written: &Value, given: Option<&Value>) -> Result<(), String> {
    match written {
        Value::Object(members) => {
            let given = unwrapped(written, given);
            members.iter().try_for_each(|(name, member)| {
                let inside = format!("{path}/{name}");
                compare(&inside, member, given.and_then(|given| given.get(name)))
            })
        }
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            compare(&format!("{path}/{index}"), item, given.and_then(|given| given.get(index)))
        }),
        Value::Number(number) => number_is_given(path, number.as_f64(), given),
        Value::String(text) => text_is_allowed(path, text),
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

/// `accepted before` inside itself is taken off by the reader, so the given document is looked into as deeply.
fn unwrapped<'a>(written: &Value, mut given: Option<&'a Value>) -> Option<&'a Value> {
    while let Some(inside) = given
        && inside.get("status") == Some(&json!("already_accepted"))
        && written.get("status").is_some_and(|status| inside.get("status") != Some(status))
    {
        given = inside.get("outcome");
    }
    given
}

fn number_is_given(path: &str, number: Option<f64>, given: Option<&Value>) -> Result<(), String> {
    let of_price_object = |given: &Value| {
        let named = ["price", "fixed_price"].map(|name| given.get(name).filter(|price| !price.is_null()));
        named.into_iter().flatten().next().and_then(Value::as_f64)
    };
    // The generation that is written is ours, whichever was read.
    if path == "/contract" {
        return if number == Some(1.0) { Ok(()) } else { Err(format!("contract {number:?}")) };
    }
    let expected = match given.filter(|given| !given.is_null()) {
        Some(object) if object.is_object() => of_price_object(object),
        Some(value) => value.as_f64(),
        // A quote that names no quantity is for one.
        None if path.ends_with("/quote/quantity") => Some(1.0),
        None => Some(0.0),
    };
    if number == expected { Ok(()) } else { Err(format!("{path} is {number:?}, given was {given:?}")) }
}

fn text_is_allowed(path: &str, text: &str) -> Result<(), String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let longest = match name {
        "token" | "checkout_url" | "update_url" | "image_url" | "url" => 2048,
        "offer_id" | "id" | "payment_id" | "session_id" | "ref" => 128,
        _ => return Ok(()),
    };
    // The merchant's own words have names of their own choosing.
    if path.contains("/copy/") {
        return Ok(());
    }
    if text.is_empty() || text.len() > longest {
        return Err(format!("{path} has {} bytes", text.len()));
    }
    if name.ends_with("url") { leads_to_the_web(text) } else { Ok(()) }
}

/// Rule 4.
pub(crate) fn leads_to_the_web(text: &str) -> Result<(), String> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        // Whether punycode decodes is for the browser to find out: what does not leads nowhere.
        Err(_) if text.to_ascii_lowercase().contains("xn--") => return Ok(()),
        Err(error) => return Err(format!("{text} is no address to a browser: {error}")),
    };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_local;
    let has_nobody = url.username().is_empty() && url.password().is_none();
    if is_safe && has_nobody { Ok(()) } else { Err(format!("{text} leads to {url}")) }
}

/// Rule 3, for what was read from this document.
pub(crate) fn success_was_said(outcome: &Outcome, given: &Value) -> Result<(), String> {
    let is = |name: &str, value: Value| given.get(name) == Some(&value);
    let is_absent = |name: &str| given.get(name).is_none_or(Value::is_null);
    let ours = is("status", json!("succeeded"));
    let guides = is_absent("status") && is_absent("error") && is("success", json!(true));
    match outcome {
        Outcome::Succeeded { .. } if ours || guides => Ok(()),
        Outcome::Succeeded { .. } => Err("success that nobody spoke of".to_owned()),
        Outcome::AlreadyAccepted { outcome } => {
            let mut inside = given.get("outcome").unwrap_or(&Value::Null);
            while inside.get("status") == Some(&json!("already_accepted")) {
                inside = inside.get("outcome").unwrap_or(&Value::Null);
            }
            success_was_said(outcome, inside)
        }
        _ => Ok(()),
    }
}
