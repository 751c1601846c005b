//! `GET /metrics`: text in the format of `OpenMetrics` 1.0, for whoever has the metrics key or the merchant's.

use super::router::Shared;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// What Prometheus asks for since its version 2.5.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(State(shared): State<Shared>) -> Response {
    let core = &shared.core;
    let text = core.metrics.text(core.store.as_ref(), core.now()).await;
    ([(CONTENT_TYPE, OPEN_METRICS), (CACHE_CONTROL, "no-store")], text).into_response()
}
