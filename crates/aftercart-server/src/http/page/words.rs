//! The words of the pages: the widget's own where it has them, and a few more.

use std::collections::BTreeMap;
use std::sync::LazyLock;

type Copy = BTreeMap<String, String>;

static ENGLISH: LazyLock<Copy> = LazyLock::new(|| read(include_str!("../../../../../locales/en.json")));
static FRENCH: LazyLock<Copy> = LazyLock::new(|| read(include_str!("../../../../../locales/fr.json")));

/// Our own files; a test reads every key that is used.
fn read(text: &str) -> Copy {
    serde_json::from_str(text).unwrap_or_default()
}

/// The languages that pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
}

impl Language {
    /// French for any `fr` tag; English for every other wish and for none.
    pub(super) fn of(wish: Option<&str>) -> Self {
        let primary = wish.and_then(|tag| tag.split(['-', '_', ',', ';']).next()).unwrap_or_default().trim();
        if primary.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// As `lang` says it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The widget's words under this key of `locales/`.
    pub(super) fn words(self, key: &str) -> &'static str {
        let copy: &'static Copy = match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        };
        copy.get(key).map_or("", String::as_str)
    }

    /// English or French.
    pub(super) fn either(self, [english, french]: [&'static str; 2]) -> &'static str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }

    pub(super) fn back_to_shop(self) -> &'static str {
        self.either(["Back to the shop", "Retour à la boutique"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_french_tags_are_french() {
        for french in ["fr", "FR-ca", "fr_FR", "fr;q=0.9, en"] {
            assert_eq!(Language::of(Some(french)), Language::French, "{french}");
        }
        for english in [None, Some(""), Some("de"), Some("fro"), Some("en, fr")] {
            assert_eq!(Language::of(english), Language::English, "{english:?}");
        }
    }

    #[test]
    fn the_widget_has_every_word_that_pages_borrow() {
        for language in [Language::English, Language::French] {
            for key in super::super::outcome::BORROWED {
                assert!(!language.words(key).is_empty(), "{key} in {language:?}");
            }
        }
    }
}
