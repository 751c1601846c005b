//! How many requests are worked on at once.

use super::Gate;
use crate::http::problem::answer_after;
use axum::http::StatusCode;
use axum::response::Response;
use std::time::Duration;
use tokio::sync::SemaphorePermit;

/// Refuses what comes beyond `max_requests_in_flight`, at once: a queue would answer shoppers who
/// are gone already, and keep those who are still there waiting.
pub(super) fn place(gate: &Gate) -> Result<SemaphorePermit<'_>, Response> {
    gate.flight.try_acquire().map_err(|_| {
        let text = "too much is going on here: try again in a moment";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        answer_after(status, "overloaded", text, Duration::from_secs(1))
    })
}
