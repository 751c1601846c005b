//! In which language a shopper is addressed, and with which words.

use aftercart_contract::CopyTexts;

/// The locale of an offer: the shopper's wish where its language is ours, else what the shop's own
/// texts are in.
pub(crate) fn spoken(wish: Option<&str>, shops: &str) -> String {
    wish.filter(|wish| aftercart_words::choose(wish).is_some()).unwrap_or(shops).to_owned()
}

/// The words of an answer in `locale`: the whole language, except that the widget knows English itself.
pub(crate) fn words_in(locale: &str) -> CopyTexts {
    match language(locale) {
        "en" => CopyTexts::default(),
        tag => aftercart_words::widget_table(tag)
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect(),
    }
}

/// [`words_in`], and over them the shop's own, if they are in the same language.
pub(crate) fn words_of_offer(locale: &str, shops: &str, own: &CopyTexts) -> CopyTexts {
    let mut words = words_in(locale);
    if primary(locale) == primary(shops) {
        words.extend(own.clone());
    }
    words
}

/// The language of ours for a locale; English where it is none of them.
pub(crate) fn language(locale: &str) -> &'static str {
    aftercart_words::choose(locale).unwrap_or("en")
}

/// An amount that tax is still added to.
pub(crate) fn before_tax(amount: &str, locale: &str) -> String {
    aftercart_words::backend(language(locale), "before_tax").replace("{amount}", amount)
}

/// Sentences after one another as this language writes them.
pub(crate) fn sentences<'a>(locale: &str, sentences: impl IntoIterator<Item = &'a str>) -> String {
    let between = if matches!(language(locale), "ja" | "zh-CN") { "" } else { " " };
    sentences.into_iter().collect::<Vec<_>>().join(between)
}

fn primary(locale: &str) -> String {
    locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_is_kept_where_its_language_is_ours() {
        assert_eq!(spoken(Some("de-AT"), "en"), "de-AT");
        assert_eq!(spoken(Some("tlh"), "fr"), "fr");
        assert_eq!(spoken(None, "en"), "en");
    }

    #[test]
    fn the_shops_words_win_in_their_own_language_only() {
        let own = CopyTexts::from_iter([("decline".to_owned(), "Not today".to_owned())]);
        assert_eq!(words_of_offer("en-GB", "en", &own), own);
        assert_eq!(words_of_offer("de", "en", &own).get("decline"), Some("Nein, danke"));
        assert_eq!(words_of_offer("de-CH", "de", &own).get("decline"), Some("Not today"));
        assert!(words_of_offer("de", "de", &own).len() > 100);
    }
}
