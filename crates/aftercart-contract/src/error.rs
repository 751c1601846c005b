//! Why a document is not part of the contract.

use crate::digits;
use std::fmt;

/// A document that cannot be understood safely.
///
/// The text is for developers (logs, the `aftercart-error` event), never for shoppers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContractError {
    /// Not JSON, or not of the expected type. Names line and column where JSON allows.
    Malformed(String),
    /// A field has the wrong type or is out of range.
    Field {
        /// Where, such as `product.price`.
        path: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The document names a contract generation above [`crate::CONTRACT`]: update the widget.
    Newer(u32),
    /// Well-formed fields that do not belong together, such as a token without a quote.
    Inconsistent(&'static str),
}

impl ContractError {
    /// What is wrong, and where.
    pub fn text(&self) -> String {
        match self {
            Self::Malformed(detail) => ["not a contract document: ", detail].concat(),
            Self::Field { path, detail } => [path, ": ", detail].concat(),
            Self::Newer(generation) => {
                let (theirs, ours) = (digits(*generation), digits(crate::CONTRACT));
                ["contract ", &theirs, " is newer than ", &ours].concat()
            }
            Self::Inconsistent(detail) => (*detail).to_owned(),
        }
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for ContractError {}
