//! Billing addresses.

use serde::{Deserialize, Serialize};

/// Where the buyer is billed. Only the country is required, as an ISO 3166 two-letter code.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Address {
    /// Two upper-case letters.
    pub country: String,
    /// State, province or region.
    #[serde(default)]
    pub state: Option<String>,
    /// City.
    #[serde(default)]
    pub city: Option<String>,
    /// Street and number.
    #[serde(default)]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub zipcode: Option<String>,
}

impl Address {
    /// An address of which only the country is known.
    pub(crate) fn of_country(country: &str) -> Self {
        Self { country: country.to_owned(), state: None, city: None, street: None, zipcode: None }
    }

    /// True for two upper-case ASCII letters. Whether the country exists is not checked.
    pub(crate) fn has_valid_country(&self) -> bool {
        self.country.len() == 2 && self.country.bytes().all(|byte| byte.is_ascii_uppercase())
    }
}
