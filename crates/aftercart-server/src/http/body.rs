//! Reading a request's body: bounded, and JSON only where JSON is due.

use super::problem::{answer, answer_and_close, malformed};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::de::DeserializeOwned;

/// What shoppers' pages send is small.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// The body as a document of the contract. `also` names a second content type that is taken.
pub(super) async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    also: Option<&str>,
) -> Result<T, Response> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") && Some(kind) != also {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(answer(status, "unsupported_media_type", "send application/json", false));
    }
    let bytes = bounded(body, MAX_BODY).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| malformed(&format!("the body is not what is expected: {error}")))
}

/// At most this many bytes, else 413. The gate has read them all.
pub(super) async fn bounded(body: Body, limit: usize) -> Result<Bytes, Response> {
    to_bytes(body, limit).await.map_err(|error| {
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            if cause.to_string().contains("length limit exceeded") {
                let text = format!("the body is longer than {limit} bytes");
                return answer_and_close(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &text, false);
            }
            source = cause.source();
        }
        malformed("the body ended early")
    })
}
