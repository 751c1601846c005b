//! How an accept went: the answer to `POST …/accept` and `GET …/status`.

use crate::{AmountMinor, ContractError, Currency, Offer, PaymentId, SessionId, WebUrl};
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// Paid: read back from Dodo or told by a verified webhook.
    Succeeded {
        /// The payment; absent for plan changes and guide-shaped backends.
        #[serde(default)]
        payment_id: Option<PaymentId>,
        /// The checkout session.
        #[serde(default)]
        session_id: Option<SessionId>,
        /// What was bought.
        #[serde(default)]
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
        #[derive(Deserialize)]
        struct Guide {
            success: Option<bool>,
            #[serde(alias = "sessionId")]
            session_id: Option<SessionId>,
            error: Option<serde::de::IgnoredAny>,
        }
        let ours = serde_json::from_str::<Self>(text);
        let Err(refusal) = ours else { return ours.map_err(Into::into) };
        match serde_json::from_str::<Guide>(text) {
            Ok(Guide { success: Some(true), session_id, error: None }) => {
                Ok(Self::Succeeded { payment_id: None, session_id, receipt: None })
            }
            Ok(Guide { error: Some(_), .. } | Guide { success: Some(false), .. }) => {
                Ok(Self::Failed(Failure {
                    code: "backend_error".to_owned(),
                    message: String::new(),
                    checkout_url: None,
                }))
            }
            _ => Err(refusal.into()),
        }
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
