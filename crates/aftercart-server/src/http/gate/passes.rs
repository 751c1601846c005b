//! The way through the gate for each group of routes: one layer each, as every layer costs each request.

use super::cors::{is_preflight, name_allowed};
use super::flight::bounded;
use super::origin::{allowed_origin, known};
use super::rate;
use super::time::in_time;
use crate::http::router::Shared;
use crate::http::subject::ForSubject;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What shoppers' pages ask.
pub(crate) async fn shoppers(
    State(shared): State<Shared>,
    subject: Result<ForSubject, Response>,
    request: Request,
    next: Next,
) -> Response {
    let allowed = allowed_origin(&shared.core.config, request.headers()).cloned();
    let is_preflight = is_preflight(&request);
    let refused = || {
        rate::of_address(&shared.gate, &shared.core.config.limits, &request)
            .or_else(|| known(allowed.as_ref(), &request))
            .or_else(|| rate::of_subject(&shared.gate, subject))
    };
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else if let Some(refused) = refused() {
        refused
    } else {
        bounded(&shared.gate, in_time(&shared.core.config.limits, request, next)).await
    };
    name_allowed(response.headers_mut(), allowed, is_preflight);
    response
}

/// What anybody else may ask.
pub(crate) async fn callers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let limits = &shared.core.config.limits;
    match rate::of_address(&shared.gate, limits, &request) {
        Some(refused) => refused,
        None => bounded(&shared.gate, in_time(limits, request, next)).await,
    }
}

/// What Dodo tells.
pub(crate) async fn webhooks(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    bounded(&shared.gate, in_time(&shared.core.config.limits, request, next)).await
}

/// What is asked to see whether the server is well.
pub(crate) async fn watchers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match rate::of_address(&shared.gate, &shared.core.config.limits, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}
