//! What the widget sends when the shopper answers an offer.

use crate::read::{Fields, ReadFields, deserialize_by_reading, document};
use crate::write::Object;
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
    /// How many; must be the quantity of the quote that the token is bound to. Absent means just that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// What the shopper agreed to: the offer's `legal.text_version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// True when the shopper ticked the offer's `legal.consent`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consent: bool,
}

impl AcceptRequest {
    /// The request as it travels.
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        object.text("offer_id", Some(self.offer_id.as_str()));
        object.text("token", self.token.as_ref().map(OfferToken::reveal));
        object.text("payment_method", self.payment_method.as_ref().map(MethodRef::as_str));
        object.number("quantity", self.quantity);
        object.text("text_version", self.text_version.as_deref());
        if self.consent {
            object.json("consent", "true");
        }
        object.end()
    }
}

/// The body of `POST …/quote`: the price of another quantity. Nothing is bought.
///
/// Answered as `GET {endpoint}/{subject}` is: the offer with its new quote and token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRequest {
    /// Which offer.
    pub offer_id: OfferId,
    /// Proof.
    pub token: OfferToken,
    /// How many, within the offer's `quantity`.
    pub quantity: u32,
}

impl QuoteRequest {
    /// The request as it travels.
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        object.text("offer_id", Some(self.offer_id.as_str()));
        object.text("token", Some(self.token.reveal()));
        object.number("quantity", Some(self.quantity));
        object.end()
    }
}

/// What the shopper wants with an accept that is not charged yet, or a change that is only planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Stop the clock: nothing is charged while it is held.
    Hold,
    /// Let it run on.
    Resume,
    /// Take it back.
    Revoke,
}

impl Revocation {
    fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }
}

/// The body of `POST …/revoke`. Answered with an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeRequest {
    /// Which offer.
    pub offer_id: OfferId,
    /// Proof.
    pub token: OfferToken,
    /// What is wanted.
    pub wish: Revocation,
}

impl RevokeRequest {
    /// The request as it travels.
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        object.text("offer_id", Some(self.offer_id.as_str()));
        object.text("token", Some(self.token.reveal()));
        object.text("wish", Some(self.wish.word()));
        object.end()
    }
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

impl DeclineRequest {
    /// The request as it travels.
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        object.text("offer_id", Some(self.offer_id.as_str()));
        object.text("token", self.token.as_ref().map(OfferToken::reveal));
        object.text("reason", self.reason.as_deref());
        object.end()
    }
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
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self { next: fields.optional("next") }
    }
}
