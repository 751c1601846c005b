//! Saved payment methods: which of them can pay, and which comes first.

use aftercart_contract::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One entry of `GET /customers/{id}/payment-methods`. A prepared offer keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SavedMethod {
    /// Dodo's id. Never leaves the server.
    pub(crate) payment_method_id: String,
    /// Such as `card`.
    pub(crate) payment_method: String,
    /// Such as `upi_collect`.
    #[serde(default)]
    payment_method_type: Option<String>,
    #[serde(default)]
    recurring_enabled: Option<bool>,
    #[serde(default)]
    last_used_at: Option<Timestamp>,
    #[serde(default)]
    card: Option<SavedCard>,
}

/// All of Dodo's card fields may be null.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct SavedCard {
    last4_digits: Option<String>,
    card_network: Option<String>,
    expiry_month: Option<String>,
    expiry_year: Option<String>,
}

impl SavedMethod {
    /// The last four digits.
    pub(crate) fn last4(&self) -> Option<String> {
        let digits = self.card.as_ref()?.last4_digits.as_deref()?;
        (digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.to_owned())
    }

    /// The card network as people write it.
    pub(crate) fn brand(&self) -> Option<String> {
        self.card.as_ref()?.card_network.as_deref().and_then(brand_name)
    }

    /// `YYYY-MM`.
    pub(crate) fn expires(&self) -> Option<String> {
        self.expiry().map(|day| format!("{:04}-{:02}", day.year(), day.month()))
    }

    /// The last day on which the card can be used.
    fn expiry(&self) -> Option<Date> {
        let card = self.card.as_ref()?;
        let month: i8 = digits(card.expiry_month.as_deref()?)?.parse().ok()?;
        let year = digits(card.expiry_year.as_deref()?)?;
        let year: i16 = match year.len() {
            2 => 2000 + year.parse::<i16>().ok()?,
            4 => year.parse().ok()?,
            _ => return None,
        };
        Date::new(year, month, 1).ok().map(Date::last_of_month)
    }

    /// Good through the whole of its last day, everywhere on earth.
    fn is_expired(&self, now: Timestamp) -> bool {
        let Some(last_day) = self.expiry() else { return false };
        let today = (now - jiff::SignedDuration::from_hours(12)).to_zoned(jiff::tz::TimeZone::UTC).date();
        today > last_day
    }
}

/// Text of nothing but digits; a sign would be a number to Rust, and no year to anybody.
fn digits(text: &str) -> Option<&str> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

/// What a method is wanted for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// A plan needs a method that Dodo may charge again (`recurring_enabled`).
    pub(crate) is_plan: bool,
    /// The currency of the quote.
    pub(crate) currency: Currency,
    /// Ids of methods that Dodo refused before in this currency. It lists no currencies of a method.
    pub(crate) refused: &'a [String],
    /// When.
    pub(crate) now: Timestamp,
}

/// Why a method cannot pay. What is not known not to work is no obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// Past the end of its month.
    Expired,
    /// Not to be charged again, and a plan is.
    NotForPlans,
    /// UPI pays in rupees only.
    RupeesOnly,
    /// Dodo refused it in this currency before.
    Refused(Currency),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => out.write_str("expired"),
            Self::NotForPlans => out.write_str("not for plans"),
            Self::RupeesOnly => out.write_str("in INR only"),
            Self::Refused(currency) => write!(out, "refused in {} before", currency.code()),
        }
    }
}

impl SavedMethod {
    /// What stands in its way; `None`: it can pay, as far as anybody knows.
    pub(crate) fn obstacle(&self, wanted: Wanted<'_>) -> Option<Obstacle> {
        let kind = self.payment_method_type.as_deref().unwrap_or_default();
        let is_upi = self.payment_method == "upi" || kind.starts_with("upi_");
        if self.is_expired(wanted.now) {
            Some(Obstacle::Expired)
        } else if wanted.is_plan && self.recurring_enabled != Some(true) {
            Some(Obstacle::NotForPlans)
        } else if is_upi && wanted.currency.code() != "INR" {
            Some(Obstacle::RupeesOnly)
        } else if wanted.refused.contains(&self.payment_method_id) {
            Some(Obstacle::Refused(wanted.currency))
        } else {
            None
        }
    }
}

/// The methods that can pay, the one to propose first: newest use first, as Dodo has no default flag.
pub(crate) fn usable(methods: Vec<SavedMethod>, wanted: Wanted<'_>) -> Vec<SavedMethod> {
    let mut usable: Vec<_> = methods.into_iter().filter(|method| method.obstacle(wanted).is_none()).collect();
    usable.sort_by_key(|method| std::cmp::Reverse(method.last_used_at));
    usable
}

