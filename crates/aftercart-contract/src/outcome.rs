//! How an accept went: the answer to `POST …/accept` and `GET …/status`.

use crate::{AmountMinor, ContractError, Currency, Offer, PaymentId, SessionId, WebUrl};
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

/// What was bought, as one line for the shopper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The product's name.
    pub product_name: String,
    /// What was charged, tax included, minor units.
    pub amount: AmountMinor,
    /// Its currency.
    pub currency: Currency,
    /// The amount as text in the offer's locale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The card network, such as `Visa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The card's last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
}

/// A charge that is known not to have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable lower-case code, such as `insufficient_funds`. Fraud codes arrive as `generic_decline`.
    pub code: String,
    /// A sentence for the shopper in the offer's locale; empty when the widget shall choose one.
    #[serde(default)]
    pub message: String,
    /// The standard checkout for the same product.
    #[serde(default)]
    pub checkout_url: Option<WebUrl>,
}

/// How an accept went. An unknown `status` is a [`ContractError`], never a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// Paid: read back from Dodo or told by a verified webhook.
    Succeeded {
        /// The payment; absent for plan changes and guide-shaped backends.
        payment_id: Option<PaymentId>,
        /// The checkout session.
        session_id: Option<SessionId>,
        /// What was bought.
        receipt: Option<Receipt>,
    },
    /// Dodo is still working on it. Ask again.
    Processing {
        /// When to ask again, milliseconds.
        poll_after_ms: u32,
    },
    /// The bank wants the customer: go there at top level, never in a frame.
    ActionRequired {
        /// Where.
        url: WebUrl,
    },
    /// Not paid, and known to be.
    Failed(Failure),
    /// The price moved. Nothing was charged: show this offer and ask again.
    Requote {
        /// The offer with its new quote and token.
        offer: Box<Offer>,
    },
    /// Accepted before, with this outcome.
    AlreadyAccepted {
        /// Never itself `already_accepted`.
        outcome: Box<Outcome>,
    },
    /// Not known whether it was charged. Never invite to pay again; ask again.
    Unknown {
        /// When to ask again, milliseconds.
        poll_after_ms: u32,
    },
}

impl Outcome {
    /// Reads our own shape, or `{success, sessionId | session_id}` and `{error}` of Dodo's guide.
    ///
    /// `{error}` becomes [`Outcome::Failed`] with the code `backend_error`: that backend charges
    /// nothing after it has answered an error.
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        serde_json::from_str::<OutcomeWire>(text)?.try_into()
    }

    /// The outcome itself, with `already_accepted` taken off.
    #[must_use]
    pub fn settled(self) -> Self {
        match self {
            Self::AlreadyAccepted { outcome } => outcome.settled(),
            other => other,
        }
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OutcomeWire::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

/// Every field of every accepted shape.
///
/// A derived tagged enum would be read twice, and its reader, doubled for every nested offer, would
/// weigh more in the browser than the rest of this crate.
#[derive(Deserialize)]
struct OutcomeWire {
    status: Option<String>,
    payment_id: Option<PaymentId>,
    #[serde(alias = "sessionId")]
    session_id: Option<SessionId>,
    receipt: Option<Receipt>,
    poll_after_ms: Option<u32>,
    url: Option<WebUrl>,
    code: Option<String>,
    message: Option<String>,
    checkout_url: Option<WebUrl>,
    offer: Option<Box<Offer>>,
    outcome: Option<Box<OutcomeWire>>,
    success: Option<bool>,
    error: Option<IgnoredAny>,
}

impl TryFrom<OutcomeWire> for Outcome {
    type Error = ContractError;

    fn try_from(wire: OutcomeWire) -> Result<Self, ContractError> {
        let lacks = |what| ContractError::Inconsistent(what);
        let OutcomeWire { payment_id, session_id, receipt, checkout_url, .. } = wire;
        match wire.status.as_deref() {
            Some("succeeded") => Ok(Self::Succeeded { payment_id, session_id, receipt }),
            Some("processing") => Ok(Self::Processing {
                poll_after_ms: wire.poll_after_ms.ok_or(lacks("processing needs poll_after_ms"))?,
            }),
            Some("unknown") => Ok(Self::Unknown {
                poll_after_ms: wire.poll_after_ms.ok_or(lacks("unknown needs poll_after_ms"))?,
            }),
            Some("action_required") => {
                Ok(Self::ActionRequired { url: wire.url.ok_or(lacks("action_required needs a url"))? })
            }
            Some("failed") => Ok(Self::Failed(Failure {
                code: wire.code.ok_or(lacks("failed needs a code"))?,
                message: wire.message.unwrap_or_default(),
                checkout_url,
            })),
            Some("requote") => {
                Ok(Self::Requote { offer: wire.offer.ok_or(lacks("requote needs an offer"))? })
            }
            Some("already_accepted") => {
                let outcome = wire.outcome.ok_or(lacks("already_accepted needs its outcome"))?;
                Ok(Self::AlreadyAccepted { outcome: Box::new((*outcome).try_into()?) })
            }
            Some(_) => Err(lacks("unknown status")),
            None if wire.error.is_some() || wire.success == Some(false) => Ok(Self::Failed(Failure {
                code: "backend_error".to_owned(),
                message: String::new(),
                checkout_url,
            })),
            None if wire.success == Some(true) => Ok(Self::Succeeded { payment_id, session_id, receipt }),
            None => Err(lacks("an outcome needs a status")),
        }
    }
}
