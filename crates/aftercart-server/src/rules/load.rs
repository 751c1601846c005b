//! Reading and checking `offers.toml`: every mistake at once, each with its line.

use super::document::{Kind, LocaleEntry, OfferEntry, OffersFile};
use super::offer_book::{OfferBook, Rule, Texts};
use crate::complaint::{Checked, Complaint};
use aftercart_contract::{OfferId, OfferKind, ProductId, SocialProof};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Spanned;

/// The longest chain: an offer, its downsell, and one more.
const MAX_STEPS: usize = 3;
const MAX_FEATURES: usize = 8;
const MAX_TEXT: usize = 500;

/// Reads the offers, or every reason why they cannot be used.
pub fn load_offers(path: &Path) -> Result<OfferBook, Vec<Complaint>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Complaint::file(
            path,
            format!("cannot be read: {error}; create it or name another file with `offers`"),
        )]
    })?;
    check_offers(path, &text)
}

fn check_offers(path: &Path, text: &str) -> Result<OfferBook, Vec<Complaint>> {
    let mut checked = Checked::new(path, text);
    let file: OffersFile = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            checked.note_toml(&error);
            return Err(checked.complaints);
        }
    };
    if !is_language_tag(file.default_locale.get_ref()) {
        checked.note(&file.default_locale.span(), "default_locale is a language tag such as `en` or `fr-CA`");
    }
    let rules = file.offers.iter().filter_map(|entry| rule(entry, &file, &mut checked)).collect();
    check_ids(&file.offers, &mut checked);
    check_chains(&file.offers, &mut checked);
    if checked.complaints.is_empty() {
        Ok(OfferBook { default_locale: file.default_locale.into_inner(), rules })
    } else {
        checked.complaints.sort_by_key(Complaint::line);
        Err(checked.complaints)
    }
}

fn rule(entry: &Spanned<OfferEntry>, file: &OffersFile, checked: &mut Checked<'_>) -> Option<Rule> {
    let (span, entry) = (entry.span(), entry.get_ref());
    let id = checked.keep(&entry.id.span(), "id", OfferId::new(entry.id.get_ref().as_str()));
    let product = product_id(&entry.product, checked);
    let is_downsell = file.offers.iter().any(|other| names(other.get_ref(), entry.id.get_ref()));
    let purchased = match &entry.when {
        Some(when) if when.purchased.is_empty() => {
            checked
                .note(&span, "`when.purchased` is empty: name the products whose purchase opens this offer");
            return None;
        }
        Some(when) => when.purchased.iter().filter_map(|id| product_id(id, checked)).collect(),
        None if is_downsell => Vec::new(),
        None => {
            checked.note(
                &span,
                format!("offer `{}` is never shown: add `when.purchased`, or name it in another offer's `on_decline`", entry.id.get_ref()),
            );
            return None;
        }
    };
    if let Some(own) = purchased.iter().find(|bought| Some(*bought) == product.as_ref()) {
        checked.note(&entry.product.span(), format!("offers {own} to somebody who has just bought it"));
    }
    let default = file.default_locale.get_ref();
    if !entry.locale.contains_key(default) {
        checked.note(&span, format!("has no texts in the default locale: add `[offer.locale.{default}]`"));
    }
    let texts: BTreeMap<_, _> =
        entry.locale.iter().map(|(tag, locale)| (tag.clone(), texts(tag, locale, checked))).collect();
    let on_decline = match &entry.on_decline {
        Some(next) => {
            Some(checked.keep(&next.span(), "on_decline", OfferId::new(next.get_ref().as_str()))?)
        }
        None => None,
    };
    let kind = match entry.kind.as_ref().map(|kind| *kind.get_ref()) {
        Some(Kind::CrossSell) => OfferKind::CrossSell,
        Some(Kind::Downsell) => OfferKind::Downsell,
        None if purchased.is_empty() => OfferKind::Downsell,
        Some(Kind::Upsell) | None => OfferKind::Upsell,
    };
    Some(Rule {
        id: id?,
        kind,
        product: product?,
        purchased,
        on_decline,
        digital: entry.digital.unwrap_or(true),
        texts,
    })
}

fn texts(tag: &str, entry: &Spanned<LocaleEntry>, checked: &mut Checked<'_>) -> Texts {
    let (span, entry) = (entry.span(), entry.get_ref());
    if !is_language_tag(tag) {
        checked.note(&span, format!("`{tag}` is not a language tag such as `en` or `fr-CA`"));
    }
    if entry.features.len() > MAX_FEATURES {
        checked.note(&span, format!("has more than {MAX_FEATURES} features: keep the ones that decide"));
    }
    for feature in &entry.features {
        if feature.get_ref().trim().is_empty() || feature.get_ref().len() > MAX_TEXT {
            checked.note(&feature.span(), format!("a feature is 1 to {MAX_TEXT} bytes of text"));
        }
    }
    if entry.copy.values().any(|text| text.get_ref().len() > MAX_TEXT) {
        checked.note(&span, format!("a copy text is longer than {MAX_TEXT} bytes"));
    }
    if let Some(proof) = &entry.social_proof {
        let (text, source) = (proof.get_ref().text.trim(), proof.get_ref().source.trim());
        if text.is_empty() || source.is_empty() {
            checked.note(
                &proof.span(),
                "social proof needs a text and its source: who says so, or where it can be checked",
            );
        }
    }
    Texts {
        features: entry.features.iter().map(|feature| feature.get_ref().clone()).collect(),
        social_proof: entry.social_proof.as_ref().map(|proof| SocialProof {
            text: proof.get_ref().text.clone(),
            source: proof.get_ref().source.clone(),
        }),
        copy: entry.copy.iter().map(|(key, text)| (key.clone(), text.get_ref().clone())).collect(),
    }
}

