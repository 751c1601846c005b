//! The shopper's language wish.

use icu_locale_core::Locale;

/// Keeps a language tag such as `fr` or `fr-CA`; anything else is no wish at all.
pub(super) fn wish(text: Option<&str>) -> Option<String> {
    let locale: Locale = text.filter(|text| text.len() <= 35)?.parse().ok()?;
    (!locale.id.language.is_unknown()).then(|| locale.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_language_tags_are_wishes() {
        assert_eq!(wish(Some("fr-ca")).as_deref(), Some("fr-CA"));
        assert_eq!(wish(Some("en-u-nu-arab")).as_deref(), Some("en"));
        for none in ["", "<b>", "../etc", "und", &"a".repeat(100)] {
            assert_eq!(wish(Some(none)), None, "{none}");
        }
    }
}
