//! Everything that can happen to a visit.

use aftercart_contract::{
    DeclineResponse, IdempotencyKey, OfferAnswer, Outcome, Problem, Revocation, digits,
};
use std::fmt;

use super::action::DeclineReason;
use super::effect::Timer;
use crate::config::LOAD_LIMIT_MS;

/// Something that happened: a click, an answer, a timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The element is on the page.
    Started,
    /// The offer request ended.
    OfferAnswered(Result<OfferAnswer, LoadError>),
    /// The shopper accepts; the key was made for this click.
    AcceptClicked(IdempotencyKey),
    /// The accept request ended.
    AcceptAnswered(Result<Outcome, AcceptError>),
    /// A status request ended.
    StatusAnswered(Result<Outcome, StatusError>),
    /// The shopper chooses an offer of the card, counted from 0.
    OfferChosen(usize),
    /// The shopper chooses a saved method, counted from 0.
    MethodChosen(usize),
    /// The shopper ticks or unticks the box.
    ConsentGiven(bool),
    /// The shopper wants so many.
    QuantityChosen(u32),
    /// A question for a price ended.
    QuoteAnswered {
        /// The number of the question.
        number: u32,
        /// The offer with its new quote.
        answer: Result<OfferAnswer, LoadError>,
    },
    /// The shopper wants to hold, go on with or take back what is not charged yet.
    RevokeClicked(Revocation),
    /// That request ended; without an outcome nobody knows what came of it.
    RevokeAnswered(Option<Outcome>),
    /// The shopper wants to see the failed offer again.
    RetryClicked,
    /// The shopper declines.
    DeclineClicked,
    /// The shopper says why.
    ReasonGiven(DeclineReason),
    /// The decline request ended; a failed one counts as "nothing more to offer".
    DeclineAnswered(DeclineResponse),
    /// The shopper wants to stay on this page, or the host prevented the move.
    StayClicked,
    /// The shopper closes the last message.
    CloseClicked,
    /// The shopper or the host asks for a fresh offer.
    RefreshClicked,
    /// A timer that was asked for ran out.
    TimerFired(Timer),
}

/// Why there is no offer to show. The text goes into the `aftercart-error` event, for developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// No answer: offline, refused, or blocked by CORS or CSP.
    Unreachable,
    /// No answer within [`LOAD_LIMIT_MS`].
    TooSlow,
    /// An answer with a status that is neither 2xx nor a contract answer.
    Status(u16),
    /// An answer that is not of this contract: HTML, a newer contract, a price below zero.
    Unreadable(String),
}

impl LoadError {
    /// What happened.
    pub(super) fn text(self) -> String {
        match self {
            Self::Unreachable => {
                "the backend did not answer: is it running, and does it allow this origin?".to_owned()
            }
            Self::TooSlow => ["the backend did not answer within ", &digits(LOAD_LIMIT_MS), " ms"].concat(),
            Self::Status(status) => {
                ["the backend answered ", &digits(status), " to the offer request"].concat()
            }
            Self::Unreadable(detail) => detail,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clone().text())
    }
}

/// An accept that was not answered with an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptError {
    /// Refused before any charge.
    Refused(Problem),
    /// No answer, or one that says nothing about the charge: it may have happened.
    Lost,
}

/// A status request that was not answered with an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusError {
    /// The backend has no attempt for this offer: the accept never arrived.
    NotAccepted,
    /// No answer, or an unreadable one: ask again.
    Unavailable,
}
