//! The `Authorization: Bearer` header.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The credential, if there is one. The scheme's case does not matter (RFC 9110).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}
