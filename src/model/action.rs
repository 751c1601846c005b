//! What a shopper can do, whichever button, key or method it came through.

use aftercart_contract::Revocation;

/// One thing that a shopper does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Accept the chosen offer.
    Accept,
    /// Decline everything on the card.
    Decline,
    /// Choose this offer of the card.
    Choose(usize),
    /// Want so many.
    Quantity(u32),
    /// Pay with this one of the saved methods.
    Method(usize),
    /// Tick or untick the box.
    Consent(bool),
    /// Look at the failed offer again, with the other saved methods.
    Retry,
    /// Hold, go on with or take back what is not charged yet.
    Revoke(Revocation),
    /// Say why the offer was declined.
    Reason(DeclineReason),
    /// Stay on this page.
    Stay,
    /// Take the message away.
    Close,
    /// Ask for a fresh offer.
    Refresh,
}

/// Why a shopper declined, in one tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the copy says what each is")]
pub enum DeclineReason {
    Price,
    Have,
    Need,
    Later,
}

impl DeclineReason {
    /// The reason as it travels.
    pub fn code(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Have => "have",
            Self::Need => "need",
            Self::Later => "later",
        }
    }
}
