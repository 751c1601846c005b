//! The shop's offers, checked and ready to be chosen from.

use super::change::ChangeRule;
use crate::occasion::Cause;
use aftercart_contract::{AmountMinor, CopyTexts, OfferId, OfferKind, ProductId, QuantityRange, SocialProof};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// All offers of a shop.
///
/// Invariants, kept by [`super::load_offers`]: ids are unique, every edge names an offer, no chain has a
/// cycle or more than `max_steps` steps, at most two offers stand beside one and none beside those, every
/// offer has texts in the default locale.
#[derive(Clone, Debug, Default)]
pub struct OfferBook {
    pub(super) default_locale: String,
    /// The longest chain, 1 to 5.
    pub(super) max_steps: u32,
    pub(super) rules: Vec<Rule>,
}

/// One offer.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: OfferId,
    pub(crate) kind: OfferKind,
    pub(crate) product: ProductId,
    /// What opens it. Nothing: only reachable from another offer.
    pub(crate) when: When,
    /// Shown after this one was accepted and paid.
    pub(crate) on_accept: Option<OfferId>,
    /// Shown after this one was declined.
    pub(crate) on_decline: Option<OfferId>,
    /// The plan change that this offer is; `None` for a purchase.
    pub(crate) change: Option<ChangeRule>,
    /// Shown on the same card, to choose from.
    pub(crate) beside: Vec<OfferId>,
    /// How many may be taken; `None` is exactly one.
    pub(crate) quantity: Option<QuantityRange>,
    /// Free days before a plan's first charge.
    pub(crate) trial_days: Option<u16>,
    /// From here on it is not offered any more.
    pub(crate) ends_at: Option<Timestamp>,
    /// Minor units in the product's currency.
    pub(crate) lowest_price_30_days: Option<AmountMinor>,
    /// How often one customer sees it.
    pub(crate) show_at_most: Option<u32>,
    /// A decline is forgotten after so many days; `None` is never.
    pub(crate) again_after_days: Option<u32>,
    /// An accept is charged after so many seconds, 10 to 60, and can be taken back until then.
    pub(crate) undo_seconds: Option<u8>,
    /// Delivered by the click: digital content or a digital service.
    pub(crate) digital: bool,
    pub(super) texts: BTreeMap<String, Texts>,
}

/// What opens an offer: any one of these.
#[derive(Clone, Debug, Default)]
pub(crate) struct When {
    /// Any of these in a purchase.
    pub(crate) purchased: Vec<ProductId>,
    /// Any of these milestones.
    pub(crate) milestones: Vec<String>,
    /// At or above this percentage of a plan's limit.
    pub(crate) plan_limit: Option<u32>,
    /// The end of onboarding.
    pub(crate) onboarding_done: bool,
}

impl When {
    /// True when this is what it waits for.
    pub(crate) fn is_met_by(&self, cause: &Cause) -> bool {
        match cause {
            Cause::Purchase { products, .. } => self.purchased.iter().any(|wanted| products.contains(wanted)),
            Cause::Milestone { name } => self.milestones.contains(name),
            Cause::PlanLimit { percent } => self.plan_limit.is_some_and(|wanted| *percent >= wanted),
            Cause::OnboardingDone => self.onboarding_done,
        }
    }
}

impl Rule {
    /// True for a quantity that this offer can be taken in.
    pub(crate) fn takes(&self, quantity: u32) -> bool {
        let (min, max) = self.quantity.map_or((1, 1), |range| (range.min, range.max));
        (min..=max).contains(&quantity)
    }

    /// The quantity that is quoted first.
    pub(crate) fn first_quantity(&self) -> u32 {
        self.quantity.map_or(1, |range| range.default)
    }
}

/// The words of one offer in one language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) features: Vec<String>,
    /// What each plan that a change leads away from holds.
    pub(crate) has: BTreeMap<ProductId, Vec<String>>,
    pub(crate) social_proof: Option<SocialProof>,
    pub(crate) copy: CopyTexts,
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

    /// The longest chain of offers.
    pub(crate) fn max_steps(&self) -> u32 {
        self.max_steps
    }

    /// The offers that this opens, in the file's order.
    pub(crate) fn opened_by(&self, cause: &Cause) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.when.is_met_by(cause))
    }

    /// The offer of this id.
    pub(crate) fn rule(&self, id: &OfferId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// The offer shown after the shopper declined this one.
    pub(crate) fn after_decline(&self, rule: &Rule) -> Option<&Rule> {
        rule.on_decline.as_ref().and_then(|next| self.rule(next))
    }

    /// The offer shown after this one was accepted and paid.
    pub(crate) fn after_accept(&self, rule: &Rule) -> Option<&Rule> {
        rule.on_accept.as_ref().and_then(|next| self.rule(next))
    }

    /// The offer itself, then those that stand beside it.
    pub(crate) fn card<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = &'a Rule> {
        std::iter::once(rule).chain(rule.beside.iter().filter_map(|id| self.rule(id)))
    }

    /// The offer's words for a wish such as `fr-CA`: that locale, its language, or the default; and
    /// the tag to format money with. The shopper's own region is kept when the language is ours.
    pub(crate) fn texts<'a>(&'a self, rule: &'a Rule, wish: Option<&str>) -> (String, &'a Texts) {
        static NONE: Texts =
            Texts { features: Vec::new(), has: BTreeMap::new(), social_proof: None, copy: CopyTexts::new() };
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
