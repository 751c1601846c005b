//! The conventions of one language, for drawing an offer on the server.

use super::{date_text, money_text};
use aftercart::i18n::{LocaleFormat, Plural, Words};
use aftercart_contract::{CopyTexts, Money};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use std::rc::Rc;

/// By CLDR, as the offer's own texts are.
pub(crate) struct Conventions {
    locale: String,
    words: Rc<Words>,
}

impl Conventions {
    /// Those of an answer: its language and the words that came with it.
    pub(crate) fn of(copy: &CopyTexts, locale: &str) -> Self {
        let words = if Words::are_whole(copy) { Words::of(copy, Some(locale)) } else { Words::default() };
        Self { locale: locale.to_owned(), words: Rc::new(words) }
    }
}

impl LocaleFormat for Conventions {
    fn money(&self, money: Money) -> String {
        money_text(money, &self.locale)
            .unwrap_or_else(|| format!("{} {}", money.currency.code(), money.to_decimal()))
    }

    fn date(&self, rfc3339: &str) -> String {
        let day = rfc3339.parse().ok().and_then(|moment| date_text(moment, &self.locale));
        day.unwrap_or_else(|| rfc3339.get(..10).unwrap_or(rfc3339).to_owned())
    }

    fn plural(&self, count: u16) -> Plural {
        let rules = Locale::try_from_str(&self.locale)
            .ok()
            .and_then(|locale| PluralRules::try_new_cardinal((&locale).into()).ok());
        match rules.map(|rules| rules.category_for(u32::from(count))) {
            Some(PluralCategory::One) => Plural::One,
            _ => Plural::Other,
        }
    }

    fn words(&self) -> Rc<Words> {
        self.words.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_those_of_the_language() {
        let plural = |locale, count| Conventions::of(&CopyTexts::default(), locale).plural(count);
        assert_eq!(plural("en", 0), Plural::Other);
        assert_eq!(plural("en", 1), Plural::One);
        assert_eq!(plural("fr", 0), Plural::One);
        assert_eq!(plural("ja", 1), Plural::Other);
        assert_eq!(plural("not a locale!", 1), Plural::Other);
    }
}
