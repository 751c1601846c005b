//! A merchant's own words for texts of the widget: `copy.decline = "No, thanks"`.
//!
//! 1. A key that the widget does not have would never be shown: it is a mistake, and the nearest one is named.
//! 2. So is a placeholder that this text does not fill.
//! 3. The accept button keeps what it promises: a text of it without `{amount}` would say less than it does.

use super::texts::{MAX_TEXT, is_a_text};
use crate::complaint::Checked;
use aftercart_contract::CopyTexts;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Less alike than this is no slip of the finger.
const ALIKE: f64 = 0.75;
/// What an accept button may leave out: the card says it as well.
const MAY_GO: &str = "method";

/// Reads them, and notes what would never be shown or would mislead.
pub(super) fn copy(entries: &BTreeMap<String, Spanned<String>>, checked: &mut Checked<'_>) -> CopyTexts {
    for (key, text) in entries {
        for mistake in mistakes(key, text.get_ref()) {
            checked.note(&text.span(), format!("`copy.{key}` {mistake}"));
        }
    }
    entries.iter().map(|(key, text)| (key.clone(), text.get_ref().clone())).collect()
}

fn mistakes(key: &str, text: &str) -> Vec<String> {
    let ours = aftercart_words::widget("en", key);
    if ours.is_empty() {
        return vec![format!("is no text of the widget: {}", advice(key))];
    }
    let mut mistakes = Vec::new();
    if !is_a_text(text) {
        mistakes.push(format!("is 1 to {MAX_TEXT} bytes of text"));
    }
    let (known, used) = (names_in(ours), names_in(text));
    for name in used.difference(&known) {
        let filled = match known.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "nothing is filled in here".to_owned(),
            names => format!("it is filled with {names}"),
        };
        mistakes.push(format!("has {{{name}}}, which would stand there as it is: {filled}"));
    }
    if key.starts_with("accept") {
        let lacking = known.difference(&used).filter(|name| **name != MAY_GO);
        mistakes.extend(
            lacking.map(|name| format!("lacks {{{name}}}: the button would say less than the click does")),
        );
    }
    mistakes
}

/// The key that was probably meant, or where they are.
fn advice(key: &str) -> String {
    let keys = aftercart_words::widget_table("en").iter().map(|(known, _)| *known);
    let alike = keys.map(|known| (strsim::jaro_winkler(key, known), known));
    match alike.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((likeness, known)) if likeness >= ALIKE => format!("did you mean `{known}`?"),
        _ => "the keys are those of `locales/en.json`".to_owned(),
    }
}

fn names_in(text: &str) -> BTreeSet<&str> {
    aftercart_words::placeholders(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::load::tests::{complaints, offer};

    #[test]
    fn own_words_that_fit_are_taken() {
        for (key, text) in [
            ("decline", "Lieber nicht"),
            ("accept", "Add it for {amount}"),
            ("accept_with_method", "Add it for {amount}"),
            ("accept_trial", "Try it"),
            ("succeeded_text", "Done."),
        ] {
            assert_eq!(mistakes(key, text), Vec::<String>::new(), "{key}");
        }
    }

    #[test]
    fn what_would_never_be_shown_or_would_mislead_is_named() {
        for (key, text, part) in [
            ("declne", "No", "did you mean `decline`?"),
            ("accept_whit_method", "Pay {amount}", "did you mean `accept_with_method`?"),
            ("zzz", "No", "locales/en.json"),
            ("decline", " ", "1 to 500 bytes"),
            ("decline", "No {name}", "nothing is filled in here"),
            ("total_plain", "{sum} together", "it is filled with {total}"),
            ("accept", "Yes, add it", "lacks {amount}"),
            ("accept_change_later", "Switch", "lacks {date}"),
        ] {
            let found = mistakes(key, text);
            assert_eq!(found.len(), 1, "{key} {text} {found:?}");
            assert!(found[0].contains(part), "{found:?}");
        }
        assert_eq!(mistakes("decline", &"x".repeat(501)).len(), 1);
    }

    #[test]
    fn each_mistake_stands_at_its_line() {
        let offer = offer("a", "when.purchased = [\"pdt_b\"]");
        let text =
            format!("default_locale = \"en\"\n{offer}copy.decline = \"No\"\ncopy.acept = \"{{amount}}\"\n");
        let found = complaints(&text);
        let wanted = "offers.toml:9: `copy.acept` is no text of the widget: did you mean `accept`?";
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn our_own_words_pass_in_every_language() {
        for tag in aftercart_words::TAGS {
            for (key, text) in aftercart_words::widget_table(tag) {
                assert_eq!(mistakes(key, text), Vec::<String>::new(), "{tag} {key}");
            }
        }
    }
}
