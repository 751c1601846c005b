//! Which address leads where.

use super::gate::{self, Gate};
use super::merchant::{merchant_only, metrics_only};
use super::{assets, health, metrics, offers, operator, page, problem, tokens, triggers, webhooks};
use crate::upsell::Core;
use crate::webhook_keys::WebhookKeys;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

/// From here on an answer was slow, milliseconds.
const SLOW_MS: u128 = 1_000;

/// What every handler may use.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) core: Arc<Core>,
    pub(crate) webhook: WebhookKeys,
    pub(super) gate: Gate,
}

impl Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Shared {
    pub(crate) fn new(core: Arc<Core>, webhook: WebhookKeys) -> Self {
        let gate = Gate::new(&core.config.limits);
        Self(Arc::new(Parts { core, webhook, gate }))
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
        .layer(pass!(gate::shoppers))
        .layer(pass!(page::for_people));
    let merchants = Router::new()
        .route("/api/tokens", post(tokens::mint))
        .route("/api/triggers", post(triggers::tell))
        .route("/api/attempts", get(operator::attempts))
        .route("/api/attempts/{id}", get(operator::attempt))
        .route("/api/attempts/{id}/resolve", post(operator::resolve))
        .route("/api/offers", get(operator::offers))
        .route("/api/refunds", get(operator::refunds))
        .method_not_allowed_fallback(wrong_method)
        .route_layer(pass!(merchant_only));
    let callers = merchants
        .route("/aftercart/{*file}", get(assets::file))
        .method_not_allowed_fallback(wrong_method)
        .layer(pass!(gate::callers));
    // Verified by their signature; Dodo sends from a few addresses, and may send much at once.
    let webhooks =
        Router::new().route("/webhooks/dodo", post(webhooks::receive)).layer(pass!(gate::webhooks));
    // Answered under load too: whoever watches this must not restart a server because it is busy.
    // Who asks how it is is not counted: behind a proxy that is not told of, all addresses are one.
    let health = Router::new().route("/healthz", get(health::health));
    let watched = Router::new()
        .route("/metrics", get(metrics::metrics).route_layer(pass!(metrics_only)))
        .layer(pass!(gate::watchers));
    Router::new()
        .nest("/api/upsell", upsell)
        .merge(callers)
        .merge(webhooks)
        .merge(health)
        .merge(watched)
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(pass!(answered))
        .with_state(shared)
}

async fn unknown_route() -> Response {
    problem::answer(StatusCode::NOT_FOUND, "not_found", "there is no such address here", false)
}

async fn wrong_method() -> Response {
    let text = "this address takes another method";
    problem::answer(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text, false)
}

/// What happens to every answer: its headers, the count of what was refused, and a line in the log.
///
/// The line is for debugging only where something was merely read, well and soon: thousands a second on a good day. It
/// has the route's pattern, never the address: that carries a payment id.
async fn answered(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    gate::secure(&shared.core.config, &mut response);
    if let Some(problem::Code(code)) = response.extensions().get() {
        shared.core.metrics.refused(code);
    }
    let (route, status) = (route.as_ref().map_or("-", MatchedPath::as_str), response.status());
    let duration_ms = started.elapsed().as_millis();
    if method == Method::GET && status.is_success() && duration_ms < SLOW_MS {
        tracing::debug!(%method, route, status = status.as_u16(), duration_ms, "request answered");
    } else {
        tracing::info!(%method, route, status = status.as_u16(), duration_ms, "request answered");
    }
    response
}
