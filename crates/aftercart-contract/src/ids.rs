//! Identifiers and secrets, each its own type so that none can stand in for another.

use crate::digits;
use crate::json::Json;
use crate::read::{self, Read, Walk};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest identifier or key accepted from outside, in bytes.
const MAX_ID: u16 = 128;
/// The longest token accepted from outside, in bytes.
const MAX_TOKEN: u16 = 2048;

fn check(text: &str, max: u16) -> Result<(), String> {
    let fits = !text.is_empty() && text.len() <= usize::from(max);
    let plain = text.bytes().all(|byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\\' | b'<' | b'>')
    });
    if fits && plain {
        Ok(())
    } else {
        Err(["an identifier is 1 to ", &digits(max), " plain ASCII characters"].concat())
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks length and alphabet: plain ASCII, no white space, no `/ ? # " \ < >`.
            pub fn new(text: impl Into<String>) -> Result<Self, String> {
                let text = text.into();
                check(&text, $max).map(|()| Self(text))
            }

            /// The identifier as it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

macro_rules! shown {
    ($($name:ident),+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })+
    };
}

id!(
    /// An offer as this backend names it; stable across requotes.
    OfferId, MAX_ID);
id!(
    /// A Dodo product, `pdt_…`.
    ProductId, MAX_ID);
id!(
    /// A Dodo customer, `cus_…`.
    CustomerId, MAX_ID);
id!(
    /// A Dodo payment, `pay_…`.
    PaymentId, MAX_ID);
id!(
    /// A Dodo checkout session, `cks_…`.
    SessionId, MAX_ID);
id!(
    /// One shopper intent: made once per click, sent as the `Idempotency-Key` header.
    IdempotencyKey, MAX_ID);
id!(
    /// An opaque name for a saved payment method. Never Dodo's `payment_method_id`.
    MethodRef, MAX_ID);
shown!(OfferId, ProductId, CustomerId, PaymentId, SessionId, IdempotencyKey, MethodRef);

impl OfferId {
    /// The name of an offer that its backend gave none.
    pub(crate) fn of_product(product: &ProductId) -> Self {
        Self(product.0.clone())
    }
}

/// Signed proof that this purchase may accept this offer at this price until its expiry.
///
/// Has no `Display` and a silent `Debug`, so it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferToken(String);

impl OfferToken {
    /// Checks length and alphabet as for identifiers, up to 2,048 characters.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        check(&text, MAX_TOKEN).map(|()| Self(text))
    }

    /// The token itself, for the one header or field that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OfferToken {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::new(text)
    }
}

impl From<OfferToken> for String {
    fn from(token: OfferToken) -> Self {
        token.0
    }
}

impl fmt::Debug for OfferToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfferToken(…)")
    }
}

/// Whom an offer is for: the last path segment of `{endpoint}/{subject}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// `cus_…`: a known customer. Opens nothing that charges without a token from the merchant's server.
    Customer(CustomerId),
    /// `pay_…`: the purchase just made. Good only for minutes after it succeeded.
    Payment(PaymentId),
}

impl Subject {
    /// Reads `cus_…` or `pay_…`; anything else is refused with a sentence that says so.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("pay_") {
            PaymentId::new(text).map(Self::Payment)
        } else if text.starts_with("cus_") {
            CustomerId::new(text).map(Self::Customer)
        } else {
            Err("a subject is a Dodo customer id (cus_…) or payment id (pay_…)".to_owned())
        }
    }

    /// The subject as it travels.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Customer(id) => id.as_str(),
            Self::Payment(id) => id.as_str(),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Customer(id) => id.into(),
            Subject::Payment(id) => id.into(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Gives identifiers a [`Read`]; what else arrives as text has its own.
macro_rules! read_ids {
    ($($name:ident $max:expr),+) => {
        $(impl Read for $name {
            fn read(value: &Json, walk: &mut Walk) -> Self {
                Self(read::checked(value, walk, "an identifier", |text| check(text, $max)))
            }
        })+
    };
}

read_ids!(
    OfferId MAX_ID, ProductId MAX_ID, PaymentId MAX_ID, SessionId MAX_ID, MethodRef MAX_ID, OfferToken MAX_TOKEN
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_shows_in_debug_output() {
        let token = OfferToken::new("secret-part").unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }

    #[test]
    fn subjects_are_customers_or_payments_and_nothing_else() {
        assert!(matches!(Subject::parse("cus_1"), Ok(Subject::Customer(_))));
        assert!(matches!(Subject::parse("pay_1"), Ok(Subject::Payment(_))));
        for bad in ["", "sub_1", "cus_a/b", "pay_<b>", "cus_ x", &format!("cus_{}", "x".repeat(200))] {
            assert!(Subject::parse(bad).is_err(), "{bad}");
        }
    }
}
