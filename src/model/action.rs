//! What a shopper can do, whichever button, key or method it came through.

use aftercart_contract::{Revocation, digits};
use std::borrow::Cow;

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

impl Action {
    /// The action as it stands in a document, where buttons and boxes carry it.
    pub fn name(self) -> Cow<'static, str> {
        let (word, number) = match self {
            Self::Accept => ("accept", None),
            Self::Decline => ("decline", None),
            Self::Choose(at) => ("choose-", u32::try_from(at).ok()),
            Self::Quantity(wanted) => ("quantity-", Some(wanted)),
            Self::Method(at) => ("method-", u32::try_from(at).ok()),
            Self::Consent(true) => ("consent", None),
            Self::Consent(false) => ("no-consent", None),
            Self::Retry => ("retry", None),
            Self::Revoke(Revocation::Hold) => ("hold", None),
            Self::Revoke(Revocation::Resume) => ("resume", None),
            Self::Revoke(Revocation::Revoke) => ("revoke", None),
            Self::Reason(reason) => (reason.code(), None),
            Self::Stay => ("stay", None),
            Self::Close => ("close", None),
            Self::Refresh => ("refresh", None),
        };
        match number {
            Some(number) => Cow::Owned(word.to_owned() + &digits(number)),
            None => Cow::Borrowed(word),
        }
    }

    /// The action of this name; `None` where there is none.
    pub fn named(name: &str) -> Option<Self> {
        if let Some((word, number)) = name.rsplit_once('-')
            && let Ok(number) = number.parse::<u32>()
        {
            let at = usize::try_from(number).ok()?;
            return match word {
                "choose" => Some(Self::Choose(at)),
                "quantity" => Some(Self::Quantity(number)),
                "method" => Some(Self::Method(at)),
                _ => None,
            };
        }
        PLAIN.into_iter().find(|action| action.name() == name)
    }
}

/// The actions without a number.
const PLAIN: [Action; 15] = [
    Action::Accept,
    Action::Decline,
    Action::Consent(true),
    Action::Consent(false),
    Action::Retry,
    Action::Revoke(Revocation::Hold),
    Action::Revoke(Revocation::Resume),
    Action::Revoke(Revocation::Revoke),
    Action::Reason(DeclineReason::Price),
    Action::Reason(DeclineReason::Have),
    Action::Reason(DeclineReason::Need),
    Action::Reason(DeclineReason::Later),
    Action::Stay,
    Action::Close,
    Action::Refresh,
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name_and_nothing_else_is() {
        let numbered = [Action::Choose(2), Action::Method(0), Action::Quantity(u32::MAX)];
        for action in PLAIN.into_iter().chain(numbered) {
            assert_eq!(Action::named(&action.name()), Some(action), "{action:?}");
        }
        for none in ["", "choose", "choose-", "choose--1", "quantity-4294967296", "pay-1", "Accept"] {
            assert_eq!(Action::named(none), None, "{none}");
        }
    }
}
