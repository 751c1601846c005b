//! Signing and checking, with keys that can be rotated.

use super::{OfferClaims, SubjectClaims, is_expired};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;

const VERSION: &str = "a1";
/// The shortest key accepted: as long as the mac.
const MIN_KEY_BYTES: usize = 32;

/// The keys that sign and verify tokens, newest first. Never empty.
#[derive(Clone)]
pub struct TokenKeys(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: String,
    bytes: Vec<u8>,
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.0.iter().map(|key| &key.id).collect();
        f.debug_tuple("TokenKeys").field(&ids).finish()
    }
}

/// Why `AFTERCART_TOKEN_KEYS` cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyringError {
    /// Nothing between the commas.
    #[error("is empty")]
    Empty,
    /// An entry is not `id:base64`.
    #[error("has an entry that is not `id:base64`; an id is letters, digits, `-` and `_`")]
    NotAPair,
    /// The part after the colon is not standard base64.
    #[error("key `{0}` is not base64")]
    NotBase64(String),
    /// Fewer than 32 bytes.
    #[error("key `{0}` is shorter than 32 bytes")]
    TooShort(String),
    /// Two keys share an id.
    #[error("names key `{0}` twice")]
    Duplicate(String),
}

/// Why a token is refused. Says nothing about which part was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not ours, altered, or made for something else.
    #[error("the token is not valid here")]
    Invalid,
    /// Ours, but too old.
    #[error("the token has expired")]
    Expired,
}

/// Claims with the purpose they were signed for.
#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    #[serde(rename = "for")]
    purpose: Purpose,
    #[serde(flatten)]
    claims: T,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Purpose {
    Subject,
    Offer,
}

impl TokenKeys {
    /// Reads `id:base64[,id:base64]`, newest first.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<Key> = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (id, encoded) = entry.split_once(':').ok_or(KeyringError::NotAPair)?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            if id.is_empty() || id.len() > 32 || !id.bytes().all(plain) {
                return Err(KeyringError::NotAPair);
            }
            if keys.iter().any(|key| key.id == id) {
                return Err(KeyringError::Duplicate(id.to_owned()));
            }
            let bytes = STANDARD.decode(encoded).map_err(|_| KeyringError::NotBase64(id.to_owned()))?;
            if bytes.len() < MIN_KEY_BYTES {
                return Err(KeyringError::TooShort(id.to_owned()));
            }
            keys.push(Key { id: id.to_owned(), bytes });
        }
        if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(Self(keys)) }
    }

    pub(crate) fn sign_subject(&self, claims: &SubjectClaims) -> String {
        self.sign(Purpose::Subject, claims)
    }

    pub(crate) fn sign_offer(&self, claims: &OfferClaims) -> String {
        self.sign(Purpose::Offer, claims)
    }

    /// Checks signature, purpose and expiry.
    pub(crate) fn verify_subject(&self, token: &str, now: Timestamp) -> Result<SubjectClaims, TokenError> {
        let claims: SubjectClaims = self.verify(Purpose::Subject, token)?;
        if is_expired(claims.exp, now) { Err(TokenError::Expired) } else { Ok(claims) }
    }

    /// Checks signature and purpose. Expiry is the caller's, because a repeated accept is answered
    /// with its outcome however late it comes.
    pub(crate) fn verify_offer(&self, token: &str) -> Result<OfferClaims, TokenError> {
        self.verify(Purpose::Offer, token)
    }

    /// An opaque name for a value that must not leave the server, the same on every call.
    pub(crate) fn opaque(&self, kind: &str, value: &str) -> String {
        let Some(key) = self.0.last() else { return String::new() };
        let mac = key.mac(&format!("{kind}\n{value}"));
        URL_SAFE_NO_PAD.encode(mac.get(..12).unwrap_or(&mac))
    }

    fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T) -> String {
        // Invariants: `parse` refuses an empty list, and claims are plain structs.
        let Some(key) = self.0.first() else { return String::new() };
        let json = serde_json::to_vec(&Envelope { purpose, claims }).unwrap_or_default();
        let signed = format!("{VERSION}.{}.{}", key.id, URL_SAFE_NO_PAD.encode(json));
        let mac = URL_SAFE_NO_PAD.encode(key.mac(&signed));
        format!("{signed}.{mac}")
    }

    fn verify<T: DeserializeOwned>(&self, purpose: Purpose, token: &str) -> Result<T, TokenError> {
        let (signed, mac) = token.rsplit_once('.').ok_or(TokenError::Invalid)?;
        let mut parts = signed.split('.');
        let (Some(VERSION), Some(id), Some(body), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Invalid);
        };
        let key = self.0.iter().find(|key| key.id == id).ok_or(TokenError::Invalid)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| TokenError::Invalid)?;
        if !bool::from(key.mac(signed).ct_eq(mac.as_slice())) {
            return Err(TokenError::Invalid);
        }
        let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| TokenError::Invalid)?;
        let envelope: Envelope<T> = serde_json::from_slice(&json).map_err(|_| TokenError::Invalid)?;
        if envelope.purpose == purpose { Ok(envelope.claims) } else { Err(TokenError::Invalid) }
    }
}

