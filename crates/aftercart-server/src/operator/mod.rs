//! What the person who runs the shop sees and may do, as documents for machines and as tables for people.
//!
//! The rules are in `upsell/operate.rs`; HTTP and the program's commands say the same documents. None of them
//! holds an e-mail, a token, a payment method's id or an address that somebody could pay at.

mod age;
mod ask;
mod attempt;
mod consent;
mod console;
mod explain;
mod offers;
mod refund;
mod story;
mod table;

pub use crate::upsell::{Attention, Check, Explained, Explanation, Resolution};
pub(crate) use ask::{DAYS, attempts, offers, refunds, resolve, states, story};
pub use attempt::{AttemptLine, AttemptList};
pub use consent::AgreedLine;
pub use console::{Operator, OperatorError};
pub use offers::{Earned, OfferLine, OfferList};
pub use refund::{RefundLine, RefundList};
pub use story::{AttemptStory, CheckoutLine, FactLine};

/// The states that attempts and refunds may be in, as they are stored, printed and asked for.
pub const STATES: [&str; 14] = crate::attempt::AttemptState::KINDS;
