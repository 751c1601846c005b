//! `POST /api/tokens`: the merchant's own server mints a subject token.

use super::body::read;
use super::reply::json;
use super::router::Shared;
use aftercart_contract::CustomerId;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct MintRequest {
    customer_id: CustomerId,
}

#[derive(Serialize)]
struct Minted {
    token: String,
    expires_at: Timestamp,
}

pub(super) async fn mint(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let core = &shared.core;
    let request: MintRequest = read(&headers, body, None).await?;
    let (token, expires_at) = core.config.mint_subject_token(&request.customer_id, core.now());
    Ok(json(StatusCode::OK, &Minted { token, expires_at }))
}
