//! What a host page may set: every attribute of `<aftercart-offer>`, its default and its unit.

use aftercart_contract::{OfferToken, Subject, WebUrl};
use std::fmt;

/// How the card fits the page's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follows the shopper's `prefers-color-scheme`.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The themes as the attribute spells them.
const THEMES: [(&str, Theme); 3] = [("auto", Theme::Auto), ("light", Theme::Light), ("dark", Theme::Dark)];

impl Theme {
    /// The theme as the attribute spells it.
    pub fn name(self) -> &'static str {
        name_in(&THEMES, &self)
    }
}

/// Where the offer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// A card in the flow of the page.
    #[default]
    Card,
    /// A slim strip in the flow of the page.
    Banner,
    /// A modal dialog over the page. Escape and its close button close it without an answer.
    Dialog,
}

/// The placements as the attribute spells them.
const PLACEMENTS: [(&str, Placement); 3] =
    [("card", Placement::Card), ("banner", Placement::Banner), ("dialog", Placement::Dialog)];

/// How much room the card takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Room to breathe.
    #[default]
    Comfortable,
    /// Less space around everything; targets stay large enough for fingers.
    Compact,
}

impl Placement {
    /// The placement as the attribute spells it.
    pub fn name(self) -> &'static str {
        name_in(&PLACEMENTS, &self)
    }
}

/// The densities as the attribute spells them.
const DENSITIES: [(&str, Density); 2] =
    [("comfortable", Density::Comfortable), ("compact", Density::Compact)];

impl Density {
    /// The density as the attribute spells it.
    pub fn name(self) -> &'static str {
        name_in(&DENSITIES, &self)
    }
}

fn name_in<T: PartialEq>(choices: &[(&'static str, T)], chosen: &T) -> &'static str {
    choices.iter().find(|(_, choice)| choice == chosen).map_or("", |(name, _)| name)
}

/// What happens after a lost answer when the backend has no status to ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// Say that it is being checked and invite to nothing.
    #[default]
    Wait,
    /// Go to the checkout. The shopper may pay twice: the host takes that risk.
    Checkout,
}

/// Everything a host page may set. The attribute of each field is its name with hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the merchant backend answers, without a slash at the end. Default `/api/upsell`.
    pub endpoint: String,
    /// Whom the offer is for. Default: `payment_id` in the page's address, which Dodo puts there.
    pub subject: Subject,
    /// Proof minted by the merchant's server; needed for `cus_…` subjects.
    pub token: Option<OfferToken>,
    /// BCP 47 tag. Default: the page's `lang`, then the browser's language.
    pub locale: Option<String>,
    /// The standard checkout, used when an answer names none.
    pub checkout_url: Option<WebUrl>,
    /// Where to go after success. Default: stay.
    pub success_url: Option<WebUrl>,
    /// Colours. Default `auto`.
    pub theme: Theme,
    /// Where the offer stands. Default `card`.
    pub placement: Placement,
    /// How much room it takes. Default `comfortable`.
    pub density: Density,
    /// After a lost answer of a backend without status. Default `wait`.
    pub on_unknown: OnUnknown,
}

/// How long the offer may take, milliseconds. After that the page stays as it was.
pub const LOAD_LIMIT_MS: u32 = 4_000;
/// How long an accept may take before its answer counts as lost, milliseconds.
pub const CHARGE_LIMIT_MS: u32 = 30_000;
/// How long a failure message stays before the move to the checkout, milliseconds.
pub const REDIRECT_AFTER_MS: u32 = 4_000;
/// How long the notice stays before the move to the bank's or the success page, milliseconds.
pub const SHORT_REDIRECT_AFTER_MS: u32 = 1_500;

/// A setting that cannot be used, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The attribute's name.
    pub attribute: &'static str,
    /// What is wrong and what to do.
    pub advice: String,
}

