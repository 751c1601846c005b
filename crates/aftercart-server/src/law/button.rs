//! The words on the accept button.
//!
//! Where the law wants it, the button is "labelled in an easily legible manner only with the words
//! 'order with obligation to pay' or a corresponding unambiguous formulation" (CRD Art. 8(2); CCR 2013
//! reg. 14(4)); else the consumer is not bound. Only the words on the button count (CJEU C-249/21), also
//! where the payment depends on something later, as after a trial (C-400/22).

use super::Law;
use crate::shopper::language;
use aftercart_contract::CopyTexts;

/// Keys of `locales/` and the lawful words for them in `locales/server/`.
const ALWAYS: [(&str, &str); 4] = [
    ("accept_trial", "law_trial"),
    ("accept_change", "law_change"),
    ("accept_change_free", "law_change_free"),
    ("accept_change_later", "law_change_later"),
];

/// The lawful words for the accept keys; empty where the plain ones do.
pub(crate) fn accept_words(law: Law, renews: bool, locale: &str) -> CopyTexts {
    if !law.protects() {
        return CopyTexts::default();
    }
    let tag = language(locale);
    let lawful = |key: &str| aftercart_words::backend(tag, key).to_owned();
    let buy = lawful(if renews { "law_subscribe" } else { "law_buy" });
    let change = lawful("law_change");
    let mut words: CopyTexts = ALWAYS.iter().map(|(key, words)| ((*key).to_owned(), lawful(words))).collect();
    words.insert("accept_with_method".to_owned(), with_method(&buy));
    words.insert("accept".to_owned(), buy);
    words.insert("accept_change_with_method".to_owned(), with_method(&change));
    words
}

/// The same words in every language's order, and what pays.
fn with_method(words: &str) -> String {
    format!("{words} · {{method}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_names_the_obligation_where_the_law_wants_it() {
        let words = accept_words(Law::Union, false, "de-AT");
        assert_eq!(words.get("accept"), Some("Jetzt kaufen: {amount}"));
        assert_eq!(words.get("accept_with_method"), Some("Jetzt kaufen: {amount} · {method}"));
        let words = accept_words(Law::UnitedKingdom, true, "en");
        assert_eq!(words.get("accept"), Some("Subscribe and pay {amount}"));
        assert!(accept_words(Law::Elsewhere, true, "de").is_empty());
    }

    #[test]
    fn every_accept_key_keeps_the_placeholders_of_the_plain_words() {
        let placeholders = |text: &str| {
            let mut names: Vec<_> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect();
            names.sort();
            names
        };
        for tag in aftercart_words::TAGS {
            for renews in [true, false] {
                let words = accept_words(Law::Union, renews, tag);
                assert_eq!(words.len(), 7);
                for (key, text) in words {
                    let plain = aftercart_words::widget("en", &key);
                    assert_eq!(placeholders(&text), placeholders(plain), "{key} in {tag}");
                }
            }
        }
    }
}
