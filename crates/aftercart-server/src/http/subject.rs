//! The subject in the address.

use super::problem;
use aftercart_contract::Subject;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

/// `{subject}`, read; anything that is neither `cus_…` nor `pay_…` is 404.
pub(super) struct ForSubject(pub(super) Subject);

impl<S: Send + Sync> FromRequestParts<S> for ForSubject {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let unknown =
            |message: &str| problem::answer(StatusCode::NOT_FOUND, "unknown_subject", message, false);
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| unknown("the address cannot be read"))?;
        let text = params.iter().find(|(name, _)| *name == "subject").map(|(_, text)| text);
        Subject::parse(text.unwrap_or_default()).map(Self).map_err(|error| unknown(&error))
    }
}
