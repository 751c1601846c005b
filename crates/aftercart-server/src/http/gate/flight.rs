//! How many requests are worked on at once.

use super::Gate;
use crate::http::problem::answer_after;
use axum::http::StatusCode;
use axum::response::Response;
use std::time::Duration;

/// Refuses what comes beyond `max_requests_in_flight`, at once: a queue would answer shoppers who
/// are gone already, and keep those who are still there waiting.
pub(super) async fn bounded(gate: &Gate, work: impl Future<Output = Response>) -> Response {
    let Ok(_place) = gate.flight.try_acquire() else {
        let text = "too much is going on here: try again in a moment";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return answer_after(status, "overloaded", text, Duration::from_secs(1));
    };
    work.await
}
