//! Every error answer of the backend.

use crate::ContractError;
use crate::read::{Fields, ReadFields, deserialize_by_reading, document};
use serde::Serialize;

/// `{code, message, recoverable}`, sent with an honest HTTP status.
///
/// An accept that is answered with a problem and a 4xx status was refused before any charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable lower-case code, such as `token_expired` or `not_accepted`.
    pub code: String,
    /// A sentence for developers; causes stay in the server's log.
    pub message: String,
    /// True when asking again, later or with a fresh offer, can work.
    pub recoverable: bool,
}

impl Problem {
    /// Reads an error answer.
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        document(text)
    }
}

deserialize_by_reading!(Problem);

impl ReadFields for Problem {
    const EXPECTED: &'static str = "a problem";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            code: fields.required("code"),
            message: fields.required("message"),
            recoverable: fields.required("recoverable"),
        }
    }
}
