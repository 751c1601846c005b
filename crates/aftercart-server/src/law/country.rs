//! Which law a billing address stands under.

use serde_json::Value;

/// The bodies of law that change our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// EU and EEA: Directive 2011/83/EU (CRD), as amended by (EU) 2019/2161 and (EU) 2023/2673.
    Union,
    /// The Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013.
    UnitedKingdom,
    /// No words of its own here.
    Elsewhere,
}

/// The 27 member states, and Iceland, Liechtenstein and Norway through the EEA Agreement. `EL` and `GR`
/// are both written for Greece.
const UNION: [&str; 31] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Law {
    /// The law for Dodo's billing address.
    pub(crate) fn of(billing: &Value) -> Self {
        match country(billing) {
            Some(country) if UNION.contains(&country.as_str()) => Self::Union,
            Some(country) if matches!(country.as_str(), "GB" | "UK") => Self::UnitedKingdom,
            Some(_) => Self::Elsewhere,
            None => Self::Union,
        }
    }

    /// True where a button has to name the obligation to pay and a consumer may withdraw: CRD Art. 8(2)
    /// and 9(1); CCR 2013 reg. 14(4) and 29(1).
    pub(crate) fn protects(self) -> bool {
        self != Self::Elsewhere
    }
}

/// The two-letter country of Dodo's billing address.
pub(crate) fn country(billing: &Value) -> Option<String> {
    let country = billing.get("country")?.as_str()?.trim();
    (country.len() == 2).then(|| country.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_billing_country_decides() {
        for (country, law) in [
            (json!("DE"), Law::Union),
            (json!("no"), Law::Union),
            (json!("GB"), Law::UnitedKingdom),
            (json!("US"), Law::Elsewhere),
            (json!("CH"), Law::Elsewhere),
            (json!(null), Law::Union),
            (json!("Germany"), Law::Union),
        ] {
            assert_eq!(Law::of(&json!({ "country": country })), law, "{country}");
        }
    }
}
