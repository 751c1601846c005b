//! How long an answer may take.
//!
//! One that is not made within the request limit is 504. A charge under way is on a task of its own and goes on; the
//! page asks for its status.

use crate::config::Limits;
use crate::http::problem::answer;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

/// Gives every request its time.
pub(super) async fn in_time(limits: &Limits, request: Request, next: Next) -> Response {
    timeout(limits.request, next.run(request)).await.unwrap_or_else(|_| {
        let text = "this took too long: ask again how it went";
        answer(StatusCode::GATEWAY_TIMEOUT, "timed_out", text, true)
    })
}
