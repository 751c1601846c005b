//! What the widget sends when the shopper answers an offer.

use crate::read::{Fields, ReadFields, deserialize_by_reading, document};
use crate::{ContractError, MethodRef, Offer, OfferId, OfferToken};
use serde::{Deserialize, Serialize};

/// The body of `POST …/accept`; the `Idempotency-Key` travels as a header (a form field in a form post).
///
/// Carries no price and no product: those are in the token, signed by the backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptRequest {
    /// Which offer.
    pub offer_id: OfferId,
    /// Proof; absent towards guide-shaped backends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<OfferToken>,
    /// The chosen method; absent means the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<MethodRef>,
    /// How many; absent means the offer's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
}

/// The body of `POST …/decline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclineRequest {
    /// Which offer.
    pub offer_id: OfferId,
    /// Proof; absent towards guide-shaped backends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<OfferToken>,
    /// Why, if the shopper chose to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The answer to `POST …/decline`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeclineResponse {
    /// A cheaper offer to show instead, or nothing.
    pub next: Option<Box<Offer>>,
}

impl DeclineResponse {
    /// Reads an answer; `{}` is "nothing more".
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        document(text)
    }
}

deserialize_by_reading!(DeclineResponse);

impl ReadFields for DeclineResponse {
    const EXPECTED: &'static str = "the next offer, or null";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        Ok(Self { next: fields.optional("next")? })
    }
}
