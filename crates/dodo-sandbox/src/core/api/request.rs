//! A request as the core sees it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::query::Query;
use crate::core::error::ApiError;

/// One API call, free of any HTTP library.
#[derive(Clone, Debug, Default)]
pub struct ApiRequest {
    /// Upper case.
    pub method: String,
    /// Begins with a slash, percent-decoded segments are not needed for Dodo's ids.
    pub path: String,
    /// Decoded pairs in order.
    pub query: Vec<(String, String)>,
    /// What followed `Bearer`, if anything did.
    pub bearer: Option<String>,
    /// As received.
    pub body: Vec<u8>,
}

impl ApiRequest {
    /// The body as `T`. Errors: 400 when it is not JSON, 422 when it is other JSON.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let value: Value = serde_json::from_slice(&self.body).map_err(|error| {
            ApiError::new(400, "INVALID_REQUEST_BODY", format!("the body is not JSON: {error}"))
        })?;
        serde_json::from_value(value)
            .map_err(|error| ApiError::new(422, "INVALID_REQUEST_BODY", error.to_string()))
    }

    pub(crate) fn parameters(&self) -> Query<'_> {
        Query(&self.query)
    }

    /// The body for the log: JSON, or the text when it is not JSON, or null.
    pub(crate) fn loggable_body(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.body).into_owned()))
    }
}
