//! Words in `offers.toml` that mislead or press: warned of by `check`, never refused.
//!
//! 1. A decline that shames (EU 2005/29/EC Art. 8 and 9; FTC, "Bringing Dark Patterns to Light").
//! 2. Haste without an end: words such as "last chance" on an offer without `ends_at` (2005/29/EC,
//!    Annex I no. 7).
//! 3. "Free" on an offer that charges and has no trial (Annex I no. 20).
//! 4. An earlier price without `lowest_price_30_days` (Directive 98/6/EC Art. 6a, by (EU) 2019/2161).
//!
//! It knows phrases, not meanings: what it does not say may still be wrong, and what it says may be
//! right in its place.

use super::document::{LocaleEntry, OfferEntry, OffersFile};
use super::phrases::{EARLIER_PRICE, FREE, HASTE, SHAMING};
use crate::complaint::{Checked, Complaint};
use std::path::Path;
use toml::{Spanned, Table};

/// Every doubtful text of a file that can be read, by line; nothing for one that cannot.
pub fn doubtful_words(path: &Path) -> Vec<Complaint> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    doubts(path, &text)
}

fn doubts(path: &Path, text: &str) -> Vec<Complaint> {
    let (Ok(file), Ok(raw)) = (toml::from_str::<OffersFile>(text), text.parse::<Table>()) else {
        return Vec::new();
    };
    let mut checked = Checked::new(path, text);
    let tables = raw.get("offer").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (entry, table) in file.offers.iter().zip(tables) {
        let has =
            |key: &str| table.as_table().is_some_and(|table| table.keys().any(|own| own.starts_with(key)));
        let kept = Kept { ends: has("ends_at"), trial: has("trial"), lowest_price: has("lowest_price") };
        look_at(entry.get_ref(), kept, &mut checked);
    }
    checked.complaints.sort_by_key(Complaint::line);
    checked.complaints
}

/// What makes some words true.
#[derive(Clone, Copy)]
struct Kept {
    ends: bool,
    trial: bool,
    lowest_price: bool,
}

fn look_at(offer: &OfferEntry, kept: Kept, checked: &mut Checked<'_>) {
    for locale in offer.locale.values().map(Spanned::get_ref) {
        if let Some(decline) = locale.copy.get("decline")
            && let Some(phrase) = found(SHAMING, decline.get_ref())
        {
            let say = format!("\"{phrase}\" makes the shopper feel bad for declining: a plain no is enough");
            checked.note(&decline.span(), say);
        }
        for text in texts(locale) {
            let doubts = [
                (HASTE, kept.ends, "presses, and nothing ends: set `ends_at`, or leave it out"),
                (
                    FREE,
                    kept.trial,
                    "stands on an offer that is paid for: say what costs nothing and how long",
                ),
                (
                    EARLIER_PRICE,
                    kept.lowest_price,
                    "compares with another price: set `lowest_price_30_days`, the lowest of the last 30 days, or leave it out",
                ),
            ];
            for (phrases, is_kept, advice) in doubts {
                if !is_kept && let Some(phrase) = found(phrases, text.get_ref()) {
                    checked.note(&text.span(), format!("\"{phrase}\" {advice}"));
                }
            }
        }
    }
}

fn texts(locale: &LocaleEntry) -> impl Iterator<Item = &Spanned<String>> {
    locale.features.iter().chain(locale.has.values().flat_map(Spanned::get_ref)).chain(locale.copy.values())
}

/// The first phrase that stands in the text as words of its own.
fn found(phrases: &[&'static str], text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    phrases.iter().copied().find(|phrase| {
        text.match_indices(phrase).any(|(at, found)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
            let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || c == '-');
            let spaced =
                |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || c.is_ascii_punctuation());
            // Scripts without spaces have no edges of words.
            !spaced(found.chars().next()) && !found.contains(' ') || !joins(before) && !joins(after)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(offer: &str, locale: &str) -> Vec<String> {
        let text = format!(
            "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_b\"]\n{offer}\
             [offer.locale.en]\n{locale}"
        );
        doubts(Path::new("offers.toml"), &text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_kind_of_dark_pattern_is_named_with_its_line() {
        for (locale, line, part) in [
            ("copy.decline = \"No, I hate saving\"\n", 7, "a plain no is enough"),
            ("copy.eyebrow_upsell = \"Only today!\"\n", 7, "ends_at"),
            ("features = [\n  \"All presets\",\n  \"Letzte Chance\",\n]\n", 9, "ends_at"),
            ("features = [\"Gratis dazu\"]\n", 7, "is paid for"),
            ("features = [\"Nur 9 € statt 29 €\"]\n", 7, "lowest_price"),
            ("features = [\"今だけお得\"]\n", 7, "ends_at"),
        ] {
            let found = lines("", locale);
            assert_eq!(found.len(), 1, "{locale} {found:?}");
            assert!(found[0].starts_with(&format!("offers.toml:{line}: ")), "{}", found[0]);
            assert!(found[0].contains(part), "{}", found[0]);
        }
    }

    #[test]
    fn plain_words_are_left_alone() {
        for plain in ["Royalty-free sounds", "Lifelike freedom", "Invite your team", "Lightning rod"] {
            assert_eq!(lines("", &format!("features = [\"{plain}\"]\n")), Vec::<String>::new(), "{plain}");
        }
        assert!(lines("", "copy.decline = \"No, thanks\"\n").is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_read_has_no_doubts() {
        assert!(doubts(Path::new("offers.toml"), "[[offer]\n").is_empty());
        assert!(doubtful_words(Path::new("/nowhere/offers.toml")).is_empty());
    }

    #[test]
    fn our_own_shop_has_none() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop/offers.toml"));
        assert_eq!(doubtful_words(path), Vec::new());
    }
}
