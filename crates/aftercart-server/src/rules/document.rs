//! The shape of `offers.toml`. Unknown keys are refused, so a typing error is never silent.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OffersFile {
    /// The locale used where a shopper's is missing.
    pub(super) default_locale: Spanned<String>,
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
    pub(super) on_decline: Option<Spanned<String>>,
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
    Downsell,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    pub(super) purchased: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocaleEntry {
    #[serde(default)]
    pub(super) features: Vec<Spanned<String>>,
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
