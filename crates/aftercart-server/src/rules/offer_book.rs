//! The shop's offers, checked and ready to be chosen from.

use aftercart_contract::{OfferId, OfferKind, ProductId, SocialProof};
use std::collections::BTreeMap;

/// All offers of a shop.
///
/// Invariants, kept by [`super::load_offers`]: ids are unique, every `on_decline` names an offer, no
/// chain has a cycle or more than three steps, every offer has texts in the default locale.
#[derive(Clone, Debug, Default)]
pub struct OfferBook {
    pub(super) default_locale: String,
    pub(super) rules: Vec<Rule>,
}

/// One offer.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: OfferId,
    pub(crate) kind: OfferKind,
    pub(crate) product: ProductId,
    /// Any of these in the purchase opens it. Empty: only reachable through `on_decline`.
    pub(crate) purchased: Vec<ProductId>,
    pub(crate) on_decline: Option<OfferId>,
    /// Delivered by the click: digital content or a digital service.
    pub(crate) digital: bool,
    pub(super) texts: BTreeMap<String, Texts>,
}

/// The words of one offer in one language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) features: Vec<String>,
    pub(crate) social_proof: Option<SocialProof>,
    pub(crate) copy: BTreeMap<String, String>,
}

impl OfferBook {
    /// How many offers there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// True for a shop that offers nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Every offer, in the file's order.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first offer, in the file's order, that these products open.
    pub(crate) fn opened_by(&self, products: &[ProductId]) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.purchased.iter().any(|product| products.contains(product)))
    }

    /// The offer of this id.
    pub(crate) fn rule(&self, id: &OfferId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// The offer shown after the shopper declined this one.
    pub(crate) fn after_decline(&self, rule: &Rule) -> Option<&Rule> {
        rule.on_decline.as_ref().and_then(|next| self.rule(next))
    }

    /// The offer's words for a wish such as `fr-CA`: that locale, its language, or the default; and
    /// the tag to format money with. The shopper's own region is kept when the language is ours.
    pub(crate) fn texts<'a>(&'a self, rule: &'a Rule, wish: Option<&str>) -> (String, &'a Texts) {
        static NONE: Texts = Texts { features: Vec::new(), social_proof: None, copy: BTreeMap::new() };
        let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(wish) = wish {
            let exact = rule.texts.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wish));
            let related = || rule.texts.iter().find(|(tag, _)| language(tag) == language(wish));
            if let Some((_, texts)) = exact.or_else(related) {
                return (wish.to_owned(), texts);
            }
        }
        (self.default_locale.clone(), rule.texts.get(&self.default_locale).unwrap_or(&NONE))
    }
}
