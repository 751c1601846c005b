//! Where a visit stands. Data that only exists in a phase lives inside that phase.

use aftercart_contract::{
    CopyTexts, Failure, Offer, OfferId, OfferToken, PaymentMethod, PlanChange, Reason, Receipt, Revocation,
    WebUrl,
};

use super::event::LoadError;
use super::sheet::Sheet;

/// The phases of a visit, each described by how it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Before [`Event::Started`](super::Event::Started).
    Idle,
    /// The offer was asked for; space is reserved.
    Loading,
    /// An offer arrived, or a declined or accepted one was followed by the next.
    Offered(Box<Sheet>),
    /// The shopper accepted; what has come of it is the attempt's phase.
    Accepted(Box<Attempt>),
    /// The shopper declined everything on the card; the backend may answer a cheaper offer.
    Declining {
        /// What was declined.
        sheet: Box<Sheet>,
        /// How many answers are still awaited: one per offer on the card.
        awaited: usize,
        /// The first next offer that was answered.
        next: Option<Box<Offer>>,
    },
    /// Declined, and nothing more to offer.
    Declined {
        /// What was declined.
        sheet: Box<Sheet>,
        /// The shopper has said why.
        told_why: bool,
    },
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
    /// The shopper closed the dialog without answering.
    Unanswered,
}

/// One accept, from the click on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The offer accepted.
    pub offer_id: OfferId,
    /// Proof for asking about it and taking it back, if the backend gave one.
    pub token: Option<OfferToken>,
    /// What this page knows of it.
    pub origin: Origin,
    /// How it goes.
    pub phase: Phase,
    /// How often its status was asked for; stops counting at 100.
    pub asked: u8,
    /// How often in a row the backend said that it knows no such attempt.
    pub missing: u8,
}

/// What has come of an accept, each described by how it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The one accept request is under way, and the card stays in place.
    Charging,
    /// Accepted, and charged only after a while: until then it can be taken back.
    Waiting {
        /// Seconds until the charge is sent; absent while it is held.
        seconds: Option<u32>,
        /// A wish is under way.
        wish: Option<Revocation>,
    },
    /// The backend says that Dodo is still working.
    Processing,
    /// Nobody knows yet whether it was charged: lost answer, time-out, 5xx.
    Unknown,
    /// The bank wants the customer on its page.
    ActionRequired {
        /// Where to confirm.
        url: WebUrl,
        /// The automatic move was used up or refused.
        staying: bool,
    },
    /// Paid, or the plan is changed.
    Succeeded {
        /// What was charged, when known; absent when nothing was.
        receipt: Option<Receipt>,
        /// The plan change that this was.
        change: Option<PlanChange>,
        /// Where the host wants the shopper next.
        next: Option<WebUrl>,
        /// Calling off a planned change is under way.
        calling_off: bool,
    },
    /// Taken back before a charge, or a planned change called off.
    Revoked {
        /// It was a planned change.
        was_change: bool,
    },
    /// Known not to be charged.
    Failed {
        /// Why, with the best checkout known.
        failure: Failure,
        /// The automatic move was used up or refused.
        staying: bool,
    },
}

/// How a page came to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By a click on this card.
    Clicked(Box<Sheet>),
    /// A reload found it under way; with the words that the backend gave for telling how it went.
    Found(CopyTexts),
}

impl Attempt {
    /// One that nothing was heard of yet.
    pub(super) fn new(offer_id: OfferId, token: Option<OfferToken>, origin: Origin) -> Box<Self> {
        Box::new(Self { offer_id, token, origin, phase: Phase::Charging, asked: 0, missing: 0 })
    }

    /// The card that was clicked; absent when a reload found the attempt.
    pub fn sheet(&self) -> Option<&Sheet> {
        match &self.origin {
            Origin::Clicked(sheet) => Some(sheet),
            Origin::Found(_) => None,
        }
    }

    /// The offer that was accepted, as that card had it.
    pub fn offer(&self) -> Option<&Offer> {
        self.sheet().map(Sheet::chosen)
    }

    /// The method that the shopper saw on the button.
    pub fn method(&self) -> Option<&PaymentMethod> {
        self.sheet().and_then(Sheet::method)
    }

    /// The words that go with it.
    pub(super) fn copy(&self) -> &CopyTexts {
        match &self.origin {
            Origin::Clicked(sheet) => &sheet.chosen().copy,
            Origin::Found(copy) => copy,
        }
    }

    /// True when the backend has a status to ask for: a backend written from Dodo's guide has none.
    pub fn can_be_asked(&self) -> bool {
        self.token.is_some() || matches!(self.origin, Origin::Found(_))
    }
}

impl State {
    /// How an accept goes, once there is one.
    pub fn phase(&self) -> Option<&Phase> {
        match self {
            Self::Accepted(attempt) => Some(&attempt.phase),
            _ => None,
        }
    }

    /// The value of the host's `data-state` attribute.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle | Self::Loading => "loading",
            Self::Offered(_) | Self::Declining { .. } => "offer",
            Self::Accepted(attempt) => attempt.phase.name(),
            Self::Declined { .. } => "declined",
            Self::Expired => "expired",
            Self::Hidden(Hidden::Error(_)) => "error",
            Self::Hidden(_) => "hidden",
        }
    }
}

impl Phase {
    /// Its message may be put away: nothing is left to do or to wait for on this page.
    pub(super) fn can_be_closed(&self) -> bool {
        !matches!(self, Self::Charging | Self::Waiting { .. } | Self::ActionRequired { staying: false, .. })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Charging => "charging",
            Self::Waiting { .. } => "waiting",
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::ActionRequired { .. } => "action-required",
            Self::Succeeded { .. } => "succeeded",
            Self::Revoked { .. } => "revoked",
            Self::Failed { .. } => "failed",
        }
    }
}
