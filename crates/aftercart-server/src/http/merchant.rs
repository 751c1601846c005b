//! The merchant's own key, which opens what is not for shoppers.

use super::bearer::bearer;
use super::problem::answer;
use super::router::Shared;
use crate::secret::Secret;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Lets pass who shows the merchant key. Without one in the settings nobody passes.
pub(super) async fn merchant_only(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let key = shared.core.config.merchant_key.as_ref();
    let how = ["set AFTERCART_MERCHANT_KEY to open this address", "the merchant key is needed as"];
    match refusal(request.headers(), &[key], how) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// Lets pass who shows the metrics key or the merchant key. Never by address: behind a proxy on the same
/// machine everybody comes from it.
pub(super) async fn metrics_only(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let config = &shared.core.config;
    let keys = [config.metrics_key.as_ref(), config.merchant_key.as_ref()];
    let how = ["set AFTERCART_METRICS_KEY to open this address", "the metrics key is needed as"];
    match refusal(request.headers(), &keys, how) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// Why this request may not pass; `None` when it shows one of the keys that are set. `how` says what to do when
/// none is set, and what is missing when another is shown.
fn refusal(headers: &HeaderMap, keys: &[Option<&Secret>], how: [&str; 2]) -> Option<Response> {
    let [not_set, wrong] = how;
    if keys.iter().all(Option::is_none) {
        return Some(answer(StatusCode::FORBIDDEN, "merchant_key_not_set", not_set, false));
    }
    let is_one_of = |given: &str| keys.iter().flatten().any(|key| is_same(given, key.reveal()));
    if bearer(headers).is_some_and(is_one_of) {
        return None;
    }
    let text = format!("{wrong} `Authorization: Bearer`");
    Some(answer(StatusCode::UNAUTHORIZED, "merchant_key_wrong", &text, false))
}

/// Compares digests, so that neither content nor length shows in the time it takes.
fn is_same(given: &str, key: &str) -> bool {
    Sha256::digest(given).ct_eq(&Sha256::digest(key)).into()
}
