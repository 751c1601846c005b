//! Every error answer of the backend.

use serde::{Deserialize, Serialize};

/// `{code, message, recoverable}`, sent with an honest HTTP status.
///
/// An accept that is answered with a problem and a 4xx status was refused before any charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable lower-case code, such as `token_expired` or `not_accepted`.
    pub code: String,
    /// A sentence for developers; causes stay in the server's log.
    pub message: String,
    /// True when asking again, later or with a fresh offer, can work.
    pub recoverable: bool,
}
