//! Whole documents, in both directions.

use crate::rules::{schema, success_was_said, was_read_well};
use aftercart_contract::{
    AcceptRequest, ContractError, DeclineRequest, DeclineResponse, EventBatch, MAX_DOCUMENT, OfferAnswer,
    Outcome, Problem,
};
use aftercart_fuzz::{Corpus, fuzz};
use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// An answer: read by its `from_json`, in the browser.
fn answers<T>(
    input: &[u8],
    schema: &Validator,
    read: impl Fn(&str) -> Result<T, ContractError>,
    also: impl Fn(&T, &Value) -> Result<(), String>,
) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    check(input, schema, read, |value, given| {
        let is_bounded = input.len() <= MAX_DOCUMENT;
        if is_bounded { also(value, given) } else { Err("longer than the bound and read".to_owned()) }
    })
}

/// Reads text, and checks what was read.
fn check<T, E>(
    input: &[u8],
    schema: &Validator,
    read: impl Fn(&str) -> Result<T, E>,
    also: impl Fn(&T, &Value) -> Result<(), String>,
) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let Ok(text) = std::str::from_utf8(input) else { return Ok(()) };
    let Ok(value) = read(text) else { return Ok(()) };
    // Serde skips unknown members unread, so a broken escape in one of them goes unnoticed there.
    let Ok(given) = serde_json::from_str(text) else { return Ok(()) };
    was_read_well(&given, &value, schema)?;
    also(&value, &given)
}

/// A request: read through serde, as servers do.
fn requests<T>(name: &str, also: impl Fn(&T) -> Result<(), String>)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let (corpus, schema) = (Corpus::fixtures("contract", &[&format!("{name}.")]), schema(name));
    fuzz(name, &corpus, |input| {
        check(input, &schema, |text| serde_json::from_str::<T>(text), |value, _| also(value))
    });
}

#[test]
fn offer_answer() {
    let (corpus, schema) = (Corpus::fixtures("contract", &["answer.", "guide_answer."]), schema("answer"));
    fuzz("offer_answer", &corpus, |input| {
        answers(input, &schema, OfferAnswer::from_json, |answer, given| match answer {
            OfferAnswer::Ineligible(nothing) => nothing.outcome.as_ref().map_or(Ok(()), |outcome| {
                success_was_said(outcome, given.get("outcome").unwrap_or(&Value::Null))
            }),
            OfferAnswer::Offer(_) if given.get("eligible") == Some(&Value::Bool(false)) => {
                Err("an offer where there is none".to_owned())
            }
            OfferAnswer::Offer(_) => Ok(()),
        })
    });
}

#[test]
fn outcome() {
    let (corpus, schema) = (Corpus::fixtures("contract", &["outcome.", "guide_outcome."]), schema("outcome"));
    fuzz("outcome", &corpus, |input| answers(input, &schema, Outcome::from_json, success_was_said));
}

#[test]
fn decline_response() {
    let (corpus, schema) = (Corpus::fixtures("contract", &["decline_response."]), schema("decline_response"));
    fuzz("decline_response", &corpus, |input| {
        answers(input, &schema, DeclineResponse::from_json, |_, _| Ok(()))
    });
}

#[test]
fn problem() {
    let (corpus, schema) = (Corpus::fixtures("contract", &["problem."]), schema("problem"));
    fuzz("problem", &corpus, |input| answers(input, &schema, Problem::from_json, |_, _| Ok(())));
}

#[test]
fn accept_request() {
    requests::<AcceptRequest>("accept_request", |_| Ok(()));
}

#[test]
fn decline_request() {
    requests::<DeclineRequest>("decline_request", |_| Ok(()));
}

#[test]
fn event_batch() {
    requests::<EventBatch>("event_batch", |batch| {
        if batch.events.len() > 50 { Err(format!("{} events", batch.events.len())) } else { Ok(()) }
    });
}
