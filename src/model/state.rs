//! Where a visit stands. Data that only exists in a phase lives inside that phase.

use aftercart_contract::{
    CopyTexts, Failure, IdempotencyKey, Offer, OfferId, OfferToken, PaymentMethod, PlanChange, Reason,
    Receipt, Revocation, WebUrl,
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
    /// The shopper accepted; the one accept request is under way.
    Charging {
        /// What was accepted.
        attempt: Box<Attempt>,
        /// The card as it was clicked: it stays in place.
        sheet: Box<Sheet>,
    },
    /// Accepted, and charged only after a while: until then it can be taken back.
    Waiting {
        /// The attempt that waits.
        attempt: Box<Attempt>,
        /// Seconds until the charge is sent; absent while it is held.
        seconds: Option<u32>,
        /// A wish is under way.
        wish: Option<Revocation>,
    },
    /// The backend says that Dodo is still working.
    Processing(Box<Attempt>),
    /// Nobody knows yet whether it was charged: lost answer, time-out, 5xx.
    Unknown(Box<Attempt>),
    /// The bank wants the customer on its page.
    ActionRequired {
        /// The attempt that waits.
        attempt: Box<Attempt>,
        /// Where to confirm.
        url: WebUrl,
        /// The automatic move was used up or refused.
        staying: bool,
    },
    /// Paid, or the plan is changed.
    Succeeded {
        /// What was accepted.
        attempt: Box<Attempt>,
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
        /// What was taken back.
        attempt: Box<Attempt>,
        /// It was a planned change.
        was_change: bool,
    },
    /// Known not to be charged.
    Failed {
        /// What failed.
        attempt: Box<Attempt>,
        /// Why, with the best checkout known.
        failure: Failure,
        /// The automatic move was used up or refused.
        staying: bool,
    },
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
        offer: Box<Offer>,
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
    /// The offer itself; absent when a reload found an attempt under way.
    pub offer: Option<Box<Offer>>,
    /// The method that the shopper saw on the button.
    pub method: Option<PaymentMethod>,
    /// Words for telling how it went, which the backend gave when a reload found it.
    pub copy: CopyTexts,
    /// The key of the click; absent when a reload found an attempt under way.
    pub key: Option<IdempotencyKey>,
    /// How often its status was asked for; stops counting at 100.
    pub asked: u8,
    /// How often in a row the backend said that it knows no such attempt.
    pub missing: u8,
}

impl Attempt {
    /// The accept of what is chosen on a sheet.
    pub(super) fn of(sheet: &Sheet, key: IdempotencyKey) -> Box<Self> {
        let method = sheet.method().cloned();
        let mut offer = Box::new(sheet.chosen().clone());
        (offer.beside, offer.after) = (Vec::new(), None);
        Box::new(Self {
            offer_id: offer.offer_id.clone(),
            token: offer.token.clone(),
            offer: Some(offer),
            method,
            copy: CopyTexts::default(),
            key: Some(key),
            asked: 0,
            missing: 0,
        })
    }

    /// True when the backend has a status to ask for: a backend written from Dodo's guide has none.
    pub fn can_be_asked(&self) -> bool {
        self.offer.is_none() || self.token.is_some()
    }
}

impl State {
    /// The value of the host's `data-state` attribute.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle | Self::Loading => "loading",
            Self::Offered(_) | Self::Declining { .. } => "offer",
            Self::Charging { .. } => "charging",
            Self::Waiting { .. } => "waiting",
            Self::Processing(_) => "processing",
            Self::Unknown(_) => "unknown",
            Self::ActionRequired { .. } => "action-required",
            Self::Succeeded { .. } => "succeeded",
            Self::Revoked { .. } => "revoked",
            Self::Failed { .. } => "failed",
            Self::Declined { .. } => "declined",
            Self::Expired => "expired",
            Self::Hidden(Hidden::Error(_)) => "error",
            Self::Hidden(_) => "hidden",
        }
    }
}
