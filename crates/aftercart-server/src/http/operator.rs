//! `/api/attempts`, `/api/offers` and `/api/refunds`: what the merchant's operator sees, and may say.

use super::body::read;
use super::problem::{answer, control_characters, malformed};
use super::reply::json;
use super::router::Shared;
use super::subject::ForSubject;
use crate::operator::{self, Resolution};
use crate::upsell::{Refusal, Unresolved};
use aftercart_contract::PaymentId;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

const LIMIT: u32 = 50;

#[derive(Deserialize)]
pub(super) struct ListQuery {
    /// States with commas between them.
    #[serde(default)]
    state: String,
    limit: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct OfferQuery {
    days: Option<u32>,
}

#[derive(Deserialize)]
struct ResolveRequest {
    reason: String,
    #[serde(default)]
    uncharged: bool,
    payment_id: Option<PaymentId>,
}

/// `GET /api/attempts?state=&limit=`
pub(super) async fn attempts(
    State(shared): State<Shared>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let Query(query) = query.map_err(|_| malformed("`limit` is a number"))?;
    let words = query.state.split(',').filter(|word| !word.is_empty());
    let states = operator::states(words).map_err(|_| malformed("`state` names a state that there is not"))?;
    let found = operator::attempts(&shared.core, &states, query.limit.unwrap_or(LIMIT)).await;
    Ok(json(StatusCode::OK, &found.map_err(IntoResponse::into_response)?))
}

/// `GET /api/attempts/{id}`
pub(super) async fn attempt(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Unresolved> {
    let id = attempt_id(id)?;
    Ok(json(StatusCode::OK, &operator::story(&shared.core, &id).await?))
}

/// `POST /api/attempts/{id}/resolve {reason, uncharged: true | payment_id}`
pub(super) async fn resolve(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let id = attempt_id(id).map_err(IntoResponse::into_response)?;
    let request: ResolveRequest = read(&headers, body, None).await?;
    if request.reason.contains(char::is_control) {
        return Err(control_characters("reason"));
    }
    let resolution = match (request.uncharged, request.payment_id) {
        (true, None) => Resolution::Uncharged,
        (false, Some(payment)) => Resolution::Payment(payment),
        _ => return Err(malformed("say either `\"uncharged\": true` or `payment_id`")),
    };
    let resolved = operator::resolve(&shared.core, &id, &resolution, &request.reason).await;
    Ok(json(StatusCode::OK, &resolved.map_err(IntoResponse::into_response)?))
}

/// `GET /api/offers?days=`: what offers earn.
pub(super) async fn offers(
    State(shared): State<Shared>,
    query: Result<Query<OfferQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let (usual, allowed) = operator::DAYS;
    let days =
        query.ok().map(|Query(query)| query.days.unwrap_or(usual)).filter(|days| allowed.contains(days));
    let days = days.ok_or_else(|| malformed("`days` is a number, 1 to 3650"))?;
    let found = operator::offers(&shared.core, days).await;
    Ok(json(StatusCode::OK, &found.map_err(IntoResponse::into_response)?))
}

/// `GET /api/refunds?limit=`
pub(super) async fn refunds(
    State(shared): State<Shared>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let Query(query) = query.map_err(|_| malformed("`limit` is a number"))?;
    let found = operator::refunds(&shared.core, query.limit.unwrap_or(LIMIT)).await;
    Ok(json(StatusCode::OK, &found.map_err(IntoResponse::into_response)?))
}

/// `GET {endpoint}/{subject}/explain`: why this subject is shown what it is.
pub(super) async fn explain(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
) -> Result<Response, Refusal> {
    Ok(json(StatusCode::OK, &shared.core.explain(&subject).await?))
}

/// What no attempt can be called is the id of none.
fn attempt_id(id: Result<Path<String>, PathRejection>) -> Result<String, Unresolved> {
    let id = id.map(|Path(id)| id).ok();
    id.filter(|id| !id.contains(char::is_control)).ok_or(Unresolved::UnknownAttempt)
}

impl IntoResponse for Unresolved {
    fn into_response(self) -> Response {
        let (status, code, recoverable) = match self {
            Self::Refused(refusal) => return refusal.into_response(),
            Self::UnknownAttempt => (StatusCode::NOT_FOUND, "unknown_attempt", false),
            Self::ReasonNeeded => (StatusCode::UNPROCESSABLE_ENTITY, "reason_needed", true),
            Self::Settled(_) => (StatusCode::CONFLICT, "already_settled", false),
            Self::UnderWay => (StatusCode::CONFLICT, "still_under_way", true),
            Self::DodoKnows { .. } => (StatusCode::CONFLICT, "dodo_knows_payment", false),
            Self::UnknownPayment => (StatusCode::CONFLICT, "unknown_payment", false),
            Self::PaymentOfAnother(_) => (StatusCode::CONFLICT, "payment_of_another", false),
        };
        answer(status, code, &self.to_string(), recoverable)
    }
}
