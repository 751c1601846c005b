//! Which pages may talk to us.
//!
//! 1. A page may read our answers only if its origin is allowed (CORS; no cookies are ever used).
//! 2. A request that changes something and names an origin that is not allowed is refused with 403,
//!    before its body is read. A server-side caller names none.
//! 3. Our own public address is always allowed.

use super::problem;
use super::router::Shared;
use crate::config::Config;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let allowed = origin.as_ref().filter(|origin| is_allowed(&shared.core.config, origin)).cloned();
    let is_preflight = request.method() == Method::OPTIONS && origin.is_some();
    let changes = request.method() == Method::POST;
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else if changes && origin.is_some() && allowed.is_none() {
        let text = "this page's origin is not in allowed_origins";
        problem::answer(StatusCode::FORBIDDEN, "origin_not_allowed", text, false)
    } else {
        next.run(request).await
    };
    name_allowed(response.headers_mut(), allowed, is_preflight);
    response
}

fn name_allowed(headers: &mut HeaderMap, allowed: Option<HeaderValue>, is_preflight: bool) {
    headers.append(VARY, HeaderValue::from_static("origin"));
    let Some(origin) = allowed else { return };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if is_preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let names = "content-type, authorization, idempotency-key";
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(names));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

fn is_allowed(config: &Config, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    config.allowed_origins.iter().any(|allowed| allowed == origin)
        || config.public_url.as_ref().is_some_and(|url| url.origin() == origin)
}
