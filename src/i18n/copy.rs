//! One language's texts, with the merchant's own words on top.

use super::table::{Key, LANGUAGES};
use std::collections::BTreeMap;

/// The texts of one language. The merchant's words, sent with an offer, win over ours.
#[derive(Clone, Debug)]
pub struct Copy {
    tag: &'static str,
    texts: &'static [&'static str],
    merchant: BTreeMap<String, String>,
}

impl Copy {
    /// The best language for BCP 47 `tags`, the most wanted first; English when none is known.
    ///
    /// `fr-CA` finds `fr`; case does not matter.
    pub fn choose<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |wanted: &str| LANGUAGES.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        let best = tags
            .into_iter()
            .find_map(|tag| known(tag).or_else(|| known(tag.split(['-', '_']).next().unwrap_or(tag))));
        let (tag, texts) = best.or_else(|| known("en")).copied().unwrap_or(("en", &[]));
        Self { tag, texts, merchant: BTreeMap::new() }
    }

    /// The same language with the merchant's words.
    #[must_use]
    pub fn with_merchant(mut self, words: &BTreeMap<String, String>) -> Self {
        self.merchant.clone_from(words);
        self
    }

    /// The tag of the language in use, such as `fr`.
    pub fn language(&self) -> &'static str {
        self.tag
    }

    /// `rtl` for languages that are written from right to left, else `ltr`.
    pub fn direction(&self) -> &'static str {
        if matches!(self.tag, "ar" | "fa" | "he" | "ur") { "rtl" } else { "ltr" }
    }

    /// A text without placeholders.
    pub fn text(&self, key: Key) -> String {
        self.fill(key, &[])
    }

    /// A text with every `{name}` replaced by its value.
    ///
    /// Values are put in once and never read again, so a product named `{amount}` stays as it is.
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        let ours = self.texts.get(key as usize).copied().unwrap_or_default();
        let template = self.merchant.get(key.name()).map_or(ours, String::as_str);
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
    fn the_nearest_language_is_chosen_and_english_is_the_last_resort() {
        let choose = |tags: &[&str]| Copy::choose(tags.iter().copied()).language();
        assert_eq!(choose(&["fr-CA"]), "fr");
        assert_eq!(choose(&["FR"]), "fr");
        assert_eq!(choose(&["xx", "fr_FR"]), "fr");
        assert_eq!(choose(&["tlh"]), "en");
        assert_eq!(choose(&[]), "en");
    }

    #[test]
    fn values_are_text_and_never_templates() {
        let copy = Copy::choose(["en"]);
        let filled = copy.fill(Key::AcceptWithMethod, &[("amount", "{method}"), ("method", "<b>Visa</b>")]);
        assert_eq!(filled, "Pay {method} with <b>Visa</b>");
    }

    #[test]
    fn the_merchants_words_win() {
        let words = BTreeMap::from([("decline".to_owned(), "Not today {x".to_owned())]);
        assert_eq!(Copy::choose(["en"]).with_merchant(&words).text(Key::Decline), "Not today {x");
    }
}
