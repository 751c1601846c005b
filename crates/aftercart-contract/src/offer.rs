//! An offer: what is proposed, at which price, payable with what.

use crate::read::{Fields, ReadFields, deserialize_by_reading, read_as};
use crate::{
    AmountMinor, ContractError, Currency, MethodRef, Money, OfferId, OfferToken, ProductId, Quote, WebUrl,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU16;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// 1 or more.
    pub count: NonZeroU16,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CurrentProduct {
    /// Dodo's id.
    pub id: ProductId,
    /// Short name.
    pub name: String,
    /// Minor units, in the product's currency.
    pub price: AmountMinor,
    /// How often it bills.
    pub interval: Option<Interval>,
    /// What it includes, a line each.
    pub features: Vec<String>,
}

/// How many may be taken. `min ≤ default ≤ max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QuantityRange {
    /// Shown first.
    pub default: u32,
    /// 1 or more.
    pub min: u32,
    /// At most this.
    pub max: u32,
}

/// A saved payment method as a browser may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaymentMethod {
    /// Opaque; the backend alone knows which method it means.
    #[serde(rename = "ref")]
    pub method_ref: MethodRef,
    /// Dodo's `payment_method`, such as `card`.
    pub kind: String,
    /// The card network as people write it, such as `Visa`.
    pub brand: Option<String>,
    /// The last four digits.
    pub last4: Option<String>,
    /// `YYYY-MM`.
    pub expires: Option<String>,
    /// Chosen unless the shopper says otherwise.
    pub default: bool,
}

/// Praise with a source, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

deserialize_by_reading!(Offer, Interval);
read_as!(word, "a kind of offer": OfferKind);
read_as!(word, "a mode": Mode);
read_as!(word, "a unit of time": IntervalUnit);

/// Reads our own shape or that of a backend written from Dodo's guide.
impl ReadFields for Offer {
    const EXPECTED: &'static str = "an offer";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        let product: Product = fields.required("product")?;
        let offer_id = match fields.optional("offer_id")? {
            Some(id) => id,
            None => OfferId::new(product.id.as_str()).map_err(ContractError::Malformed)?,
        };
        let offer = Self {
            offer_id,
            token: fields.optional("token")?,
            kind: fields.optional("kind")?.unwrap_or(OfferKind::Upsell),
            mode: fields.optional("mode")?.unwrap_or(Mode::OneClick),
            product,
            current: fields.optional("current")?,
            price_difference: fields.optional("price_difference")?,
            quote: fields.optional("quote")?,
            quantity: fields.optional("quantity")?,
            payment_methods: fields.optional("payment_methods")?.unwrap_or_default(),
            social_proof: fields.optional("social_proof")?,
            checkout_url: fields.optional("checkout_url")?,
            locale: fields.optional("locale")?,
            copy: fields.optional("copy")?.unwrap_or_default(),
        };
        offer.check()?;
        Ok(offer)
    }
}

impl Offer {
    /// What belongs together is together.
    fn check(&self) -> Result<(), ContractError> {
        let refuse = |detail| Err(ContractError::Inconsistent(detail));
        if self.token.is_some() && self.quote.is_none() && self.mode != Mode::Checkout {
            return refuse("a token needs the quote it is bound to");
        }
        if self.mode == Mode::Checkout && self.checkout_url.is_none() {
            return refuse("checkout mode needs a checkout_url");
        }
        if self.quote.as_ref().is_some_and(Quote::has_negative_amount) {
            return refuse("a quote has no negative amounts");
        }
        if self
            .quantity
            .is_some_and(|range| range.min == 0 || range.min > range.default || range.default > range.max)
        {
            return refuse("a quantity range is 1 ≤ min ≤ default ≤ max");
        }
        Ok(())
    }
}

impl ReadFields for Product {
    const EXPECTED: &'static str = "a product";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        let id: ProductId = fields.required("id")?;
        // Dodo's guide passes `product.price` on as it came: a number in its text, an object in Dodo's API.
        let (price, currency) = if fields.is_object("price") {
            let DodoPrice { price, currency } = fields.required("price")?;
            (price, Some(currency))
        } else {
            (fields.required("price")?, fields.optional("currency")?)
        };
        if AmountMinor::is_negative(price) {
            return Err(ContractError::Inconsistent("a price is not negative"));
        }
        let name = fields.optional::<String>("name")?.filter(|name| !name.trim().is_empty());
        Ok(Self {
            name: name.unwrap_or_else(|| id.to_string()),
            id,
            description: fields.optional("description")?,
            image_url: fields.optional("image_url")?,
            price,
            currency: currency.ok_or(ContractError::Inconsistent("a price needs its currency"))?,
            interval: fields.optional("interval")?,
            features: fields.optional("features")?.unwrap_or_default(),
        })
    }
}

/// The part of Dodo's price object that matters here.
struct DodoPrice {
    price: AmountMinor,
    currency: Currency,
}

impl ReadFields for DodoPrice {
    const EXPECTED: &'static str = "Dodo's price object";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        let price = fields
            .either(&["price", "fixed_price"])?
            .ok_or(ContractError::Inconsistent("a price object needs a price"))?;
        Ok(Self { price, currency: fields.required("currency")? })
    }
}

impl ReadFields for CurrentProduct {
    const EXPECTED: &'static str = "the current product";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        Ok(Self {
            id: fields.required("id")?,
            name: fields.required("name")?,
            price: fields.required("price")?,
            interval: fields.optional("interval")?,
            features: fields.optional("features")?.unwrap_or_default(),
        })
    }
}

impl ReadFields for Interval {
    const EXPECTED: &'static str = "an interval such as {\"count\": 1, \"unit\": \"month\"}";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        let count: u32 = fields.required("count")?;
        let count = u16::try_from(count).ok().and_then(NonZeroU16::new);
        let count = count.ok_or(ContractError::Inconsistent("an interval counts from 1 to 65535"))?;
        Ok(Self { count, unit: fields.required("unit")? })
    }
}

impl ReadFields for QuantityRange {
    const EXPECTED: &'static str = "a quantity range";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        Ok(Self {
            default: fields.required("default")?,
            min: fields.required("min")?,
            max: fields.required("max")?,
        })
    }
}

impl ReadFields for PaymentMethod {
    const EXPECTED: &'static str = "a payment method";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        Ok(Self {
            method_ref: fields.required("ref")?,
            kind: fields.required("kind")?,
            brand: fields.optional("brand")?,
            last4: fields.optional("last4")?,
            expires: fields.optional("expires")?,
            default: fields.optional("default")?.unwrap_or_default(),
        })
    }
}

impl ReadFields for SocialProof {
    const EXPECTED: &'static str = "social proof with its source";
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        Ok(Self { text: fields.required("text")?, source: fields.required("source")? })
    }
}
