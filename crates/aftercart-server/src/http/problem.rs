//! Every refusal with its status and code.

use super::reply::json;
use crate::upsell::Refusal;
use aftercart_contract::Problem;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// The code of an answer that is a problem, as an extension of it: what is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code(pub(super) &'static str);

/// A problem of the contract. The answer also carries it as an extension, for pages without scripts.
pub(super) fn answer(status: StatusCode, code: &'static str, message: &str, recoverable: bool) -> Response {
    let problem = Problem { code: code.to_owned(), message: message.to_owned(), recoverable };
    let mut response = json(status, &problem);
    response.extensions_mut().insert(problem);
    response.extensions_mut().insert(Code(code));
    response
}

/// A problem that passes; `Retry-After` says when, in whole seconds and at least one.
pub(super) fn answer_after(
    status: StatusCode,
    code: &'static str,
    message: &str,
    wait: Duration,
) -> Response {
    let mut response = answer(status, code, message, true);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// A problem after which the connection ends, because the rest of the body is not read.
pub(super) fn answer_and_close(
    status: StatusCode,
    code: &'static str,
    message: &str,
    recoverable: bool,
) -> Response {
    let mut response = answer(status, code, message, recoverable);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A request that is not what the contract says.
pub(super) fn malformed(message: &str) -> Response {
    answer(StatusCode::UNPROCESSABLE_ENTITY, "malformed", message, false)
}

/// Text with characters that are no text, which no database and no terminal wants.
pub(super) fn control_characters(name: &str) -> Response {
    let text = format!("`{name}` has control characters");
    answer(StatusCode::BAD_REQUEST, "control_characters", &text, false)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, recoverable) = match &self {
            Self::UnknownSubject => (StatusCode::NOT_FOUND, "unknown_subject", false),
            Self::UnknownOffer => (StatusCode::NOT_FOUND, "unknown_offer", false),
            Self::NotAccepted => (StatusCode::NOT_FOUND, "not_accepted", true),
            Self::TokenMissing => (StatusCode::UNAUTHORIZED, "token_missing", false),
            Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "token_invalid", false),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, "token_expired", true),
            Self::TokenForAnother => (StatusCode::FORBIDDEN, "token_for_another", false),
            Self::TooLate => (StatusCode::FORBIDDEN, "too_late", false),
            Self::KeyReused => (StatusCode::CONFLICT, "key_reused", false),
            Self::AlreadyOwned => (StatusCode::CONFLICT, "already_owned", false),
            Self::Ended => (StatusCode::CONFLICT, "ended", false),
            Self::TriggerReused => (StatusCode::CONFLICT, "trigger_reused", false),
            Self::AlreadyAccepted => (StatusCode::CONFLICT, "already_accepted", false),
            Self::ChangePending => (StatusCode::CONFLICT, "change_pending", true),
            Self::NotChangeable => (StatusCode::CONFLICT, "not_changeable", true),
            Self::NotRevocable => (StatusCode::CONFLICT, "not_revocable", false),
            Self::AlreadyEffective => (StatusCode::CONFLICT, "already_effective", false),
            Self::QuantityOutOfRange => (StatusCode::UNPROCESSABLE_ENTITY, "quantity_out_of_range", true),
            Self::ConsentMissing => (StatusCode::UNPROCESSABLE_ENTITY, "consent_missing", true),
            Self::UnknownMethod => (StatusCode::CONFLICT, "unknown_payment_method", true),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", true),
            Self::DodoUnavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "dodo_unavailable", true),
            Self::NoQuote => (StatusCode::SERVICE_UNAVAILABLE, "no_quote", true),
            Self::Store(error) => {
                tracing::error!(%error, "the store failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", true)
            }
        };
        answer(status, code, &self.to_string(), recoverable)
    }
}
