//! Signed tokens: who may see offers ([`SubjectClaims`]) and who may accept one ([`OfferClaims`]).
//!
//! Rules, in the order they are checked:
//! 1. A token is `a1.<key id>.<claims>.<mac>`; claims and mac are base64url without padding.
//! 2. The mac is HMAC-SHA256 over everything before it, so key id and version are covered. The
//!    algorithm is fixed by `a1`, never read from the token.
//! 3. Comparison takes the same time for every wrong mac.
//! 4. The purpose is part of the claims: a subject token never accepts, an offer token never lists.
//! 5. A token is dead [`CLOCK_SKEW`] seconds after its `exp`: the server that checks it may be another
//!    than the one that signed it, and no two clocks agree. How long a price holds has no such grace,
//!    because an early requote charges nothing.
//!
//! Rotation: put the new key first in `AFTERCART_TOKEN_KEYS`; the first key signs, every key verifies.

/// How late a token is still taken, in seconds: what clocks that are kept by NTP differ at worst.
pub(crate) const CLOCK_SKEW: i64 = 30;

mod claims;
#[cfg(test)]
mod fuzz;
mod keyring;

pub(crate) use claims::{ChangeClaims, OfferClaims, SubjectClaims, is_expired};
pub(crate) use keyring::TokenError;
pub use keyring::{KeyringError, TokenKeys};