/// Dodo's network names are lower case with underscores.
pub(crate) fn brand_name(network: &str) -> Option<String> {
    let known = match network.to_ascii_lowercase().replace([' ', '_', '-'], "").as_str() {
        "" => return None,
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" | "americanexpress" => "American Express",
        "discover" => "Discover",
        "diners" | "dinersclub" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" | "chinaunionpay" => "UnionPay",
        "maestro" => "Maestro",
        "rupay" => "RuPay",
        "interac" => "Interac",
        "cartesbancaires" => "Cartes Bancaires",
        _ => return Some(network.replace('_', " ").trim().to_owned()),
    };
    Some(known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn method(id: &str, expiry: (&str, &str), recurring: Option<bool>, used: Option<&str>) -> SavedMethod {
        serde_json::from_value(json!({
            "payment_method_id": id, "payment_method": "card", "recurring_enabled": recurring,
            "last_used_at": used,
            "card": {"last4_digits": "4242", "card_network": "visa",
                     "expiry_month": expiry.0, "expiry_year": expiry.1}
        }))
        .unwrap()
    }

    fn ids(methods: Vec<SavedMethod>, is_plan: bool, now: &str) -> Vec<String> {
        let now = now.parse().unwrap();
        let wanted = Wanted { is_plan, currency: Currency::new("USD").unwrap(), refused: &[], now };
        usable(methods, wanted).into_iter().map(|m| m.payment_method_id).collect()
    }

    #[test]
    fn a_card_is_good_until_the_end_of_its_month_in_two_and_four_digit_years() {
        for year in ["26", "2026"] {
            let cards = || vec![method("pm_1", ("11", year), None, None)];
            assert_eq!(ids(cards(), false, "2026-11-30T23:59:59Z"), ["pm_1"]);
            assert_eq!(ids(cards(), false, "2026-12-02T00:00:00Z"), Vec::<String>::new());
        }
        assert_eq!(method("pm_1", ("6", "32"), None, None).expires().as_deref(), Some("2032-06"));
    }

    #[test]
    fn an_unreadable_expiry_does_not_hide_a_card() {
        assert_eq!(
            ids(vec![method("pm_1", ("13", "x"), None, None)], false, "2026-01-01T00:00:00Z"),
            ["pm_1"]
        );
    }

    #[test]
    fn a_year_with_a_sign_is_no_year() {
        for year in ["-226", "+226", "-5", "+5"] {
            assert_eq!(method("pm_1", ("1", year), None, None).expires(), None, "{year}");
        }
    }

    #[test]
    fn a_plan_needs_a_method_that_may_be_charged_again() {
        let cards = || {
            vec![method("pm_no", ("1", "40"), None, None), method("pm_yes", ("1", "40"), Some(true), None)]
        };
        assert_eq!(ids(cards(), true, "2026-01-01T00:00:00Z"), ["pm_yes"]);
        assert_eq!(ids(cards(), false, "2026-01-01T00:00:00Z").len(), 2);
    }

    #[test]
    fn a_currency_is_refused_only_where_it_is_known_not_to_work() {
        let card = method("pm_1", ("1", "40"), None, None);
        let upi: SavedMethod = serde_json::from_value(json!({
            "payment_method_id": "pm_2", "payment_method": "real_time_payment", "payment_method_type": "upi_collect"
        }))
        .unwrap();
        let refused = ["pm_1".to_owned()];
        let obstacle = |method: &SavedMethod, currency, refused: &[String]| {
            let (currency, now) = (Currency::new(currency).unwrap(), Timestamp::UNIX_EPOCH);
            method.obstacle(Wanted { is_plan: false, currency, refused, now }).map(|why| why.to_string())
        };
        assert_eq!(obstacle(&card, "XOF", &[]), None);
        assert_eq!(obstacle(&card, "XOF", &refused).as_deref(), Some("refused in XOF before"));
        assert_eq!(obstacle(&upi, "INR", &refused), None);
        assert_eq!(obstacle(&upi, "USD", &[]).as_deref(), Some("in INR only"));
    }

    #[test]
    fn the_method_used_last_comes_first_and_never_used_ones_last() {
        let cards = vec![
            method("pm_never", ("1", "40"), None, None),
            method("pm_old", ("1", "40"), None, Some("2025-01-01T00:00:00Z")),
            method("pm_new", ("1", "40"), None, Some("2026-01-01T00:00:00Z")),
        ];
        assert_eq!(ids(cards, false, "2026-02-01T00:00:00Z"), ["pm_new", "pm_old", "pm_never"]);
    }

    #[test]
    fn networks_are_written_as_people_write_them() {
        assert_eq!(brand_name("visa").as_deref(), Some("Visa"));
        assert_eq!(brand_name("american_express").as_deref(), Some("American Express"));
        assert_eq!(brand_name("some_network").as_deref(), Some("some network"));
        assert_eq!(brand_name(""), None);
        assert_eq!(brand_name("_"), None);
    }
}
