//! Everything the widget may ask of the world. The shell's `match` over this enum is all its I/O.

use aftercart_contract::{
    AcceptRequest, DeclineRequest, EventName, IdempotencyKey, OfferId, OfferToken, PaymentId, QuoteRequest,
    Reason, RevokeRequest, SessionId, Timestamp, WebUrl,
};

/// One request to the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `GET` the offer.
    FetchOffer,
    /// `POST` the accept: the only effect that can charge.
    PostAccept {
        /// What was chosen.
        request: AcceptRequest,
        /// The click's key.
        key: IdempotencyKey,
    },
    /// `GET` the status of an attempt.
    FetchStatus {
        /// Which offer.
        offer_id: OfferId,
        /// Its proof.
        token: Option<OfferToken>,
    },
    /// `POST` a question for the price of another quantity.
    PostQuote {
        /// Comes back with the answer.
        number: u32,
        /// What is asked.
        request: QuoteRequest,
    },
    /// `POST` a wish to hold, go on with or take back.
    PostRevoke(RevokeRequest),
    /// `POST` a decline, or why it was declined.
    PostDecline(DeclineRequest),
    /// Note on this device that an offer was declined.
    Remember(OfferId),
    /// Fire `timer` once after `ms` milliseconds; a running one of the same kind is replaced.
    Wait {
        /// Which.
        timer: Timer,
        /// Milliseconds.
        ms: u32,
    },
    /// Fire the expiry timer after as long as lies between the two moments.
    ///
    /// A difference of two server times, so that a wrong clock on the shopper's side does no harm.
    WaitForExpiry {
        /// When the price was quoted.
        from: Timestamp,
        /// When it runs out.
        until: Timestamp,
    },
    /// Move the whole page (never a frame), unless the host prevents it.
    Redirect(WebUrl),
    /// Tell the host page.
    Emit(HostEvent),
    /// Tell the backend what was seen, without waiting.
    Report {
        /// Which offer.
        offer_id: OfferId,
        /// What.
        name: EventName,
    },
    /// Bring the focus to the new message, if it was inside the widget.
    MoveFocus,
}

/// The timers; at most one of each kind runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// The offer takes too long.
    LoadLimit,
    /// The answer to an accept or a decline takes too long.
    ChargeLimit,
    /// Ask for the status again.
    Poll,
    /// Move to the checkout, the bank or the success page.
    Redirect,
    /// The quote runs out.
    Expiry,
    /// A second of the countdown has passed.
    Second,
}

/// What a host page hears, as `aftercart-*` events that bubble out of the element.
///
/// `aftercart-accept` and `aftercart-redirect` are cancelable and therefore sent by the shell itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostEvent {
    /// The widget runs.
    Ready,
    /// An offer is visible.
    Shown {
        /// Which.
        offer_id: OfferId,
    },
    /// Paid.
    Succeeded {
        /// Which offer; absent for one that was paid before the page was loaded and is followed by another.
        offer_id: Option<OfferId>,
        /// Dodo's payment, when known.
        payment_id: Option<PaymentId>,
        /// Dodo's session, when known.
        session_id: Option<SessionId>,
    },
    /// Known not to be charged.
    Failed {
        /// A stable lower-case code.
        code: String,
        /// Where the shopper can pay instead.
        checkout_url: Option<WebUrl>,
    },
    /// The shopper declined.
    Declined {
        /// Which offer.
        offer_id: OfferId,
    },
    /// There is no offer.
    Hidden {
        /// Why, when the backend says.
        reason: Option<Reason>,
    },
    /// The widget cannot work here; the page is as it was.
    Error {
        /// For developers.
        message: String,
    },
}
