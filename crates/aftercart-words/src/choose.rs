//! From a wish to a language.

use crate::TAGS;

/// The language of ours that a BCP 47 wish means, if any.
///
/// The exact tag, else its language: `fr-CA` finds `fr`, and `pt`, `pt-PT` find `pt-BR`. Case does not
/// matter, and `_` counts as `-`.
pub fn choose(wish: &str) -> Option<&'static str> {
    let language = primary(wish);
    let exact = || TAGS.into_iter().find(|tag| is_same(tag, wish));
    exact().or_else(|| TAGS.into_iter().find(|tag| primary(tag).eq_ignore_ascii_case(language)))
}

/// True for languages that are written from right to left.
pub fn is_right_to_left(tag: &str) -> bool {
    ["ar", "fa", "he", "ur"].iter().any(|language| primary(tag).eq_ignore_ascii_case(language))
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

fn is_same(tag: &str, wish: &str) -> bool {
    tag.len() == wish.len()
        && tag
            .bytes()
            .zip(wish.bytes())
            .all(|(ours, theirs)| ours.eq_ignore_ascii_case(&theirs) || (ours == b'-' && theirs == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_finds_its_tag_or_its_language() {
        for (wish, expected) in [
            ("fr", Some("fr")),
            ("FR-ca", Some("fr")),
            ("fr_FR", Some("fr")),
            ("zh", Some("zh-CN")),
            ("zh_cn", Some("zh-CN")),
            ("pt-PT", Some("pt-BR")),
            ("de-1996", Some("de")),
            ("ar-EG", Some("ar")),
            ("fro", None),
            ("tlh", None),
            ("", None),
        ] {
            assert_eq!(choose(wish), expected, "{wish}");
        }
    }

    #[test]
    fn arabic_runs_from_right_to_left_and_our_others_do_not() {
        let found: Vec<_> = TAGS.into_iter().filter(|tag| is_right_to_left(tag)).collect();
        assert_eq!(found, ["ar"]);
    }
}
