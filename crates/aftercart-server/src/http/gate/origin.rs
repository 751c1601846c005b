//! Which pages may change something.
//!
//! 1. A POST that names an origin outside the list is refused with 403, before its body is read.
//! 2. Accept and decline must name one: browsers do so for every POST, and a shopper's page is a
//!    browser's. A form on a foreign page therefore cannot spend a token that leaked to it.
//! 3. An origin is compared as it is sent, letter by letter. Two of them, `null`, another case, a
//!    path or a port more is another origin.
//! 4. Our own public address is always in the list.
//!
//! Source: OWASP CSRF Prevention Cheat Sheet, "Verifying Origin With Standard Headers"; RFC 6454.

use crate::config::Config;
use crate::http::problem;
use crate::http::router::Shared;
use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

/// The request's origin, if it is in the list.
pub(super) fn allowed_origin<'a>(config: &Config, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    let mut named = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (named.next(), named.next()) else { return None };
    let text = origin.to_str().ok()?;
    let is_listed = config.allowed_origins.iter().any(|allowed| allowed == text);
    let is_own = config.public_url.as_ref().is_some_and(|url| url.origin() == text);
    (is_listed || is_own).then_some(origin)
}

/// Refuses a change that comes from an origin outside the list.
pub(super) fn known(allowed: Option<&HeaderValue>, request: &Request) -> Option<Response> {
    let changes = request.method() == Method::POST && request.headers().contains_key(ORIGIN);
    let is_foreign = changes && allowed.is_none();
    is_foreign.then(|| not_allowed("this page's origin is not in allowed_origins"))
}

/// Refuses what names no origin, or one outside the list.
pub(crate) async fn named_origin(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if allowed_origin(&shared.core.config, request.headers()).is_none() {
        return not_allowed("answering an offer needs an Origin header that is in allowed_origins");
    }
    next.run(request).await
}

fn not_allowed(text: &str) -> Response {
    problem::answer(StatusCode::FORBIDDEN, "origin_not_allowed", text, false)
}
