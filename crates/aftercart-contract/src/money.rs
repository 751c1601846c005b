//! Money: whole minor units and a known currency, never apart, never a float.

use crate::digits;
use crate::json::Json;
use crate::read::{Read, Walk, deserialize_by_reading, text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Dodo refuses totals above a signed 32-bit integer (API spec, integer ranges).
const MAX_AMOUNT: i64 = 2_147_483_647;

/// The currencies Dodo names that have no minor unit (ISO 4217 exponent 0).
const EXPONENT_0: &str = "BIF CLP DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// The currencies Dodo names with three decimals (ISO 4217 exponent 3).
const EXPONENT_3: &str = "BHD IQD JOD KWD LYD OMR TND";
/// The other currencies of Dodo's list, all with two decimals.
const EXPONENT_2: &str = "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CNY COP \
CRC CUP CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR JMD KES KGS KHR \
KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP \
PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS VES \
WST XCD YER ZAR ZMW";

/// What stands for a currency that was refused.
pub(crate) const NO_CURRENCY: Currency = Currency { code: "XXX", exponent: 0 };

/// An amount in minor units: −2,147,483,647 to 2,147,483,647. Meaningless without its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct AmountMinor(i64);

impl AmountMinor {
    /// No money at all.
    pub const ZERO: Self = Self(0);

    /// Refuses what Dodo would refuse as too large.
    pub fn new(amount: i64) -> Result<Self, MoneyError> {
        if (-MAX_AMOUNT..=MAX_AMOUNT).contains(&amount) {
            Ok(Self(amount))
        } else {
            Err(MoneyError::OutOfRange)
        }
    }

    /// The whole number of minor units.
    pub fn get(self) -> i64 {
        self.0
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl TryFrom<i64> for AmountMinor {
    type Error = MoneyError;
    fn try_from(amount: i64) -> Result<Self, MoneyError> {
        Self::new(amount)
    }
}

impl From<AmountMinor> for i64 {
    fn from(amount: AmountMinor) -> Self {
        amount.0
    }
}

/// One of the 145 ISO 4217 currencies that Dodo knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Currency {
    code: &'static str,
    exponent: u8,
}

impl Currency {
    /// Reads an upper-case code such as `USD`; refuses what Dodo does not list.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        let mut lists = [(EXPONENT_2, 2), (EXPONENT_0, 0), (EXPONENT_3, 3)].into_iter();
        let known = |(list, exponent): (&'static str, u8)| {
            list.split(' ').find(|entry| *entry == code).map(|code| Self { code, exponent })
        };
        lists.find_map(known).ok_or(MoneyError::UnknownCurrency)
    }

    /// The ISO 4217 code, such as `JPY`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals the major unit has: `JPY` 0, `USD` 2, `KWD` 3.
    pub fn exponent(&self) -> u8 {
        self.exponent
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::new(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount together with its currency; arithmetic is checked and refuses mixed currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub amount_minor: AmountMinor,
    /// What they are units of.
    pub currency: Currency,
}

impl Money {
    /// The difference `self − other`.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { expected: self.currency, actual: other.currency });
        }
        let amount_minor = AmountMinor::new(self.amount_minor.get() - other.amount_minor.get())?;
        Ok(Self { amount_minor, currency: self.currency })
    }

    /// The amount in major units as plain decimal text, such as `-12.50`, `4500` or `1.250`.
    ///
    /// Made from the digits, so exact; a locale's formatter takes it from here.
    pub fn to_decimal(self) -> String {
        let amount = self.amount_minor.get();
        let sign = if amount < 0 { "-" } else { "" };
        let places = usize::from(self.currency.exponent());
        let digits = digits(amount.unsigned_abs());
        let mut digits = "0".repeat((places + 1).saturating_sub(digits.len())) + &digits;
        if places > 0 {
            digits.insert(digits.len() - places, '.');
        }
        sign.to_owned() + &digits
    }
}

impl Read for AmountMinor {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let Json::Whole(amount) = value else {
            return walk.expected("a whole number of minor units, at most 2147483647");
        };
        Self::new(*amount).unwrap_or_else(|error| {
            walk.refuse(error.text());
            Self::ZERO
        })
    }
}

deserialize_by_reading!(Currency);

impl Read for Currency {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let code = text(value, walk, "an ISO 4217 currency");
        Self::new(code).unwrap_or_else(|error| {
            walk.refuse(error.text());
            NO_CURRENCY
        })
    }
}

/// Money that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoneyError {
    /// Beyond ±2,147,483,647 minor units.
    OutOfRange,
    /// Not one of Dodo's 145 codes, or not upper case.
    UnknownCurrency,
    /// Two currencies in one calculation.
    CurrencyMismatch {
        /// The left side's.
        expected: Currency,
        /// The right side's.
        actual: Currency,
    },
}

impl MoneyError {
    fn text(self) -> String {
        match self {
            Self::OutOfRange => "amount beyond 2147483647 minor units".to_owned(),
            Self::UnknownCurrency => "unknown currency".to_owned(),
            Self::CurrencyMismatch { expected, actual } => {
                ["expected ", expected.code(), ", got ", actual.code()].concat()
            }
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for MoneyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money { amount_minor: AmountMinor::new(amount).unwrap(), currency: Currency::new(currency).unwrap() }
    }

    #[test]
    fn decimals_follow_the_exponent_of_the_currency() {
        assert_eq!(money(1999, "USD").to_decimal(), "19.99");
        assert_eq!(money(5, "USD").to_decimal(), "0.05");
        assert_eq!(money(-1250, "EUR").to_decimal(), "-12.50");
        assert_eq!(money(4500, "JPY").to_decimal(), "4500");
        assert_eq!(money(12_500, "KWD").to_decimal(), "12.500");
    }

    #[test]
    fn all_145_currencies_of_dodo_are_known_and_nothing_else() {
        let count =
            [EXPONENT_0, EXPONENT_2, EXPONENT_3].iter().map(|list| list.split(' ').count()).sum::<usize>();
        assert_eq!(count, 145);
        for bad in ["usd", "US", "XXX", "", "USDT", "€"] {
            assert_eq!(Currency::new(bad), Err(MoneyError::UnknownCurrency), "{bad}");
        }
    }

    #[test]
    fn mixed_currencies_and_overflow_are_refused() {
        assert!(matches!(money(1, "USD").minus(money(1, "EUR")), Err(MoneyError::CurrencyMismatch { .. })));
        assert_eq!(money(-MAX_AMOUNT, "USD").minus(money(MAX_AMOUNT, "USD")), Err(MoneyError::OutOfRange));
        assert_eq!(AmountMinor::new(MAX_AMOUNT + 1), Err(MoneyError::OutOfRange));
    }
}