impl Key {
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, text: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercart_contract::CustomerId;

    fn key(id: &str, fill: u8) -> String {
        format!("{id}:{}", STANDARD.encode([fill; 32]))
    }

    fn claims() -> SubjectClaims {
        SubjectClaims { customer: CustomerId::new("cus_1").unwrap(), exp: 100 }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_signed_with_an_older_key_still_verifies_after_rotation() {
        let old = TokenKeys::parse(&key("k1", 1)).unwrap();
        let both = TokenKeys::parse(&format!("{},{}", key("k2", 2), key("k1", 1))).unwrap();
        assert_eq!(both.verify_subject(&old.sign_subject(&claims()), at(0)), Ok(claims()));
        assert_eq!(old.verify_subject(&both.sign_subject(&claims()), at(0)), Err(TokenError::Invalid));
    }

    #[test]
    fn a_token_dies_half_a_minute_after_its_expiry_and_not_before() {
        let keys = TokenKeys::parse(&key("k1", 1)).unwrap();
        let token = keys.sign_subject(&claims());
        assert_eq!(keys.verify_subject(&token, at(129)), Ok(claims()));
        assert_eq!(keys.verify_subject(&token, at(130)), Err(TokenError::Expired));
    }

    #[test]
    fn no_altered_token_verifies() {
        let keys = TokenKeys::parse(&key("k1", 1)).unwrap();
        let token = keys.sign_subject(&claims());
        for at_byte in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at_byte] = if bytes[at_byte] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            // The last base64 digit carries unused bits; strict decoding refuses what they could hide.
            assert_eq!(keys.verify_subject(&altered, at(0)), Err(TokenError::Invalid), "byte {at_byte}");
        }
        for broken in ["", ".", "a1.k1", "a1.k1..", &token[..token.len() - 1], &format!("{token}.x")] {
            assert_eq!(keys.verify_subject(broken, at(0)), Err(TokenError::Invalid), "{broken}");
        }
    }

    #[test]
    fn a_token_for_one_purpose_is_nothing_for_another() {
        let keys = TokenKeys::parse(&key("k1", 1)).unwrap();
        assert_eq!(keys.verify_offer(&keys.sign_subject(&claims())), Err(TokenError::Invalid));
    }

    #[test]
    fn unusable_key_lists_are_refused_with_their_reason() {
        let check = |text: &str, expected: KeyringError| {
            assert_eq!(TokenKeys::parse(text).unwrap_err(), expected, "{text}");
        };
        check("", KeyringError::Empty);
        check("nocolon", KeyringError::NotAPair);
        check("k 1:AAAA", KeyringError::NotAPair);
        check("k1:***", KeyringError::NotBase64("k1".into()));
        check("k1:AAAA", KeyringError::TooShort("k1".into()));
        check(&format!("{},{}", key("k1", 1), key("k1", 2)), KeyringError::Duplicate("k1".into()));
    }

    #[test]
    fn debug_output_shows_key_ids_and_no_key() {
        let keys = TokenKeys::parse(&key("k1", 1)).unwrap();
        assert_eq!(format!("{keys:?}"), r#"TokenKeys(["k1"])"#);
    }
}
