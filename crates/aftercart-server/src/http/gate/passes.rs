//! The way through the gate for each group of routes: one layer each, as every layer costs each request.

use super::cors::{is_preflight, name_allowed};
use super::flight::bounded;
use super::origin::{allowed_origin, known};
use super::rate;
use super::time::in_time;
use super::whole::{Whole, whole};
use crate::http::body;
use crate::http::router::Shared;
use crate::http::subject::ForSubject;
use crate::http::webhooks;
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
        worked_on(&shared, body::MAX_BODY, request, next).await
    };
    name_allowed(response.headers_mut(), allowed, is_preflight);
    response
}

/// What anybody else may ask.
pub(crate) async fn callers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match rate::of_address(&shared.gate, &shared.core.config.limits, &request) {
        Some(refused) => refused,
        None => worked_on(&shared, body::MAX_BODY, request, next).await,
    }
}

/// What Dodo tells.
pub(crate) async fn webhooks(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    worked_on(&shared, webhooks::MAX_BODY, request, next).await
}

/// Numbers for whoever watches the server.
pub(crate) async fn watchers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match rate::of_address(&shared.gate, &shared.core.config.limits, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}

/// The answer to a request whose body is there, made in time and in its place.
async fn worked_on(shared: &Shared, most: usize, request: Request, next: Next) -> Response {
    let limits = &shared.core.config.limits;
    match whole(&shared.gate, limits, most, request).await {
        Ok(Whole { request, _large }) => bounded(&shared.gate, in_time(limits, request, next)).await,
        Err(refused) => refused,
    }
}
