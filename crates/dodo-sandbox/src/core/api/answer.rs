//! What goes back over the wire, or does not.

use std::time::Duration;

use serde_json::Value;

use crate::core::behaviour::Reply;
use crate::core::error::ApiError;

/// An answer for the HTTP shell to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Compact JSON; none for 204.
    pub body: Option<String>,
    /// Seconds for the `Retry-After` header.
    pub retry_after: Option<u64>,
    /// Real time to wait before answering.
    pub delay: Duration,
    /// Real time to wait before each byte of the body, after the head.
    pub trickle: Option<Duration>,
    /// Cut the connection instead of answering.
    pub cut: bool,
}

/// What a route made: a document, and how a charge in it is to be shown.
pub(crate) struct Routed {
    pub(crate) document: Option<Value>,
    pub(crate) reply: Reply,
}

impl Routed {
    /// 204.
    pub(crate) fn nothing() -> Self {
        Self { document: None, reply: Reply::Plain }
    }
}

impl From<Value> for Routed {
    fn from(document: Value) -> Self {
        Self { document: Some(document), reply: Reply::Plain }
    }
}

impl From<(Value, Reply)> for Routed {
    fn from((document, reply): (Value, Reply)) -> Self {
        Self { document: Some(document), reply }
    }
}

impl Answer {
    pub(crate) fn json(status: u16, document: &Value) -> Self {
        Self {
            status,
            body: Some(document.to_string()),
            retry_after: None,
            delay: Duration::ZERO,
            trickle: None,
            cut: false,
        }
    }

    pub(crate) fn cut() -> Self {
        Self { status: 0, body: None, retry_after: None, delay: Duration::ZERO, trickle: None, cut: true }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self { retry_after: error.retry_after, ..Self::json(error.status, &error.body()) }
    }
}

impl From<Routed> for Answer {
    fn from(routed: Routed) -> Self {
        let mut answer = match &routed.document {
            Some(document) => Self::json(200, document),
            None => Self { status: 204, cut: false, ..Self::cut() },
        };
        match routed.reply {
            Reply::Plain => {}
            Reply::Slow { ms } => answer.delay = Duration::from_millis(ms),
            Reply::Lost => answer = Self::cut(),
            Reply::ServerError => {
                answer = ApiError::new(500, "INTERNAL_SERVER_ERROR", "Internal server error").into();
            }
        }
        answer
    }
}
