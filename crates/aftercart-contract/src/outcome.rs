//! How an accept went: the answer to `POST …/accept` and `GET …/status`.

use crate::read::{Fields, ReadFields, deserialize_by_reading, document};
use crate::{AmountMinor, ContractError, Currency, Offer, PaymentId, SessionId, Timestamp, WebUrl};
use serde::Serialize;

/// What was bought, as one line for the shopper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The product's name.
    pub product_name: String,
    /// What was charged, tax included, minor units.
    pub amount: AmountMinor,
    /// Its currency.
    pub currency: Currency,
    /// The amount as text in the offer's locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The card network, such as `Visa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The card's last four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
}

/// A charge that is known not to have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// A stable lower-case code, such as `insufficient_funds`. Fraud codes arrive as `generic_decline`.
    pub code: String,
    /// A sentence for the shopper in the offer's locale; empty when the widget shall choose one.
    pub message: String,
    /// The standard checkout for the same product.
    pub checkout_url: Option<WebUrl>,
    /// Dodo's page where the shopper replaces the method that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_url: Option<WebUrl>,
    /// The same offer with the other saved methods, the failed one left out: to be shown and accepted
    /// anew, never by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Box<Offer>>,
}

impl Failure {
    /// A failure of which only the code is known.
    pub fn of(code: impl Into<String>) -> Self {
        Self { code: code.into(), message: String::new(), checkout_url: None, update_url: None, retry: None }
    }
}

/// A plan change that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanChange {
    /// The plan the shopper has now, or will have.
    pub product_name: String,
    /// When it begins, or began.
    pub effective_at: Option<Timestamp>,
    /// That day as text in the offer's locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<String>,
    /// Only planned so far, and can be called off by `POST …/revoke`.
    pub is_scheduled: bool,
    /// Credit for later renewals as text; absent when none was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_granted: Option<String>,
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
        /// What was charged; absent when nothing was.
        receipt: Option<Receipt>,
        /// The plan change that this was.
        #[serde(skip_serializing_if = "Option::is_none")]
        change: Option<PlanChange>,
    },
    /// Accepted, and not yet charged: until then the shopper may take it back by `POST …/revoke`.
    Waiting {
        /// When the charge is sent, milliseconds from now; absent while it is held.
        charged_after_ms: Option<u32>,
        /// When to ask again, milliseconds.
        poll_after_ms: u32,
    },
    /// Taken back by the shopper before anything was charged, or a planned change called off.
    Revoked,
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
        /// Never itself `already_accepted`: what arrives nested is taken apart.
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
        document(text)
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

deserialize_by_reading!(Outcome);

impl ReadFields for Outcome {
    const EXPECTED: &'static str = "an outcome";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let status: Option<String> = fields.optional("status");
        match status.as_deref() {
            Some("succeeded") => succeeded(fields),
            Some("processing") => Self::Processing { poll_after_ms: fields.required("poll_after_ms") },
            Some("unknown") => Self::Unknown { poll_after_ms: fields.required("poll_after_ms") },
            Some("action_required") => Self::ActionRequired { url: fields.required("url") },
            Some("waiting") => Self::Waiting {
                charged_after_ms: fields.optional("charged_after_ms"),
                poll_after_ms: fields.required("poll_after_ms"),
            },
            Some("revoked") => Self::Revoked,
            Some("failed") => {
                let code = fields.required("code");
                failed(fields, code)
            }
            Some("requote") => Self::Requote { offer: fields.required("offer") },
            Some("already_accepted") => {
                let outcome: Self = fields.required("outcome");
                Self::AlreadyAccepted { outcome: Box::new(outcome.settled()) }
            }
            Some(_) => refused(fields, "unknown status"),
            // The shapes of Dodo's guide.
            None if fields.has("error") => failed(fields, "backend_error".to_owned()),
            None => match fields.optional("success") {
                Some(true) => succeeded(fields),
                Some(false) => failed(fields, "backend_error".to_owned()),
                None => refused(fields, "an outcome needs a status"),
            },
        }
    }
}

/// No outcome; what stands for it is nothing that anybody sees.
fn refused(fields: &mut Fields<'_>, why: &'static str) -> Outcome {
    fields.refuse(why);
    Outcome::Revoked
}

fn succeeded(fields: &mut Fields<'_>) -> Outcome {
    Outcome::Succeeded {
        payment_id: fields.optional("payment_id"),
        session_id: fields.either("session_id", "sessionId"),
        receipt: fields.optional("receipt"),
        change: fields.optional("change"),
    }
}

fn failed(fields: &mut Fields<'_>, code: String) -> Outcome {
    let message = fields.optional("message").unwrap_or_default();
    Outcome::Failed(Failure {
        code,
        message,
        checkout_url: fields.optional("checkout_url"),
        update_url: fields.optional("update_url"),
        retry: fields.optional("retry"),
    })
}

impl ReadFields for PlanChange {
    const EXPECTED: &'static str = "a plan change";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            product_name: fields.required("product_name"),
            effective_at: fields.optional("effective_at"),
            effective_on: fields.optional("effective_on"),
            is_scheduled: fields.optional("is_scheduled").unwrap_or_default(),
            credit_granted: fields.optional("credit_granted"),
        }
    }
}

impl ReadFields for Receipt {
    const EXPECTED: &'static str = "a receipt";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            product_name: fields.required("product_name"),
            amount: fields.required("amount"),
            currency: fields.required("currency"),
            display: fields.optional("display"),
            brand: fields.optional("brand"),
            last4: fields.optional("last4"),
        }
    }
}
