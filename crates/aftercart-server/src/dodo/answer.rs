//! Reading an answer of Dodo, and its error documents.

use super::DodoError;
use super::wire::Answer;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct ErrorDocument {
    code: Option<String>,
}

/// The document of a 2xx answer, or the error that another status means.
pub(super) fn document<T: DeserializeOwned>(answer: &Answer) -> Result<T, DodoError> {
    if (200..300).contains(&answer.status) {
        return serde_json::from_slice(&answer.body).map_err(|error| unreadable(&error));
    }
    let code = serde_json::from_slice::<ErrorDocument>(&answer.body).ok().and_then(|document| document.code);
    let code = code.filter(|code| code.len() <= 80).unwrap_or_default();
    Err(DodoError::Refused { status: answer.status, code })
}

/// Where reading stopped. Not serde's own text: it repeats values, and values may be personal.
fn unreadable(error: &serde_json::Error) -> DodoError {
    let (kind, line, column) = (error.classify(), error.line(), error.column());
    DodoError::Unreadable(format!("{kind:?} error at line {line} column {column}"))
}
