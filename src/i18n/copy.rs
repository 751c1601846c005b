//! The texts in use: the merchant's over the language's over English.

use super::table::Key;
use super::words::Words;
use aftercart_contract::CopyTexts;
use std::rc::Rc;

/// The texts of one language. The words that an offer brings win over it, and it over English.
#[derive(Clone, Debug, Default)]
pub struct Copy<'a> {
    words: Rc<Words>,
    offer: Option<&'a CopyTexts>,
}

impl<'a> Copy<'a> {
    /// The texts of these words, English where they have none.
    pub fn of(words: Rc<Words>) -> Self {
        Self { words, offer: None }
    }

    /// The same language with the words of an offer.
    #[must_use]
    pub fn with_merchant(self, offer: &'a CopyTexts) -> Self {
        Self { offer: Some(offer), ..self }
    }

    /// A text without placeholders.
    pub fn text(&self, key: Key) -> String {
        self.fill(key, &[])
    }

    /// A text with every `{name}` replaced by its value.
    ///
    /// Values are put in once and never read again, so a product named `{amount}` stays as it is.
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        let (name, english) = key.entry();
        let own = self.offer.and_then(|offer| offer.get(name)).or_else(|| self.words.text(name));
        let template = own.unwrap_or(english);
        let mut filled = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}') {
                Some((name, tail)) if values.iter().any(|(known, _)| *known == name) => {
                    filled.extend(values.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value));
                    rest = tail;
                }
                _ => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_and_never_templates() {
        let copy = Copy::default();
        let filled = copy.fill(Key::AcceptWithMethod, &[("amount", "{method}"), ("method", "<b>Visa</b>")]);
        assert_eq!(filled, "Pay {method} with <b>Visa</b>");
    }

    #[test]
    fn the_offers_words_win_over_the_language_and_that_over_english() {
        let table = |words: &[(&str, &str)]| {
            words.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect::<CopyTexts>()
        };
        let french = Words::of(&table(&[("decline", "Non merci"), ("close", "Fermer")]), Some("fr"));
        let own = table(&[("decline", "Pas {x")]);
        let copy = Copy::of(Rc::new(french)).with_merchant(&own);
        assert_eq!(copy.text(Key::Decline), "Pas {x");
        assert_eq!(copy.text(Key::Close), "Fermer");
        assert_eq!(copy.text(Key::Undo), "Take it back");
    }
}
