//! Refusals of the API: a status and Dodo's `{code, message}`.

use serde_json::{Value, json};

/// An answer that is not 2xx. Codes and statuses follow Dodo's list; the wording is ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Dodo's upper-case code.
    pub code: String,
    /// A sentence for the developer who reads it.
    pub message: String,
    /// Seconds for the `Retry-After` header.
    pub retry_after: Option<u64>,
}

impl ApiError {
    /// Any status and code.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), retry_after: None }
    }

    /// 404: nothing of that id exists, or it belongs to someone else.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "Item not found")
    }

    /// 422: the request is readable but breaks a rule.
    pub(crate) fn parameters(message: impl Into<String>) -> Self {
        Self::new(422, "INVALID_REQUEST_PARAMETERS", message)
    }

    /// 401: no key, or not ours.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "UNAUTHORIZED", "You are not authorised to perform this action")
    }

    /// The body Dodo sends with it.
    pub fn body(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }
}
