//! `POST /api/tokens`: the merchant's own server mints a subject token.

use super::bearer::bearer;
use super::body::read;
use super::problem::answer;
use super::reply::json;
use super::router::Shared;
use aftercart_contract::CustomerId;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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
    let Some(key) = &core.config.merchant_key else {
        let text = "set AFTERCART_MERCHANT_KEY to mint tokens over HTTP";
        return Err(answer(StatusCode::FORBIDDEN, "merchant_key_not_set", text, false));
    };
    if !bearer(&headers).is_some_and(|given| is_same(given, key.reveal())) {
        let text = "the merchant key is needed as `Authorization: Bearer`";
        return Err(answer(StatusCode::UNAUTHORIZED, "merchant_key_wrong", text, false));
    }
    let request: MintRequest = read(&headers, body, None).await?;
    let (token, expires_at) = core.config.mint_subject_token(&request.customer_id, core.now());
    Ok(json(StatusCode::OK, &Minted { token, expires_at }))
}

/// Compares digests, so that neither content nor length shows in the time it takes.
fn is_same(given: &str, key: &str) -> bool {
    Sha256::digest(given).ct_eq(&Sha256::digest(key)).into()
}
