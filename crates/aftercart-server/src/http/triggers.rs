//! `POST /api/triggers`: the merchant's own app tells what a customer has done.

use super::body::read;
use super::problem::{control_characters, malformed};
use super::reply::json;
use super::router::Shared;
use crate::occasion::Cause;
use aftercart_contract::{CustomerId, IdempotencyKey};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest name of a milestone, in bytes.
const MAX_NAME: usize = 100;
/// Nobody is further above a limit.
const MAX_PERCENT: u32 = 1_000_000;

#[derive(Deserialize)]
struct TriggerRequest {
    customer_id: CustomerId,
    trigger: String,
    name: Option<String>,
    percent: Option<u32>,
    /// The merchant's own id, in the alphabet of every other one.
    id: Option<IdempotencyKey>,
}

#[derive(Serialize)]
struct Kept {
    trigger_id: String,
    customer_id: CustomerId,
    told_at: Timestamp,
}

/// 201 for a new one, 200 for one that was told before.
pub(super) async fn tell(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let request: TriggerRequest = read(&headers, body, None).await?;
    if !request.customer_id.as_str().starts_with("cus_") {
        return Err(malformed("a customer's id starts with cus_"));
    }
    if request.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.len() > MAX_NAME) {
        return Err(malformed("`name` is 1 to 100 bytes of text"));
    }
    if request.name.as_ref().is_some_and(|name| name.contains(char::is_control)) {
        return Err(control_characters("name"));
    }
    if request.percent.is_some_and(|percent| percent > MAX_PERCENT) {
        return Err(malformed("`percent` is at most 1000000"));
    }
    let cause = Cause::of_trigger(&request.trigger, request.name, request.percent);
    let cause = cause.ok_or_else(|| {
        malformed(
            "`trigger` is `milestone` with a `name`, `plan_limit` with a `percent`, or `onboarding_done`",
        )
    })?;
    let taken = shared.core.take_trigger(request.customer_id, cause, request.id.map(Into::into)).await;
    let (trigger, is_new) = taken.map_err(IntoResponse::into_response)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let (trigger_id, customer_id) = (trigger.id.as_str().to_owned(), trigger.customer);
    Ok(json(status, &Kept { trigger_id, customer_id, told_at: trigger.told_at }))
}
