//! `/api/upsell/{subject}` and what hangs below it.

use super::bearer::bearer;
use super::body::read;
use super::form;
use super::locale::wish;
use super::painted;
use super::problem::{answer, malformed};
use super::reply::{empty, json};
use super::router::Shared;
use super::subject::ForSubject;
use crate::upsell::{Acceptance, Refusal};
use aftercart_contract::{
    AcceptRequest, DeclineRequest, EventBatch, IdempotencyKey, OfferId, QuoteRequest, RevokeRequest,
};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A page reports at most this many events at once.
const MAX_EVENTS: usize = 50;

#[derive(Default, Deserialize)]
pub(super) struct OfferQuery {
    pub(super) locale: Option<String>,
    /// For HTML: the page's nonce for styles.
    pub(super) nonce: Option<String>,
    /// For HTML: other attributes of the element, by their names.
    #[serde(flatten)]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct StatusQuery {
    offer_id: OfferId,
}

/// `GET /{subject}?locale=`, as JSON or as HTML
pub(super) async fn offer(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    query: Result<Query<OfferQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut query = query.map(|Query(query)| query).unwrap_or_default();
    query.locale = wish(query.locale.as_deref());
    let found = shared.core.offer(&subject, bearer(&headers), query.locale.as_deref()).await?;
    if painted::is_wanted(&headers) {
        return Ok(painted::fragment(&shared, &subject, &query, &headers, found));
    }
    Ok(json(StatusCode::OK, &found))
}

/// `POST /{subject}/accept`, as JSON or as a form
pub(super) async fn accept(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    if form::is_form(&headers) {
        return form::accept(&shared, subject, body).await;
    }
    let request: AcceptRequest = read(&headers, body, None).await?;
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = key.and_then(|key| IdempotencyKey::new(key).ok()).ok_or_else(|| {
        let text = "an Idempotency-Key header of 1 to 128 plain characters is needed, one per click";
        answer(StatusCode::BAD_REQUEST, "idempotency_key_missing", text, false)
    })?;
    let outcome = shared.core.accept(Acceptance { subject, key, request }).await;
    Ok(json(StatusCode::OK, &outcome.map_err(IntoResponse::into_response)?))
}

/// `POST /{subject}/quote`: the price of another quantity, as JSON or as a form
pub(super) async fn quote(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    if form::is_form(&headers) {
        return form::quote(&shared, subject, body).await;
    }
    let request: QuoteRequest = read(&headers, body, None).await?;
    let quoted = shared.core.quote_quantity(&subject, &request).await;
    Ok(json(StatusCode::OK, &quoted.map_err(IntoResponse::into_response)?))
}

/// `GET /{subject}/status?offer_id=`
pub(super) async fn status(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    query: Result<Query<StatusQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let Query(query) = query.map_err(|_| malformed("`offer_id` is needed: which offer's status?"))?;
    let outcome = shared.core.status(&subject, &query.offer_id, bearer(&headers)).await;
    Ok(json(StatusCode::OK, &outcome.map_err(IntoResponse::into_response)?))
}

/// `POST /{subject}/decline`, as JSON or as a form
pub(super) async fn decline(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    if form::is_form(&headers) {
        return form::decline(&shared, &subject, body).await;
    }
    let request: DeclineRequest = read(&headers, body, None).await?;
    let next = shared.core.decline(&subject, &request).await;
    Ok(json(StatusCode::OK, &next.map_err(IntoResponse::into_response)?))
}

/// `POST /{subject}/revoke`
pub(super) async fn revoke(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let request: RevokeRequest = read(&headers, body, None).await?;
    let outcome = shared.core.revoke(&subject, &request).await;
    Ok(json(StatusCode::OK, &outcome.map_err(IntoResponse::into_response)?))
}

/// `POST /{subject}/events`; `sendBeacon` sends `text/plain` unless told otherwise.
pub(super) async fn events(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let batch: EventBatch = read(&headers, body, Some("text/plain")).await?;
    if batch.events.len() > MAX_EVENTS {
        return Err(malformed("at most 50 events at once"));
    }
    shared.core.keep_reported(&subject, &batch).await.map_err(IntoResponse::into_response)?;
    Ok(empty(StatusCode::NO_CONTENT))
}
