//! The words of an offer in one language: `[offer.locale.en]` and its like.

use super::copy::copy;
use super::document::{ChangeEntry, LocaleEntry};
use super::offer_book::Texts;
use crate::complaint::Checked;
use aftercart_contract::{ProductId, SocialProof};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

const MAX_FEATURES: usize = 8;
/// Bytes of one text.
pub(super) const MAX_TEXT: usize = 500;

/// Reads them; `change` says which plans the offer leads away from.
pub(super) fn texts(
    tag: &str,
    entry: &Spanned<LocaleEntry>,
    change: Option<&Spanned<ChangeEntry>>,
    checked: &mut Checked<'_>,
) -> Texts {
    let (span, entry) = (entry.span(), entry.get_ref());
    if !is_language_tag(tag) {
        checked.note(&span, format!("`{tag}` is not a language tag such as `en` or `fr-CA`"));
    }
    let features = features(&span, &entry.features, checked);
    let mut has = BTreeMap::new();
    for (plan, list) in &entry.has {
        let is_left = |from: &ChangeEntry| from.from.iter().any(|left| left.get_ref() == plan);
        if !change.is_some_and(|change| is_left(change.get_ref())) {
            checked.note(&list.span(), format!("`has.{plan}` is not a plan of `change.from`"));
        }
        let list = self::features(&list.span(), list.get_ref(), checked);
        if let Ok(plan) = ProductId::new(plan.as_str()) {
            has.insert(plan, list);
        }
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
        features,
        has,
        social_proof: entry.social_proof.as_ref().map(|proof| SocialProof {
            text: proof.get_ref().text.clone(),
            source: proof.get_ref().source.clone(),
        }),
        copy: copy(&entry.copy, checked),
    }
}

fn features(span: &Range<usize>, list: &[Spanned<String>], checked: &mut Checked<'_>) -> Vec<String> {
    if list.len() > MAX_FEATURES {
        checked.note(span, format!("has more than {MAX_FEATURES} features: keep the ones that decide"));
    }
    for feature in list {
        if !is_a_text(feature.get_ref()) {
            checked.note(&feature.span(), format!("a feature is 1 to {MAX_TEXT} bytes of text"));
        }
    }
    list.iter().map(|feature| feature.get_ref().clone()).collect()
}

/// True for some words, and not too many.
pub(super) fn is_a_text(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_TEXT
}

pub(super) fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35 && tag.parse::<icu_locale_core::Locale>().is_ok()
}
