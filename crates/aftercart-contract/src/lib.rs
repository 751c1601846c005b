//! The wire types between the Aftercart widget and a merchant backend.
//!
//! One law: **no I/O and no policy**. A value of these types has passed every check that the wire
//! format can make (ranges, currencies, URL schemes, fields that belong together); what to do with
//! it is decided elsewhere. Where to start: [`OfferAnswer`] is what `GET {endpoint}/{subject}`
//! answers, [`Outcome`] is what `POST …/accept` and `GET …/status` answer.
//!
//! - Amounts are integers in minor units with their ISO 4217 currency beside them.
//! - Times are RFC 3339 in UTC.
//! - Unknown fields are ignored. An unknown `kind`, `mode` or `status` is an error, so it can never
//!   be taken for success.
//! - Backends written from Dodo's upsell guide (camelCase or `snake_case`, no token, no quote) are
//!   accepted as input by [`OfferAnswer::from_json`] and [`Outcome::from_json`].
//!
//! The same format as JSON Schema, for backends in other languages, is in this crate's `schema/`.

mod accept;
mod answer;
mod copy_texts;
mod error;
mod ids;
mod json;
mod money;
mod offer;
mod outcome;
mod parse;
mod problem;
mod product;
mod quote;
mod read;
mod report;
mod web_url;
mod write;

pub use accept::{AcceptRequest, DeclineRequest, DeclineResponse, QuoteRequest, Revocation, RevokeRequest};
pub use answer::{Ineligible, OfferAnswer, Reason};
pub use copy_texts::CopyTexts;
pub use error::ContractError;
pub use ids::{
    CustomerId, IdempotencyKey, MethodRef, OfferId, OfferToken, PaymentId, ProductId, SessionId, Subject,
};
pub use money::{AmountMinor, Currency, Money, MoneyError};
pub use offer::{Legal, Mode, Offer, OfferKind, PaymentMethod, QuantityRange, SocialProof, Trial};
pub use outcome::{Failure, Outcome, PlanChange, Receipt};
pub use problem::Problem;
pub use product::{CurrentProduct, Interval, IntervalUnit, Product};
pub use quote::{Display, ProrationBillingMode, Quote, Renewal, Timestamp};
pub use report::{EventBatch, EventName, ReportedEvent};
pub use web_url::WebUrl;
pub use write::digits;

/// The generation of this contract. An offer that names a higher one is refused.
pub const CONTRACT: u32 = 1;

/// The longest document that `from_json` reads, bytes. An offer is a few kilobytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// Reads texts by name: a language's words as `locales/` and an offer's `copy` have them.
pub fn texts_from_json(text: &str) -> Result<CopyTexts, ContractError> {
    read::document(text)
}
