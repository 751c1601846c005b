//! Which address leads where.

use super::gate::{self, Gate};
use super::merchant::{merchant_only, metrics_only};
use super::{assets, health, metrics, offers, operator, page, problem, tokens, triggers, webhooks};
use crate::upsell::Core;
use crate::webhook_keys::WebhookKeys;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
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
    pub(super) gate: Arc<Gate>,
}

impl Shared {
    pub(crate) fn new(core: Arc<Core>, webhook: WebhookKeys) -> Self {
        let gate = Arc::new(Gate::new(&core.config.limits));
        Self { core, webhook: Arc::new(webhook), gate }
    }
}

/// The routes, each behind as much of the gate as concerns it. Layers that are added later are
/// passed earlier.
pub(crate) fn router(shared: Shared) -> Router {
    // Every layer is a function of another type, so no closure can do this.
    macro_rules! pass {
        ($layer:path) => {
            from_fn_with_state(shared.clone(), $layer)
        };
    }
    let upsell = Router::new()
        .route("/{subject}", get(offers::offer))
        .route("/{subject}/accept", post(offers::accept).route_layer(pass!(gate::named_origin)))
        .route("/{subject}/quote", post(offers::quote).route_layer(pass!(gate::named_origin)))
        .route("/{subject}/explain", get(operator::explain).route_layer(pass!(merchant_only)))
        .route("/{subject}/status", get(offers::status))
        .route("/{subject}/outcome", get(page::outcome))
        .route("/{subject}/decline", post(offers::decline).route_layer(pass!(gate::named_origin)))
        .route("/{subject}/revoke", post(offers::revoke).route_layer(pass!(gate::named_origin)))
        .route("/{subject}/events", post(offers::events))
        .method_not_allowed_fallback(wrong_method)
        .layer(pass!(gate::in_time))
        .layer(pass!(gate::bounded_flight))
        .layer(pass!(gate::subject_rate))
        .layer(pass!(gate::known_origin))
        .layer(pass!(gate::address_rate))
        .layer(pass!(gate::share))
        .layer(pass!(page::for_people));
    let merchants = Router::new()
        .route("/api/tokens", post(tokens::mint))
        .route("/api/triggers", post(triggers::tell))
        .route("/api/attempts", get(operator::attempts))
        .route("/api/attempts/{id}", get(operator::attempt))
        .route("/api/attempts/{id}/resolve", post(operator::resolve))
        .route("/api/refunds", get(operator::refunds))
        .method_not_allowed_fallback(wrong_method)
        .route_layer(pass!(merchant_only));
    let callers = merchants
        .route("/aftercart/{*file}", get(assets::file))
        .method_not_allowed_fallback(wrong_method)
        .layer(pass!(gate::in_time))
        .layer(pass!(gate::bounded_flight))
        .layer(pass!(gate::address_rate));
    // Verified by their signature; Dodo sends from a few addresses, and may send much at once.
    let webhooks = Router::new()
        .route("/webhooks/dodo", post(webhooks::receive))
        .layer(pass!(gate::in_time))
        .layer(pass!(gate::bounded_flight));
    // Answered under load too: whoever watches this must not restart a server because it is busy.
    let watched = Router::new()
        .route("/healthz", get(health::health))
        .route("/metrics", get(metrics::metrics).route_layer(pass!(metrics_only)))
        .layer(pass!(gate::address_rate));
    Router::new()
        .nest("/api/upsell", upsell)
        .merge(callers)
        .merge(webhooks)
        .merge(watched)
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(pass!(gate::secure))
        .layer(pass!(count_refusals))
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

async fn count_refusals(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(problem::Code(code)) = response.extensions().get() {
        shared.core.metrics.refused(code);
    }
    response
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
