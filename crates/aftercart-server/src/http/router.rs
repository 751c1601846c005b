//! Which address leads where.

use super::{assets, gate, health, offers, problem, tokens, webhooks};
use crate::upsell::Core;
use crate::webhook_keys::WebhookKeys;
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Instant;

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) core: Arc<Core>,
    pub(crate) webhook: Arc<WebhookKeys>,
}

pub(crate) fn router(shared: Shared) -> Router {
    let upsell = Router::new()
        .route("/{subject}", get(offers::offer))
        .route("/{subject}/accept", post(offers::accept))
        .route("/{subject}/status", get(offers::status))
        .route("/{subject}/decline", post(offers::decline))
        .route("/{subject}/events", post(offers::events))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(shared.clone(), gate::guard));
    Router::new()
        .nest("/api/upsell", upsell)
        .route("/api/tokens", post(tokens::mint))
        .route("/webhooks/dodo", post(webhooks::receive))
        .route("/healthz", get(health::health))
        .route("/aftercart/{*file}", get(assets::file))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(log))
        .with_state(shared)
}

async fn unknown_route() -> Response {
    problem::answer(StatusCode::NOT_FOUND, "not_found", "there is no such address here", false)
}

async fn wrong_method() -> Response {
    let text = "this address takes another method";
    problem::answer(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text, false)
}

/// One line per request. The route's pattern, never the address: that carries a payment id.
async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    tracing::info!(
        %method, route = route.as_deref().unwrap_or("-"), status = response.status().as_u16(),
        duration_ms = started.elapsed().as_millis(), "request answered"
    );
    response
}
