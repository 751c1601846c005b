//! The way through the gate for each group of routes: one layer each, as every layer costs each request.

use super::cors::{is_preflight, name_allowed};
use super::origin::{allowed_origin, known};
use super::time::in_time;
use super::{flight, rate};
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
    let admitted = || {
        rate::of_address(&shared.gate, &shared.core.config.limits, &request)?;
        known(allowed.as_ref(), &request)?;
        rate::of_subject(&shared.gate, subject)?;
        flight::place(&shared.gate)
    };
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        match admitted() {
            Ok(_place) => in_time(&shared.core.config.limits, request, next).await,
            Err(refused) => refused,
        }
    };
    name_allowed(response.headers_mut(), allowed, is_preflight);
    response
}

/// What anybody else may ask.
pub(crate) async fn callers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if let Err(refused) = rate::of_address(&shared.gate, &shared.core.config.limits, &request) {
        return refused;
    }
    webhooks(State(shared), request, next).await
}

/// What Dodo tells.
pub(crate) async fn webhooks(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match flight::place(&shared.gate) {
        Ok(_place) => in_time(&shared.core.config.limits, request, next).await,
        Err(refused) => refused,
    }
}

/// What is asked to see whether the server is well.
pub(crate) async fn watchers(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match rate::of_address(&shared.gate, &shared.core.config.limits, &request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused,
    }
}
