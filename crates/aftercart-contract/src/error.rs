//! Why a document is not part of the contract.

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

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(detail) => write!(f, "not a contract document: {detail}"),
            Self::Field { path, detail } => write!(f, "{path}: {detail}"),
            Self::Newer(generation) => write!(f, "contract {generation} is newer than {}", crate::CONTRACT),
            Self::Inconsistent(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for ContractError {}
