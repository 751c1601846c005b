//! Signed tokens: who may see offers ([`SubjectClaims`]) and who may accept one ([`OfferClaims`]).
//!
//! Rules, in the order they are checked:
//! 1. A token is `a1.<key id>.<claims>.<mac>`; claims and mac are base64url without padding.
//! 2. The mac is HMAC-SHA256 over everything before it, so key id and version are covered. The
//!    algorithm is fixed by `a1`, never read from the token.
//! 3. Comparison takes the same time for every wrong mac.
//! 4. The purpose is part of the claims: a subject token never accepts, an offer token never lists.
//! 5. Expiry is exclusive: a token is dead from its `exp` second on.
//!
//! Rotation: put the new key first in `AFTERCART_TOKEN_KEYS`; the first key signs, every key verifies.

mod claims;
#[cfg(test)]
mod fuzz;
mod keyring;

pub(crate) use claims::{OfferClaims, SubjectClaims};
pub(crate) use keyring::TokenError;
pub use keyring::{KeyringError, TokenKeys};