fn check_ids(offers: &[Spanned<OfferEntry>], checked: &mut Checked<'_>) {
    let mut seen = BTreeSet::new();
    for entry in offers {
        let id = &entry.get_ref().id;
        if !seen.insert(id.get_ref().clone()) {
            checked
                .note(&id.span(), format!("a second offer with the id `{}`: ids are unique", id.get_ref()));
        }
    }
}

/// Follows `on_decline` from every offer: it must name one, and end within the allowed steps.
fn check_chains(offers: &[Spanned<OfferEntry>], checked: &mut Checked<'_>) {
    let find = |id: &str| offers.iter().map(Spanned::get_ref).find(|offer| offer.id.get_ref() == id);
    for entry in offers.iter().map(Spanned::get_ref) {
        let Some(next) = &entry.on_decline else { continue };
        if find(next.get_ref()).is_none() {
            checked.note(&next.span(), format!("there is no offer `{}`", next.get_ref()));
            continue;
        }
        let chain = std::iter::successors(Some(entry), |offer| find(offer.on_decline.as_ref()?.get_ref()));
        if chain.take(MAX_STEPS + 1).count() > MAX_STEPS {
            checked.note(&next.span(), format!("leads in a circle or to more than {MAX_STEPS} offers in a row: nobody wants to decline so often"));
        }
    }
}

fn names(offer: &OfferEntry, id: &str) -> bool {
    offer.on_decline.as_ref().is_some_and(|next| next.get_ref() == id)
}

fn product_id(id: &Spanned<String>, checked: &mut Checked<'_>) -> Option<ProductId> {
    if !id.get_ref().starts_with("pdt_") {
        checked
            .note(&id.span(), format!("`{}` is not a Dodo product id: they start with `pdt_`", id.get_ref()));
        return None;
    }
    checked.keep(&id.span(), "product", ProductId::new(id.get_ref().as_str()))
}

fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35 && tag.parse::<icu_locale_core::Locale>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        check_offers(Path::new("offers.toml"), text)
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn offer(id: &str, rest: &str) -> String {
        format!(
            "[[offer]]\nid = \"{id}\"\nproduct = \"pdt_{id}\"\n{rest}\n[offer.locale.en]\nfeatures = [\"A\"]\n"
        )
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = format!(
            "default_locale = \"en\"\n{}{}",
            offer("a", "when.purchased = [\"prod_x\"]\non_decline = \"nobody\""),
            offer("b", "")
        );
        let found = complaints(&text);
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].starts_with("offers.toml:5: `prod_x` is not a Dodo product id"), "{}", found[0]);
        assert!(found[1].starts_with("offers.toml:6: there is no offer `nobody`"), "{}", found[1]);
        assert!(found[2].starts_with("offers.toml:9: offer `b` is never shown"), "{}", found[2]);
    }

    #[test]
    fn a_chain_may_not_run_in_a_circle() {
        let when = "when.purchased = [\"pdt_x\"]\n";
        let text = format!(
            "default_locale = \"en\"\n{}{}",
            offer("a", &format!("{when}on_decline = \"b\"")),
            offer("b", "on_decline = \"a\"")
        );
        assert!(complaints(&text).iter().any(|line| line.contains("circle")), "{:#?}", complaints(&text));
    }

    #[test]
    fn unknown_keys_wrong_types_and_broken_syntax_are_refused() {
        for (text, line) in [
            ("default_locale = \"en\"\ncolour = 1\n", ":2:"),
            ("default_locale = 3\n", ":1:"),
            ("default_locale = \"en\"\n[[offer]\n", ":2:"),
            ("default_locale = \"en\"\n[[offer]]\nid = \"a\"\n", ":2:"),
        ] {
            let found = complaints(text);
            assert!(found.len() == 1 && found[0].contains(line), "{text}: {found:?}");
        }
    }

    #[test]
    fn social_proof_without_a_source_and_an_offer_for_itself_are_refused() {
        let text = "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_a\"]\n\
                    [offer.locale.en]\nsocial_proof = { text = \"Best\", source = \" \" }\n";
        let found = complaints(text);
        assert!(found[0].contains("just bought it") && found[1].contains("source"), "{found:?}");
    }

    #[test]
    fn words_follow_the_wish_then_its_language_then_the_default() {
        let text = "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_b\"]\n\
                    [offer.locale.en]\nfeatures = [\"English\"]\n[offer.locale.fr]\nfeatures = [\"Français\"]\n";
        let book = check_offers(Path::new("offers.toml"), text).unwrap();
        let rule = book.opened_by(&[ProductId::new("pdt_b").unwrap()]).unwrap();
        let chosen = |wish| {
            let (locale, texts) = book.texts(rule, wish);
            (locale, texts.features[0].clone())
        };
        assert_eq!(chosen(Some("fr-CA")), ("fr-CA".into(), "Français".into()));
        assert_eq!(chosen(Some("ja")), ("en".into(), "English".into()));
        assert_eq!(chosen(None), ("en".into(), "English".into()));
    }
}
