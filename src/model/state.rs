//! Where a visit stands. Data that only exists in a phase lives inside that phase.

use aftercart_contract::{Failure, IdempotencyKey, Offer, OfferId, OfferToken, Reason, Receipt, WebUrl};

use super::event::LoadError;

/// The phases of a visit, each described by how it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Before [`Event::Started`](super::Event::Started).
    Idle,
    /// The offer was asked for; space is reserved.
    Loading,
    /// An offer arrived, or a declined one was followed by the next.
    Offered {
        /// What is shown.
        offer: Box<Offer>,
        /// An accept was refused because the price moved: say so.
        price_moved: bool,
    },
    /// The shopper accepted; the one accept request is under way.
    Charging(Attempt),
    /// The backend says that Dodo is still working.
    Processing(Attempt),
    /// Nobody knows yet whether it was charged: lost answer, time-out, 5xx.
    Unknown(Attempt),
    /// The bank wants the customer on its page.
    ActionRequired {
        /// The attempt that waits.
        attempt: Attempt,
        /// Where to confirm.
        url: WebUrl,
        /// The automatic move was used up or refused.
        staying: bool,
    },
    /// Paid.
    Succeeded {
        /// What was bought, when known.
        receipt: Option<Receipt>,
        /// Where the host wants the shopper next.
        next: Option<WebUrl>,
    },
    /// Known not to be charged.
    Failed {
        /// Why, with the best checkout known.
        failure: Failure,
        /// The automatic move was used up or refused.
        staying: bool,
    },
    /// The shopper declined; the backend may answer a cheaper offer.
    Declining(Box<Offer>),
    /// Declined, and nothing more to offer.
    Declined,
    /// The quote ran out while it was shown.
    Expired,
    /// Nothing is shown.
    Hidden(Hidden),
}

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// The backend has no offer.
    Ineligible(Option<Reason>),
    /// Something is wrong; the host's own fallback content shows.
    Error(LoadError),
    /// The shopper closed the last message.
    Closed,
}

/// One accept, from the click on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The offer accepted.
    pub offer_id: OfferId,
    /// The offer itself; absent when a reload found an attempt under way.
    pub offer: Option<Box<Offer>>,
    /// The key of the click; absent when a reload found an attempt under way.
    pub key: Option<IdempotencyKey>,
    /// How often its status was asked for; stops counting at 100.
    pub asked: u8,
    /// How often in a row the backend said that it knows no such attempt.
    pub missing: u8,
}

impl Attempt {
    /// The offer's token, if the backend gave one.
    pub fn token(&self) -> Option<&OfferToken> {
        self.offer.as_ref()?.token.as_ref()
    }

    /// True when the backend has a status to ask for: a backend written from Dodo's guide has none.
    pub fn can_be_asked(&self) -> bool {
        self.offer.as_ref().is_none_or(|offer| offer.token.is_some())
    }
}

impl State {
    /// The value of the host's `data-state` attribute.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle | Self::Loading => "loading",
            Self::Offered { .. } | Self::Declining(_) => "offer",
            Self::Charging(_) => "charging",
            Self::Processing(_) => "processing",
            Self::Unknown(_) => "unknown",
            Self::ActionRequired { .. } => "action-required",
            Self::Succeeded { .. } => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Hidden(Hidden::Error(_)) => "error",
            Self::Hidden(_) => "hidden",
        }
    }
}
