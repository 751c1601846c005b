//! An offer: what is proposed, at which price, payable with what.

use crate::answer::AnswerWire;
use crate::{
    AmountMinor, ContractError, Currency, MethodRef, Money, OfferAnswer, OfferId, OfferToken, ProductId,
    Quote, WebUrl,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// A better version of what was bought.
    Upsell,
    /// A companion product.
    CrossSell,
    /// A higher plan.
    Upgrade,
    /// A lower plan.
    Downgrade,
    /// A cheaper offer after the shopper declined.
    Downsell,
}

/// What the accept button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Charges the saved payment method.
    OneClick,
    /// Charges after one explicit confirmation (plan changes).
    Confirm,
    /// Leads to a standard checkout: no saved method can pay this. Needs `checkout_url`.
    Checkout,
}

/// The unit of a billing interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "calendar units")]
pub enum IntervalUnit {
    Day,
    Week,
    Month,
    Year,
}

/// How often a plan bills: every `count` units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// 1 or more.
    pub count: std::num::NonZeroU16,
    /// Of what.
    pub unit: IntervalUnit,
}

/// The product proposed. All text is text: never HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Dodo's id.
    pub id: ProductId,
    /// Short name.
    pub name: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// A picture, shown at a fixed ratio.
    pub image_url: Option<WebUrl>,
    /// List price of one, before tax, minor units, not negative.
    pub price: AmountMinor,
    /// The price's currency.
    pub currency: Currency,
    /// How often a plan bills; absent for one-time products.
    pub interval: Option<Interval>,
    /// What the shopper gets, a line each.
    pub features: Vec<String>,
}

impl Product {
    /// The list price of one.
    pub fn price(&self) -> Money {
        Money { amount_minor: self.price, currency: self.currency }
    }
}

/// What the shopper has today, for comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentProduct {
    /// Dodo's id.
    pub id: ProductId,
    /// Short name.
    pub name: String,
    /// Minor units, in the product's currency.
    pub price: AmountMinor,
    /// How often it bills.
    #[serde(default)]
    pub interval: Option<Interval>,
    /// What it includes, a line each.
    #[serde(default)]
    pub features: Vec<String>,
}

/// How many may be taken. `min ≤ default ≤ max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityRange {
    /// Shown first.
    pub default: u32,
    /// 1 or more.
    pub min: u32,
    /// At most this.
    pub max: u32,
}

/// A saved payment method as a browser may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// Opaque; the backend alone knows which method it means.
    #[serde(rename = "ref")]
    pub method_ref: MethodRef,
    /// Dodo's `payment_method`, such as `card`.
    pub kind: String,
    /// The card network as people write it, such as `Visa`.
    #[serde(default)]
    pub brand: Option<String>,
    /// The last four digits.
    #[serde(default)]
    pub last4: Option<String>,
    /// `YYYY-MM`.
    #[serde(default)]
    pub expires: Option<String>,
    /// Chosen unless the shopper says otherwise.
    #[serde(default)]
    pub default: bool,
}

/// Praise with a source, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocialProof {
    /// What is claimed.
    pub text: String,
    /// Who says so, or where it can be checked.
    pub source: String,
}

/// One offer, ready to show.
///
/// Our own backend always sends a token and a quote together. A backend written from Dodo's guide
/// sends neither: `token` and `quote` are then `None` and only `product` can be relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AnswerWire")]
pub struct Offer {
    /// Stable across requotes.
    pub offer_id: OfferId,
    /// Needed to accept; absent from guide-shaped backends.
    pub token: Option<OfferToken>,
    /// What is proposed.
    pub kind: OfferKind,
    /// What the accept button does.
    pub mode: Mode,
    /// The product.
    pub product: Product,
    /// What it would replace or complement.
    pub current: Option<CurrentProduct>,
    /// Product less current, minor units in the product's currency; negative for a downgrade.
    pub price_difference: Option<AmountMinor>,
    /// What accepting costs; present whenever `token` is.
    pub quote: Option<Quote>,
    /// How many may be taken; absent means exactly one.
    pub quantity: Option<QuantityRange>,
    /// Usable saved methods, the default first.
    pub payment_methods: Vec<PaymentMethod>,
    /// Praise with a source.
    pub social_proof: Option<SocialProof>,
    /// The standard checkout for this offer. Required in `checkout` mode.
    pub checkout_url: Option<WebUrl>,
    /// BCP 47 tag of `copy` and of the display texts.
    pub locale: Option<String>,
    /// The merchant's own words, by copy key; they win over the widget's.
    pub copy: BTreeMap<String, String>,
}

impl Offer {
    /// The method that a click charges: the one marked default, else the first.
    pub fn default_method(&self) -> Option<&PaymentMethod> {
        self.payment_methods.iter().find(|method| method.default).or_else(|| self.payment_methods.first())
    }
}

impl TryFrom<AnswerWire> for Offer {
    type Error = ContractError;
    fn try_from(wire: AnswerWire) -> Result<Self, ContractError> {
        match OfferAnswer::try_from(wire)? {
            OfferAnswer::Offer(offer) => Ok(*offer),
            OfferAnswer::Ineligible(_) => Err(ContractError::Inconsistent("an offer cannot be ineligible")),
        }
    }
}
