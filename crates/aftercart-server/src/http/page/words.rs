//! The words of the pages: the widget's own where it has them, and the backend's.

/// A language that pages speak: one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Language(&'static str);

/// A text of the pages, by where it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    /// In `locales/`: the widget says it too.
    Widget(&'static str),
    /// In `locales/server/`.
    Own(&'static str),
}

impl Language {
    /// The language of the first wish, such as `fr` for `fr-CH, en;q=0.8`; English if it is not ours.
    pub(super) fn of(wish: Option<&str>) -> Self {
        let first = wish.and_then(|wish| wish.split([',', ';']).next()).unwrap_or_default().trim();
        Self(aftercart_words::choose(first).unwrap_or("en"))
    }

    /// As `lang` says it.
    pub(super) fn tag(self) -> &'static str {
        self.0
    }

    /// As `dir` says it.
    pub(super) fn direction(self) -> &'static str {
        if aftercart_words::is_right_to_left(self.0) { "rtl" } else { "ltr" }
    }

    /// The widget's words under this key of `locales/`.
    pub(super) fn words(self, key: &str) -> &'static str {
        aftercart_words::widget(self.0, key)
    }

    /// A text.
    pub(super) fn say(self, word: Word) -> &'static str {
        match word {
            Word::Widget(key) => self.words(key),
            Word::Own(key) => aftercart_words::backend(self.0, key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wish_decides_and_english_is_the_last_resort() {
        for (wish, tag) in [
            (Some("FR-ca"), "fr"),
            (Some("fr_FR"), "fr"),
            (Some("fr;q=0.9, en"), "fr"),
            (Some("pt"), "pt-BR"),
            (Some("zh-Hans-CN"), "zh-CN"),
            (Some("en, fr"), "en"),
            (Some("fro"), "en"),
            (Some(""), "en"),
            (None, "en"),
        ] {
            assert_eq!(Language::of(wish).tag(), tag, "{wish:?}");
        }
        assert_eq!(Language::of(Some("ar-EG")).direction(), "rtl");
    }

    #[test]
    fn the_widget_has_every_word_that_pages_borrow() {
        for tag in aftercart_words::TAGS {
            for key in super::super::outcome::BORROWED {
                assert!(!Language(tag).words(key).is_empty(), "{key} in {tag}");
            }
        }
    }
}
