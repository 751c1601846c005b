//! The shape of `offers.toml`. Unknown keys are refused, so a typing error is never silent.

use crate::attempt::Effective;
use aftercart_contract::ProrationBillingMode;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OffersFile {
    /// The locale used where a shopper's is missing.
    pub(super) default_locale: Spanned<String>,
    /// The longest chain of offers, 1 to 5.
    pub(super) max_steps: Option<Spanned<i64>>,
    /// The undo window of every offer that names none.
    pub(super) undo_seconds: Option<Spanned<i64>>,
    #[serde(default, rename = "offer")]
    pub(super) offers: Vec<Spanned<OfferEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferEntry {
    pub(super) id: Spanned<String>,
    pub(super) kind: Option<Spanned<Kind>>,
    pub(super) product: Spanned<String>,
    pub(super) when: Option<When>,
    pub(super) on_accept: Option<Spanned<String>>,
    pub(super) on_decline: Option<Spanned<String>>,
    /// For `upgrade` and `downgrade`.
    pub(super) change: Option<Spanned<ChangeEntry>>,
    #[serde(default)]
    pub(super) beside: Vec<Spanned<String>>,
    pub(super) quantity: Option<Spanned<QuantityEntry>>,
    pub(super) trial_days: Option<Spanned<i64>>,
    /// A TOML date-time, or the same as text.
    pub(super) ends_at: Option<Spanned<toml::Value>>,
    pub(super) lowest_price_30_days: Option<Spanned<i64>>,
    pub(super) show_at_most: Option<Spanned<i64>>,
    pub(super) again_after_days: Option<Spanned<i64>>,
    pub(super) undo_seconds: Option<Spanned<i64>>,
    /// Default true: Dodo sells digital goods.
    pub(super) digital: Option<bool>,
    #[serde(default)]
    pub(super) locale: BTreeMap<String, Spanned<LocaleEntry>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Upsell,
    CrossSell,
    Upgrade,
    Downgrade,
    Downsell,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeEntry {
    pub(super) from: Vec<Spanned<String>>,
    pub(super) proration: Option<Spanned<ProrationBillingMode>>,
    pub(super) effective_at: Option<Effective>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    pub(super) purchased: Option<Vec<Spanned<String>>>,
    pub(super) milestone: Option<Vec<Spanned<String>>>,
    pub(super) plan_limit: Option<Spanned<i64>>,
    pub(super) onboarding_done: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantityEntry {
    pub(super) default: u32,
    pub(super) min: u32,
    pub(super) max: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocaleEntry {
    #[serde(default)]
    pub(super) features: Vec<Spanned<String>>,
    /// What the plans that a change leads away from hold, by product.
    #[serde(default)]
    pub(super) has: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    pub(super) social_proof: Option<Spanned<SocialProofEntry>>,
    #[serde(default)]
    pub(super) copy: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SocialProofEntry {
    pub(super) text: String,
    pub(super) source: String,
}
