//! Which pages may read our answers (CORS). No cookie is ever used, so none is ever shared.

use super::origin::allowed_origin;
use crate::http::router::Shared;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Names the allowed origin on every answer, refusals included, and answers preflights.
pub(crate) async fn share(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let allowed = allowed_origin(&shared.core.config, request.headers()).cloned();
    let is_preflight = request.method() == Method::OPTIONS && request.headers().contains_key(ORIGIN);
    let mut response =
        if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    name_allowed(response.headers_mut(), allowed, is_preflight);
    response
}

fn name_allowed(headers: &mut HeaderMap, allowed: Option<HeaderValue>, is_preflight: bool) {
    headers.append(VARY, HeaderValue::from_static("origin"));
    let Some(origin) = allowed else { return };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    if is_preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let names = "content-type, authorization, idempotency-key";
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(names));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}
