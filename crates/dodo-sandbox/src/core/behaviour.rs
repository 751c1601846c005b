//! What a scripted payment method does when it is charged.

use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// The script of a payment method: how the charge ends, and what the caller gets to see of it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Behaviour {
    /// The payment succeeds at once.
    Pay,
    /// The payment fails at once with one of Dodo's decline codes.
    Fail {
        /// For example `INSUFFICIENT_FUNDS`.
        error_code: String,
    },
    /// The payment waits for the customer's bank page. No webhook is sent until it is resolved.
    CustomerAction {
        /// Whether the payment carries a `payment_link` to that page.
        link: bool,
    },
    /// The payment is `processing` for a while, with a webhook, and then ends.
    Process {
        /// Sandbox seconds.
        seconds: u64,
        /// How it ends: null succeeds, a code fails.
        #[serde(default)]
        error_code: Option<String>,
    },
    /// Succeeds, but the answer takes this many real milliseconds.
    Slow {
        /// Real milliseconds, not compressed.
        ms: u64,
    },
    /// Succeeds, and the connection is cut before any answer.
    LoseAnswer,
    /// Succeeds, and the answer is a 500.
    ErrorAfterCommit,
    /// Refused with 409 before anything is charged.
    Conflict,
    /// Refused with 429 before anything is charged.
    RateLimited {
        /// Seconds for the `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Refused with 404: listed, yet not this customer's when charged.
    Foreign,
    /// Refused with 422 `NO_ELIGIBLE_PAYMENT_METHODS`.
    Unsupported,
}

/// How a charge that was committed ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Succeed,
    Fail(String),
    AwaitCustomer { link: bool },
    AwaitMethod { link: String },
    Process { seconds: u64, error_code: Option<String> },
}

/// What the caller sees of a charge that was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Plain,
    Slow { ms: u64 },
    Lost,
    ServerError,
}

impl Behaviour {
    /// The outcome and the reply of a charge over the API, or the refusal that keeps it from happening.
    pub(crate) fn over_the_api(&self) -> Result<(Outcome, Reply), ApiError> {
        match self {
            Self::Pay => Ok((Outcome::Succeed, Reply::Plain)),
            Self::Fail { error_code } => Ok((Outcome::Fail(error_code.clone()), Reply::Plain)),
            Self::CustomerAction { link } => Ok((Outcome::AwaitCustomer { link: *link }, Reply::Plain)),
            Self::Process { seconds, error_code } => {
                Ok((Outcome::Process { seconds: *seconds, error_code: error_code.clone() }, Reply::Plain))
            }
            Self::Slow { ms } => Ok((Outcome::Succeed, Reply::Slow { ms: *ms })),
            Self::LoseAnswer => Ok((Outcome::Succeed, Reply::Lost)),
            Self::ErrorAfterCommit => Ok((Outcome::Succeed, Reply::ServerError)),
            Self::Conflict => Err(ApiError::new(
                409,
                "PREVIOUS_PAYMENT_PENDING",
                "Another payment of this customer is in progress",
            )),
            Self::RateLimited { retry_after } => {
                let refusal = ApiError::new(429, "TOO_MANY_REQUESTS", "Too many requests");
                Err(ApiError { retry_after: *retry_after, ..refusal })
            }
            Self::Foreign => Err(ApiError::not_found()),
            Self::Unsupported => Err(unsupported()),
        }
    }

    /// The outcome when the buyer sits in front of the hosted page: faults of the wire do not exist there.
    pub(crate) fn on_the_page(&self) -> Result<Outcome, ApiError> {
        match self {
            Self::Slow { .. }
            | Self::LoseAnswer
            | Self::ErrorAfterCommit
            | Self::Conflict
            | Self::RateLimited { .. } => Ok(Outcome::Succeed),
            // The buyer is present, so there is always a page to send them to.
            Self::CustomerAction { .. } => Ok(Outcome::AwaitCustomer { link: true }),
            Self::Foreign | Self::Unsupported => Err(unsupported()),
            other => other.over_the_api().map(|(outcome, _)| outcome),
        }
    }

    /// The script in words, for the panel.
    pub fn words(&self) -> String {
        match self {
            Self::Pay => "pays".into(),
            Self::Fail { error_code } => format!("fails with {error_code}"),
            Self::CustomerAction { link: true } => {
                "waits for the bank's page (3DS), link on the payment".into()
            }
            Self::CustomerAction { link: false } => "waits for the bank's page (3DS), without a link".into(),
            Self::Process { seconds, error_code: None } => {
                format!("processing for {seconds} s, then succeeds")
            }
            Self::Process { seconds, error_code: Some(code) } => {
                format!("processing for {seconds} s, then fails with {code}")
            }
            Self::Slow { ms } => format!("pays, but the answer takes {} s", ms / 1000),
            Self::LoseAnswer => "pays, and the answer is lost".into(),
            Self::ErrorAfterCommit => "pays, and the answer is a 500".into(),
            Self::Conflict => "refused with 409, not charged".into(),
            Self::RateLimited { .. } => "refused with 429, not charged".into(),
            Self::Foreign => "refused with 404 as another customer's".into(),
            Self::Unsupported => "refused with 422, no eligible payment method".into(),
        }
    }
}

fn unsupported() -> ApiError {
    ApiError::new(
        422,
        "NO_ELIGIBLE_PAYMENT_METHODS",
        "No eligible payment methods for this currency, country and customer",
    )
}
