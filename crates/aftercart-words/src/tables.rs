//! The words: made by `build.rs` from `locales/`, sorted by key.

type Table = (&'static str, &'static [(&'static str, &'static str)]);

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// All of the widget's words in one of [`crate::TAGS`], by key.
pub fn widget_table(tag: &str) -> &'static [(&'static str, &'static str)] {
    table(WIDGET, tag)
}

/// One of the widget's texts, English where the tag is not ours; empty for an unknown key.
pub fn widget(tag: &str, key: &str) -> &'static str {
    text(WIDGET, tag, key)
}

/// One of the backend's own texts, as [`widget`].
pub fn backend(tag: &str, key: &str) -> &'static str {
    text(BACKEND, tag, key)
}

fn table(tables: &[Table], tag: &str) -> &'static [(&'static str, &'static str)] {
    let found = |wanted: &str| tables.iter().find(|(known, _)| *known == wanted).map(|(_, texts)| *texts);
    found(tag).or_else(|| found("en")).unwrap_or_default()
}

fn text(tables: &[Table], tag: &str, key: &str) -> &'static str {
    let texts = table(tables, tag);
    let at = texts.binary_search_by(|(known, _)| (*known).cmp(key)).ok();
    at.and_then(|at| texts.get(at)).map_or("", |(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TAGS;

    #[test]
    fn every_language_has_every_word() {
        for tag in TAGS {
            assert_eq!(widget_table(tag).len(), widget_table("en").len(), "{tag}");
            assert!(!widget(tag, "decline").is_empty() && !backend(tag, "law_buy").is_empty(), "{tag}");
        }
        assert_ne!(widget("de", "decline"), widget("en", "decline"));
        assert_eq!(widget("tlh", "decline"), "No, thanks");
        assert_eq!(widget("de", "nothing_of_that_name"), "");
    }
}
