//! Why a request gets no answer of its own kind. HTTP gives each its status and code.

use crate::dodo::DodoError;
use crate::store::StoreError;
use crate::token::TokenError;

/// Nothing was charged by a request that is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this customer or payment is not known here")]
    UnknownSubject,
    #[error("there is no such offer for this subject")]
    UnknownOffer,
    #[error("nothing was accepted here yet")]
    NotAccepted,
    #[error("a token is needed: `Authorization: Bearer` for reading, `token` in the body for answering")]
    TokenMissing,
    #[error("the token is not valid")]
    TokenInvalid,
    #[error("the token has expired: ask for the offer again")]
    TokenExpired,
    #[error("the token is for another customer, purchase or offer")]
    TokenForAnother,
    #[error("this payment is too old to open an offer")]
    TooLate,
    #[error("this idempotency key was used for another offer")]
    KeyReused,
    #[error("the customer already has this product")]
    AlreadyOwned,
    #[error("this offer has ended")]
    Ended,
    #[error("this id was used for another trigger")]
    TriggerReused,
    #[error("this offer was accepted already")]
    AlreadyAccepted,
    #[error("another change of the plan is under way or planned")]
    ChangePending,
    #[error("the plan cannot be changed now: ask for the offer again")]
    NotChangeable,
    #[error("there is nothing here that can be taken back")]
    NotRevocable,
    #[error("the change has taken effect: it cannot be taken back any more")]
    AlreadyEffective,
    #[error("the box beside the button has to be ticked: send `consent`")]
    ConsentMissing,
    #[error("this offer takes another quantity")]
    QuantityOutOfRange,
    #[error("this payment method cannot be used: ask for the offer again")]
    UnknownMethod,
    #[error("too much is going on: try again in a moment")]
    Busy,
    #[error("the payment provider cannot be reached: try again in a moment")]
    DodoUnavailable(#[source] DodoError),
    #[error("the price cannot be quoted now")]
    NoQuote,
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::TokenInvalid,
            TokenError::Expired => Self::TokenExpired,
        }
    }
}
