//! Money as people read it, back in minor units: the amount on a button, compared with what the books say.

use anyhow::{Context, Result};

use aftercart::contract::Currency;

/// Spaces and marks that writers of money put between a sign and its number.
const BETWEEN: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\u{200e}', '\u{200f}'];

/// The amount of this currency named in these words, in minor units; nothing when no amount is named.
///
/// Only a number beside the currency's sign counts: a card's digits and a date are no amounts. It must have exactly
/// the decimals of the currency.
pub fn money_in(words: &str, currency: &str) -> Result<Option<i64>> {
    let known = Currency::new(currency).map_err(|error| anyhow::anyhow!("{currency}: {error}"))?;
    let Some(number) = signs(currency).iter().find_map(|sign| number_beside(words, sign)) else {
        return Ok(None);
    };
    let amount = minor_units(&number, usize::from(known.exponent()));
    amount.map(Some).with_context(|| format!("“{number}” is no amount of {currency}, in “{words}”"))
}

/// How the currency is written, the longest first.
fn signs(currency: &str) -> Vec<&str> {
    let sign = match currency {
        "USD" => Some("$"),
        "KRW" => Some("₩"),
        "EUR" => Some("€"),
        "JPY" => Some("¥"),
        "GBP" => Some("£"),
        _ => None,
    };
    std::iter::once(currency).chain(sign).collect()
}

/// The digits and separators right after the sign, else right before it.
fn number_beside(words: &str, sign: &str) -> Option<String> {
    let is_part = |character: &char| character.is_ascii_digit() || ".,".contains(*character);
    words.match_indices(sign).find_map(|(at, _)| {
        let after = words.get(at + sign.len()..)?.trim_start_matches(BETWEEN);
        let number: String = after.chars().take_while(is_part).collect();
        let before = words.get(..at)?.trim_end_matches(BETWEEN);
        let reversed: String = before.chars().rev().take_while(is_part).collect();
        [number, reversed.chars().rev().collect()]
            .into_iter()
            .map(|number| number.trim_matches(['.', ',']).to_owned())
            .find(|number| !number.is_empty())
    })
}

/// The number without its separators, if its last one stands where the decimals begin.
fn minor_units(number: &str, decimals: usize) -> Option<i64> {
    let whole = if decimals == 0 {
        number
    } else {
        let (whole, rest) = number.rsplit_once(['.', ','])?;
        (rest.len() == decimals).then_some(whole)?
    };
    let mut groups = whole.split(['.', ',']);
    let is_grouped =
        groups.next().is_some_and(|first| !first.is_empty()) && groups.all(|group| group.len() == 3);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    is_grouped.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::money_in;

    #[test]
    fn an_amount_is_read_in_the_minor_units_of_its_currency() {
        for (words, currency, amount) in [
            ("Pay $31.90 with Visa ···· 4242", "USD", Some(3190)),
            ("Pay $1,031.90", "USD", Some(103_190)),
            ("Jetzt kaufen: 1.039,00\u{a0}€ · Visa ···· 4242", "EUR", Some(103_900)),
            ("Pay ¥4,950 with Visa ···· 4242", "JPY", Some(4950)),
            ("Go to checkout to pay KWD\u{a0}12.500.", "KWD", Some(12_500)),
            ("Pay KWD 1,012.505", "KWD", Some(1_012_505)),
            ("Switch on January 16, 2026", "USD", None),
            ("Start the free trial with Visa ···· 4242", "USD", None),
        ] {
            assert_eq!(money_in(words, currency).unwrap(), amount, "{words}");
        }
    }

    #[test]
    fn an_amount_with_other_decimals_than_its_currency_has_is_refused() {
        for (words, currency) in
            [("Pay $31.9", "USD"), ("Pay $31", "USD"), ("Pay ¥49.50", "JPY"), ("Pay KWD 12.50", "KWD")]
        {
            assert!(money_in(words, currency).is_err(), "{words}");
        }
    }
}
