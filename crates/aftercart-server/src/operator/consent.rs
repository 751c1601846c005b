//! What a shopper agreed to, as the operator can show it to whoever asks.

use crate::attempt::Attempt;
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// The record of consent of one accept.
#[derive(Clone, Debug, Serialize)]
pub struct AgreedLine {
    /// Names every word that was shown: locale, buttons, withdrawal statement, tick.
    pub text_version: Option<String>,
    /// The locale of those words.
    pub locale: String,
    /// Country of the billing address, which decides the law.
    pub country: Option<String>,
    /// True when the shopper ticked the box that the law wants.
    pub consent: bool,
    /// When.
    pub at: Timestamp,
    /// The amount on the button, minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
}

impl AgreedLine {
    pub(super) fn of(attempt: &Attempt) -> Self {
        Self {
            text_version: attempt.agreed.text_version.clone(),
            locale: attempt.payable.locale.clone(),
            country: attempt.agreed.country.clone(),
            consent: attempt.agreed.consent,
            at: attempt.claimed_at,
            amount: attempt.quoted.amount_minor.get(),
            currency: attempt.quoted.currency.code().to_owned(),
        }
    }
}

impl fmt::Display for AgreedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.text_version.as_deref().unwrap_or("not named");
        let country = self.country.as_deref().unwrap_or("country not known");
        let tick = if self.consent { "box ticked" } else { "no box ticked" };
        write!(f, "words {version} in {}, {country}, {tick}", self.locale)
    }
}
