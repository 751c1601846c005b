//! Money as text, by CLDR.

use super::memo::Memo;
use aftercart_contract::Money;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_locale_core::Locale;
use std::cell::RefCell;

/// The amount as people of this locale write it, such as `$49.00` or `49,00 €`.
///
/// `None` when the locale is not a language tag or ICU4X has no data for it: the browser's `Intl`
/// then formats. Decimals are those of the contract's currency table, so the text never shows
/// another amount than the one that is charged.
pub(crate) fn money_text(money: Money, locale: &str) -> Option<String> {
    thread_local!(static TEXTS: RefCell<Memo<Money>> = RefCell::default());
    TEXTS.with_borrow_mut(|texts| texts.text(money, locale, || made_text(money, locale)))
}

fn made_text(money: Money, locale: &str) -> Option<String> {
    let locale = Locale::try_from_str(locale).ok()?;
    let currency = CurrencyType::try_from_str(&money.currency.code().to_ascii_lowercase()).ok()?;
    let formatter =
        CurrencyFormatter::try_new_symbol((&locale).into(), currency, CurrencyFormatterOptions::default())
            .ok()?;
    let amount: Decimal = money.to_decimal().parse().ok()?;
    let text = formatter.format_fixed_decimal(&amount).to_string();
    shows_all_digits(money, &text).then_some(text)
}

/// True when the text has exactly the amount's digits: a guard against CLDR rounding a currency
/// (as it does for cash-like ones) that Dodo charges in full.
fn shows_all_digits(money: Money, text: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let localized = text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit());
    localized || digits(text) == digits(&money.to_decimal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercart_contract::{AmountMinor, Currency};

    #[test]
    fn money_reads_as_people_write_it() {
        let check = |amount: i64, currency: &str, locale: &str, expected: &str| {
            let money = Money {
                amount_minor: AmountMinor::new(amount).unwrap(),
                currency: Currency::new(currency).unwrap(),
            };
            assert_eq!(
                money_text(money, locale).as_deref(),
                Some(expected),
                "{amount} {currency} in {locale}"
            );
        };
        check(4900, "USD", "en", "$49.00");
        check(-500, "USD", "en", "-$5.00");
        check(123_456_789, "USD", "en", "$1,234,567.89");
        check(4900, "EUR", "en", "€49.00");
        check(4500, "JPY", "en", "¥4,500");
        check(12_500, "KWD", "en", "KWD\u{a0}12.500");
        check(4900, "USD", "fr", "49,00\u{a0}$US");
        check(123_456, "EUR", "fr", "1\u{202f}234,56\u{a0}€");
        check(4500, "JPY", "fr", "4\u{202f}500\u{a0}JP¥");
        check(12_500, "KWD", "fr", "12,500\u{a0}KWD");
        check(4900, "USD", "fr-CA", "49,00\u{a0}$\u{a0}US");
    }

    #[test]
    fn dollars_are_told_apart_and_every_language_of_ours_writes_money() {
        let text = |currency: &str, locale: &str| {
            let money = Money {
                amount_minor: AmountMinor::new(4900).unwrap(),
                currency: Currency::new(currency).unwrap(),
            };
            money_text(money, locale)
        };
        assert_eq!(text("CAD", "en").as_deref(), Some("CA$49.00"));
        assert_eq!(text("USD", "en-CA").as_deref(), Some("US$49.00"));
        for tag in aftercart_words::TAGS {
            let dollars: std::collections::BTreeSet<_> =
                ["USD", "CAD", "AUD"].into_iter().map(|currency| text(currency, tag).unwrap()).collect();
            assert_eq!(dollars.len(), 3, "{tag}: {dollars:?}");
        }
    }

    #[test]
    fn an_unreadable_locale_gives_no_text() {
        let money =
            Money { amount_minor: AmountMinor::new(1).unwrap(), currency: Currency::new("USD").unwrap() };
        assert_eq!(money_text(money, "not a locale!"), None);
    }
}
