//! `GET /healthz`

use super::problem::answer;
use super::reply::json;
use super::router::Shared;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

/// 200 while the database answers. Dodo's health is not ours: a restart would not help.
pub(super) async fn health(State(shared): State<Shared>) -> Response {
    if shared.core.store.is_up().await {
        json(StatusCode::OK, &serde_json::json!({"status": "ok"}))
    } else {
        answer(StatusCode::SERVICE_UNAVAILABLE, "database_down", "the database does not answer", true)
    }
}