impl ConfigError {
    /// Which setting, and what to do.
    pub(crate) fn text(&self) -> String {
        [self.attribute, ": ", &self.advice].concat()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// The defaults for one subject.
    pub fn new(subject: Subject) -> Self {
        Self {
            endpoint: "/api/upsell".to_owned(),
            subject,
            token: None,
            locale: None,
            checkout_url: None,
            success_url: None,
            theme: Theme::Auto,
            placement: Placement::Card,
            density: Density::Comfortable,
            on_unknown: OnUnknown::Wait,
        }
    }

    /// The attributes that say this to an element, without endpoint, subject and token.
    #[cfg(feature = "paint")]
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let on_unknown = (self.on_unknown == OnUnknown::Checkout).then_some("checkout");
        [
            ("locale", self.locale.as_deref()),
            ("checkout-url", self.checkout_url.as_ref().map(WebUrl::as_str)),
            ("success-url", self.success_url.as_ref().map(WebUrl::as_str)),
            ("theme", Some(self.theme.name())),
            ("placement", Some(self.placement.name())),
            ("density", Some(self.density.name())),
            ("on-unknown", on_unknown),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Reads attributes through `get`; addresses must already be absolute. Empty counts as absent.
    pub fn from_attributes(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let set =
            |name| get(name).map(|value| value.trim_ascii().to_owned()).filter(|value| !value.is_empty());
        let subject = set("subject").ok_or_else(|| ConfigError {
            attribute: "subject",
            advice: "missing: set cus_… or pay_…, or open this page with ?payment_id=pay_… as Dodo does"
                .to_owned(),
        })?;
        let subject =
            Subject::parse(&subject).map_err(|advice| ConfigError { attribute: "subject", advice })?;
        let mut config = Self::new(subject);
        if let Some(endpoint) = set("endpoint") {
            endpoint.trim_end_matches('/').clone_into(&mut config.endpoint);
        }
        config.token = parsed("token", set("token"), OfferToken::new)?;
        config.checkout_url = parsed("checkout-url", set("checkout-url"), WebUrl::new)?;
        config.success_url = parsed("success-url", set("success-url"), WebUrl::new)?;
        config.locale = set("locale");
        config.theme = one_of("theme", set("theme"), &THEMES)?;
        config.placement = one_of("placement", set("placement"), &PLACEMENTS)?;
        config.density = one_of("density", set("density"), &DENSITIES)?;
        let unknown = [("wait", OnUnknown::Wait), ("checkout", OnUnknown::Checkout)];
        config.on_unknown = one_of("on-unknown", set("on-unknown"), &unknown)?;
        Ok(config)
    }
}

fn parsed<T>(
    attribute: &'static str,
    value: Option<String>,
    parse: impl Fn(String) -> Result<T, String>,
) -> Result<Option<T>, ConfigError> {
    value.map(parse).transpose().map_err(|advice| ConfigError { attribute, advice })
}

fn one_of<T: Copy + Default>(
    attribute: &'static str,
    value: Option<String>,
    choices: &[(&str, T)],
) -> Result<T, ConfigError> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let place = place_among(attribute, value, &names)?;
    Ok(place.and_then(|at| choices.get(at)).map_or_else(T::default, |(_, choice)| *choice))
}

fn place_among(
    attribute: &'static str,
    value: Option<String>,
    names: &[&str],
) -> Result<Option<usize>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let place = names.iter().position(|name| *name == value);
    place.map(Some).ok_or_else(|| {
        let advice = ["\"", &value, "\" is not one of ", &names.join(", ")].concat();
        ConfigError { attribute, advice }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(attributes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_attributes(|name| {
            attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_subject_is_enough() {
        let config = read(&[("subject", "pay_1"), ("token", "")]).unwrap();
        assert_eq!(config, Config::new(Subject::parse("pay_1").unwrap()));
    }

    #[test]
    fn each_bad_setting_is_named_with_what_to_do() {
        for (bad, attribute) in [
            (vec![], "subject"),
            (vec![("subject", "42")], "subject"),
            (vec![("subject", "cus_1"), ("theme", "pink")], "theme"),
            (vec![("subject", "cus_1"), ("placement", "popup")], "placement"),
            (vec![("subject", "cus_1"), ("density", "tight")], "density"),
            (vec![("subject", "cus_1"), ("on-unknown", "pay")], "on-unknown"),
            (vec![("subject", "cus_1"), ("checkout-url", "javascript:alert(1)")], "checkout-url"),
            (vec![("subject", "cus_1"), ("token", "a b")], "token"),
        ] {
            let error = read(&bad).unwrap_err();
            assert_eq!(error.attribute, attribute);
            assert!(error.advice.len() > 10);
        }
    }
}
