//! Words that came with an offer: the backend's language, and the merchant's own.

use super::table::names;
use aftercart_contract::CopyTexts;
use aftercart_words::is_right_to_left;

/// The words of one language, by copy key. Nothing in it means English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    tag: Option<String>,
    texts: CopyTexts,
}

impl Words {
    /// The words that an answer brought, in the language that it names.
    pub fn of(copy: &CopyTexts, locale: Option<&str>) -> Self {
        Self { tag: locale.map(str::to_owned), texts: copy.clone() }
    }

    /// True when `copy` has a text for every key: a whole language, not only a merchant's changes.
    pub fn are_whole(copy: &CopyTexts) -> bool {
        names().all(|name| copy.get(name).is_some())
    }

    /// The language of ours, other than English, that a page in this locale wants.
    pub fn wanted(locale: Option<&str>) -> Option<&'static str> {
        aftercart_words::choose(locale?).filter(|tag| *tag != "en")
    }

    /// The tag of the language, such as `fr`.
    pub fn language(&self) -> &str {
        self.tag.as_deref().unwrap_or("en")
    }

    /// `rtl` for languages that are written from right to left, else `ltr`.
    pub fn direction(&self) -> &'static str {
        if is_right_to_left(self.language()) { "rtl" } else { "ltr" }
    }

    /// The text of a key, if these words have it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merchants_few_words_are_not_a_language() {
        let mut copy = CopyTexts::from_iter([("decline".to_owned(), "Not today".to_owned())]);
        assert!(!Words::are_whole(&copy));
        copy.extend(names().map(|name| (name.to_owned(), String::new())));
        assert!(Words::are_whole(&copy));
    }

    #[test]
    fn only_a_language_of_ours_other_than_english_is_wanted() {
        let cases = [("fr-CA", Some("fr")), ("zh", Some("zh-CN")), ("en-GB", None), ("tlh", None)];
        for (locale, expected) in cases {
            assert_eq!(Words::wanted(Some(locale)), expected, "{locale}");
        }
        assert_eq!(Words::wanted(None), None);
    }

    #[test]
    fn arabic_words_run_from_right_to_left() {
        assert_eq!(Words::of(&CopyTexts::default(), Some("ar-EG")).direction(), "rtl");
        assert_eq!(Words::default().direction(), "ltr");
    }
}
