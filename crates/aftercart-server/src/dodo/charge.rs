//! The one call that charges.
//!
//! 1. It is sent once: see `wire.rs`.
//! 2. A 2xx answer means *initiated*, not paid.
//! 3. A refusal is told apart from silence: 400, 401, 402 (declined at once), 403,
//!    404, 410, 413, 415, 422 and 429, and a connection that was never made, charged nothing.
//! 4. Everything else (time-out, reset, 408, 409, 5xx, an unreadable answer) may have charged.

use super::answer::document;
use super::client::{Cart, Dodo, DodoError, Purpose};
use super::wire::{NoAnswer, Sends};
use aftercart_contract::{PaymentId, SessionId, WebUrl};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Dodo took the charge on.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Initiated {
    /// The session.
    pub(crate) session_id: SessionId,
    /// The payment; older API versions name none.
    #[serde(default)]
    pub(crate) payment_id: Option<PaymentId>,
}

/// How a charge can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChargeError {
    /// Nothing was charged.
    #[error("not charged: {0}")]
    NotCharged(String),
    /// Nobody knows: look for the payment, never send again.
    #[error("not known whether charged: {0}")]
    Unknown(DodoError),
}

impl Dodo {
    /// Charges a saved method. Call it once per claimed attempt, never again.
    ///
    /// `return_to` is where the bank's page sends the shopper back to, should the bank ask.
    pub(crate) async fn charge(
        &self,
        cart: &Cart,
        payment_method_id: &str,
        purpose: &Purpose,
        return_to: Option<&WebUrl>,
    ) -> Result<Initiated, ChargeError> {
        let mut body = cart.body_for(purpose);
        body.insert("confirm".into(), true.into());
        body.insert("payment_method_id".into(), payment_method_id.into());
        if let Some(url) = return_to {
            body.insert("return_url".into(), url.as_str().into());
        }
        self.move_money("/checkouts", body).await
    }

    /// Sends what moves money, once, and tells a refusal from silence.
    async fn move_money<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Map<String, Value>,
    ) -> Result<T, ChargeError> {
        let answer = match self.post(path, body, Sends::Once).await {
            Ok(answer) => answer,
            Err(NoAnswer::NeverSent(_)) => {
                return Err(ChargeError::NotCharged("GATEWAY_UNREACHABLE".to_owned()));
            }
            Err(NoAnswer::Lost(why)) => return Err(ChargeError::Unknown(DodoError::Unreachable(why))),
        };
        document(&answer).map_err(ChargeError::of)
    }
}

impl ChargeError {
    /// What an answer that is no document of ours proves.
    pub(super) fn of(error: DodoError) -> Self {
        match error {
            DodoError::Refused { status, code } if is_refusal(status) => {
                Self::NotCharged(if code.is_empty() { "INVALID_REQUEST".to_owned() } else { code })
            }
            error => Self::Unknown(error),
        }
    }
}

pub(super) fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 401 | 402 | 403 | 404 | 410 | 413 | 415 | 422 | 429)
}
