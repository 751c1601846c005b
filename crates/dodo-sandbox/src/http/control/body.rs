//! JSON in and out of the control calls, with errors in the API's shape.

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::core::ApiError;

/// A JSON document, or `{code, message}` with its status.
pub(in crate::http) struct Answered(pub(in crate::http) Result<Value, ApiError>);

impl From<Result<Value, ApiError>> for Answered {
    fn from(result: Result<Value, ApiError>) -> Self {
        Self(result)
    }
}

impl From<Value> for Answered {
    fn from(document: Value) -> Self {
        Self(Ok(document))
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let (status, document) = match self.0 {
            Ok(document) => (StatusCode::OK, document),
            Err(error) => (
                StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                error.body(),
            ),
        };
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
        (status, headers, document.to_string()).into_response()
    }
}

/// The body as `T`; an empty one counts as `{}`. Errors: 400 for what is not JSON, 422 for other JSON.
pub(super) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(text).map_err(|error| {
        ApiError::new(400, "INVALID_REQUEST_BODY", format!("the body is not JSON: {error}"))
    })?;
    serde_json::from_value(value)
        .map_err(|error| ApiError::new(422, "INVALID_REQUEST_BODY", error.to_string()))
}
