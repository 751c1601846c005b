//! What `GET {endpoint}/{subject}` answers, and the shapes of it that are understood.

use crate::read::{Fields, ReadFields, deserialize_by_reading, document};
use crate::{ContractError, CopyTexts, Offer, OfferId, OfferToken, Outcome};
use serde::{Deserialize, Serialize, Serializer};

/// Why nothing is offered. A backend may know more reasons; they arrive as [`Reason::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Reason {
    /// The backend does not know this subject.
    UnknownSubject,
    /// The purchase is too old for its payment id to open an offer.
    TooLate,
    /// No rule in the shop's offers matches.
    NoRule,
    /// No payment method can pay, and no checkout is offered instead.
    NoPaymentMethod,
    /// This purchase's offer was accepted; `outcome` tells how it went.
    AlreadyAccepted,
    /// The shopper declined.
    Declined,
    /// This payment *is* an accepted offer; `outcome` tells how it went.
    OwnPayment,
    /// The purchase did not succeed, or not yet.
    NotPaid,
    /// The backend cannot quote a price now.
    NoQuote,
    /// The shopper has it.
    AlreadyOwned,
    /// The offer was shown as often as the shop allows.
    ShownOften,
    /// The offer's own time is over.
    Ended,
    /// The shopper has no active subscription to the plan that would change.
    NoSubscription,
    /// The subscription is billed on demand; such plans are not changed.
    OnDemand,
    /// The subscription ends at its next billing date.
    Cancelling,
    /// A plan change is under way or planned.
    ChangePending,
    /// Something this version does not name.
    Other(String),
}

impl Reason {
    /// Every named reason with its code.
    pub const NAMED: [(&'static str, Self); 16] = [
        ("unknown_subject", Self::UnknownSubject),
        ("too_late", Self::TooLate),
        ("no_rule", Self::NoRule),
        ("no_payment_method", Self::NoPaymentMethod),
        ("already_accepted", Self::AlreadyAccepted),
        ("declined", Self::Declined),
        ("own_payment", Self::OwnPayment),
        ("not_paid", Self::NotPaid),
        ("no_quote", Self::NoQuote),
        ("already_owned", Self::AlreadyOwned),
        ("shown_often", Self::ShownOften),
        ("ended", Self::Ended),
        ("no_subscription", Self::NoSubscription),
        ("on_demand", Self::OnDemand),
        ("cancelling", Self::Cancelling),
        ("change_pending", Self::ChangePending),
    ];

    /// The reason as it travels, such as `no_rule`.
    pub fn code(&self) -> &str {
        match self {
            Self::Other(code) => code,
            named => Self::NAMED.iter().find(|(_, reason)| reason == named).map_or("", |(code, _)| code),
        }
    }
}

impl From<String> for Reason {
    fn from(code: String) -> Self {
        match Self::NAMED.into_iter().find(|(name, _)| *name == code) {
            Some((_, reason)) => reason,
            None => Self::Other(code),
        }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.code().to_owned()
    }
}

/// Nothing to offer, why, and how an earlier accept went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ineligible {
    /// Why; absent when the backend does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The accepted offer's outcome, so that a reload or a return from checkout tells the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Which offer `outcome` belongs to, to ask for its status again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_id: Option<OfferId>,
    /// Proof for asking about `outcome`, and for revoking it where it can be revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<OfferToken>,
    /// Words in the shopper's language for telling `outcome`, by copy key.
    #[serde(skip_serializing_if = "CopyTexts::is_empty")]
    pub copy: CopyTexts,
}

impl Ineligible {
    /// Nothing to offer, for this reason.
    pub fn because(reason: Reason) -> Self {
        Self { reason: Some(reason), outcome: None, offer_id: None, token: None, copy: CopyTexts::default() }
    }
}

/// The answer to `GET {endpoint}/{subject}`.
#[allow(clippy::large_enum_variant, reason = "there is one per page; a box would be in everybody's way")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferAnswer {
    /// Show this.
    Offer(Box<Offer>),
    /// Show nothing, or the outcome of what was accepted before.
    Ineligible(Ineligible),
}

impl OfferAnswer {
    /// Reads our own shape or that of a backend written from Dodo's guide.
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        document(text)
    }
}

impl Serialize for OfferAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a, T> {
            contract: u32,
            eligible: bool,
            #[serde(flatten)]
            rest: &'a T,
        }
        match self {
            Self::Offer(offer) => {
                Wire { contract: crate::CONTRACT, eligible: true, rest: offer }.serialize(serializer)
            }
            Self::Ineligible(rest) => {
                Wire { contract: crate::CONTRACT, eligible: false, rest }.serialize(serializer)
            }
        }
    }
}

deserialize_by_reading!(OfferAnswer);

impl ReadFields for OfferAnswer {
    const EXPECTED: &'static str = "an offer, or why there is none";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let contract: Option<u32> = fields.optional("contract");
        if let Some(newer) = contract.filter(|contract| *contract > crate::CONTRACT) {
            fields.note(ContractError::Newer(newer));
        }
        if fields.optional("eligible") == Some(false) {
            return Self::Ineligible(Ineligible {
                reason: fields.optional::<String>("reason").map(Reason::from),
                outcome: fields.optional("outcome"),
                offer_id: fields.optional("offer_id"),
                token: fields.optional("token"),
                copy: fields.optional("copy").unwrap_or_default(),
            });
        }
        Self::Offer(Box::new(Offer::read_fields(fields)))
    }
}
