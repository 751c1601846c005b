//! What accepting costs, as Dodo's preview said it: never computed by us.

use crate::json::Json;
use crate::read::{Fields, Read, ReadFields, Walk, checked, read_words};
use crate::{AmountMinor, Currency, Interval, Money};
use serde::{Deserialize, Serialize};

/// A moment, RFC 3339 in UTC, such as `2026-01-16T10:00:00Z`.
///
/// Kept as text: a server reads it with its own clock library, a browser with `Date.parse`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(String);

impl Timestamp {
    /// Checks the outer form `YYYY-MM-DDThh:mm:ss[.fff]Z`; a calendar check is the reader's.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        check(&text).map(|()| Self(text))
    }

    /// The moment as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a moment has its outer form.
fn check(text: &str) -> Result<(), String> {
    let fraction = text.get(19..).and_then(|tail| tail.strip_suffix('Z'));
    let shaped = text.len() <= 40
        && fraction.is_some_and(is_fraction)
        && text.get(..19).is_some_and(|head| {
            head.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                10 => byte == b'T',
                13 | 16 => byte == b':',
                _ => byte.is_ascii_digit(),
            })
        });
    if shaped { Ok(()) } else { Err("a time is RFC 3339 in UTC, such as 2026-01-16T10:00:00Z".to_owned()) }
}

impl Read for Timestamp {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        Self(checked(value, walk, "a time such as 2026-01-16T10:00:00Z", check))
    }
}

/// Nothing, or a point and digits.
fn is_fraction(text: &str) -> bool {
    let digits = text.strip_prefix('.').filter(|digits| !digits.is_empty());
    text.is_empty() || digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
}

impl TryFrom<String> for Timestamp {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::new(text)
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

/// How a plan change bills now (Dodo API, change-plan; Dodo may add modes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are Dodo's and explained there")]
pub enum ProrationBillingMode {
    DifferenceImmediately,
    ProratedImmediately,
    FullImmediately,
    DoNotBill,
    ProratedImmediatelyKeepCycle,
}

/// The next charges of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renewal {
    /// Minor units in the quote's currency, tax included.
    pub amount: AmountMinor,
    /// How often.
    pub interval: Interval,
    /// When first; absent when Dodo's preview did not say.
    pub starts_at: Option<Timestamp>,
}

/// Money as text in the offer's locale, made by the server with a CLDR library. Every field may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "each is the display text of the field with the same name")]
pub struct Display {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_difference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_now: Option<String>,
    /// Says so where tax comes on top of `renewal.amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_used: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_granted: Option<String>,
    /// What the shopper pays for the current product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30_days: Option<String>,
    /// The day of `renewal.starts_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews_on: Option<String>,
    /// The day of `effective_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<String>,
}

/// The price that the token is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// Before discount and tax, minor units.
    pub subtotal: AmountMinor,
    /// Taken off, minor units, not negative.
    pub discount: AmountMinor,
    /// Tax contained in `total`; absent when Dodo could not say.
    pub tax: Option<AmountMinor>,
    /// Everything, tax included.
    pub total: AmountMinor,
    /// The currency of every amount here.
    pub currency: Currency,
    /// Existing credit spent on this charge, minor units, not negative.
    pub credit_used: AmountMinor,
    /// Credit granted for later renewals, minor units, not negative. Not a refund to the card.
    pub credit_granted: AmountMinor,
    /// What the accept button charges: `total` less `credit_used`, as Dodo's preview says it.
    pub due_now: AmountMinor,
    /// Later charges; absent for one-time products.
    pub renewal: Option<Renewal>,
    /// How many of the product these amounts are for.
    pub quantity: u32,
    /// When a plan change takes effect, `quoted_at` or later; absent for purchases.
    pub effective_at: Option<Timestamp>,
    /// How a plan change bills; absent for purchases.
    pub proration_billing_mode: Option<ProrationBillingMode>,
    /// When Dodo was asked.
    pub quoted_at: Timestamp,
    /// From here on accept answers with a requote.
    pub expires_at: Timestamp,
    /// The amounts as text.
    pub display: Display,
}

impl Quote {
    /// What the accept button charges.
    pub fn due_now(&self) -> Money {
        Money { amount_minor: self.due_now, currency: self.currency }
    }

    /// True when an amount that cannot be negative is.
    pub(crate) fn has_negative_amount(&self) -> bool {
        let renewal = self.renewal.as_ref().map(|renewal| renewal.amount);
        [
            Some(self.subtotal),
            Some(self.discount),
            self.tax,
            Some(self.total),
            Some(self.credit_used),
            Some(self.credit_granted),
            Some(self.due_now),
            renewal,
        ]
        .into_iter()
        .flatten()
        .any(AmountMinor::is_negative)
    }
}

read_words!(ProrationBillingMode, "a proration billing mode":
    "difference_immediately" DifferenceImmediately, "prorated_immediately" ProratedImmediately,
    "full_immediately" FullImmediately, "do_not_bill" DoNotBill,
    "prorated_immediately_keep_cycle" ProratedImmediatelyKeepCycle);

impl ReadFields for Renewal {
    const EXPECTED: &'static str = "a renewal";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            amount: fields.required("amount"),
            interval: fields.required("interval"),
            starts_at: fields.optional("starts_at"),
        }
    }
}

impl ReadFields for Display {
    const EXPECTED: &'static str = "display texts";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            price: fields.optional("price"),
            price_difference: fields.optional("price_difference"),
            subtotal: fields.optional("subtotal"),
            discount: fields.optional("discount"),
            tax: fields.optional("tax"),
            total: fields.optional("total"),
            due_now: fields.optional("due_now"),
            renewal: fields.optional("renewal"),
            credit_used: fields.optional("credit_used"),
            credit_granted: fields.optional("credit_granted"),
            current_price: fields.optional("current_price"),
            lowest_price_30_days: fields.optional("lowest_price_30_days"),
            renews_on: fields.optional("renews_on"),
            effective_on: fields.optional("effective_on"),
        }
    }
}

impl ReadFields for Quote {
    const EXPECTED: &'static str = "a quote";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            subtotal: fields.required("subtotal"),
            discount: fields.optional("discount").unwrap_or_default(),
            tax: fields.optional("tax"),
            total: fields.required("total"),
            currency: fields.required("currency"),
            credit_used: fields.optional("credit_used").unwrap_or_default(),
            credit_granted: fields.optional("credit_granted").unwrap_or_default(),
            due_now: fields.required("due_now"),
            renewal: fields.optional("renewal"),
            quantity: fields.optional("quantity").unwrap_or(1),
            effective_at: fields.optional("effective_at"),
            proration_billing_mode: fields.optional("proration_billing_mode"),
            quoted_at: fields.required("quoted_at"),
            expires_at: fields.required("expires_at"),
            display: fields.optional("display").unwrap_or_default(),
        }
    }
}
