//! An offer: what is proposed, at which price, payable with what.

use crate::read::{Fields, ReadFields, deserialize_by_reading, read_words};
use crate::{
    AmountMinor, CopyTexts, CurrentProduct, MethodRef, OfferId, OfferToken, Outcome, Product, Quote,
    Timestamp, WebUrl,
};
use serde::{Deserialize, Serialize};

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

/// A time to try a plan before it costs anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// 1 or more. The first charge is the quote's renewal.
    pub days: u16,
}

/// What the law of the shopper's country wants beside the button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Legal {
    /// Names these words and those of the buttons: kept with the accept as what was agreed to.
    pub text_version: String,
    /// How and how long the shopper may withdraw.
    pub withdrawal: Option<String>,
    /// Words of a box that the shopper has to tick before accepting, such as the wish for immediate
    /// delivery of a digital product. Never ticked beforehand.
    pub consent: Option<String>,
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
    /// Free days before a plan's first charge.
    pub trial: Option<Trial>,
    /// The lowest price of the last 30 days, minor units in the product's currency: the only price that
    /// may be struck through (EU 2019/2161). Absent where nothing is.
    pub lowest_price_30_days: Option<AmountMinor>,
    /// When the offer itself ends; absent for offers without an end.
    pub ends_at: Option<Timestamp>,
    /// What the law wants said.
    pub legal: Option<Legal>,
    /// Praise with a source.
    pub social_proof: Option<SocialProof>,
    /// The standard checkout for this offer. Required in `checkout` mode.
    pub checkout_url: Option<WebUrl>,
    /// BCP 47 tag of `copy` and of the display texts.
    pub locale: Option<String>,
    /// The merchant's own words, by copy key; they win over the widget's.
    pub copy: CopyTexts,
    /// How the step before this one ended, when this offer follows an accepted one: to be told above it.
    pub after: Option<Box<Outcome>>,
    /// Other offers to choose from on the same card, at most [`Offer::MAX_BESIDE`], each with its own
    /// quote and token and nothing beside it. Each is accepted or declined by itself.
    pub beside: Vec<Offer>,
}

impl Offer {
    /// How many offers may stand beside one.
    pub const MAX_BESIDE: usize = 2;

    /// The method that a click charges: the one marked default, else the first.
    pub fn default_method(&self) -> Option<&PaymentMethod> {
        self.payment_methods.iter().find(|method| method.default).or_else(|| self.payment_methods.first())
    }
}

deserialize_by_reading!(Offer);
read_words!(OfferKind, "a kind of offer":
    "upsell" Upsell, "cross_sell" CrossSell, "upgrade" Upgrade, "downgrade" Downgrade, "downsell" Downsell);
read_words!(Mode, "a mode": "one_click" OneClick, "confirm" Confirm, "checkout" Checkout);

/// Reads our own shape or that of a backend written from Dodo's guide.
impl ReadFields for Offer {
    const EXPECTED: &'static str = "an offer";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let product: Product = fields.required("product");
        let offer_id = match fields.optional("offer_id") {
            Some(id) => id,
            None => OfferId::of_product(&product.id),
        };
        let offer = Self {
            offer_id,
            token: fields.optional("token"),
            kind: fields.optional("kind").unwrap_or(OfferKind::Upsell),
            mode: fields.optional("mode").unwrap_or(Mode::OneClick),
            product,
            current: fields.optional("current"),
            price_difference: fields.optional("price_difference"),
            quote: fields.optional("quote"),
            quantity: fields.optional("quantity"),
            payment_methods: fields.optional("payment_methods").unwrap_or_default(),
            trial: fields.optional("trial"),
            lowest_price_30_days: fields.optional("lowest_price_30_days"),
            ends_at: fields.optional("ends_at"),
            legal: fields.optional("legal"),
            social_proof: fields.optional("social_proof"),
            checkout_url: fields.optional("checkout_url"),
            locale: fields.optional("locale"),
            copy: fields.optional("copy").unwrap_or_default(),
            after: fields.optional::<Outcome>("after").map(|outcome| Box::new(outcome.settled())),
            beside: fields.optional("beside").unwrap_or_default(),
        };
        if let Err(why) = offer.check() {
            fields.refuse(why);
        }
        offer
    }
}

impl Offer {
    /// What belongs together is together.
    fn check(&self) -> Result<(), &'static str> {
        if self.token.is_some() && self.quote.is_none() && self.mode != Mode::Checkout {
            return Err("a token needs the quote it is bound to");
        }
        if self.mode == Mode::Checkout && self.checkout_url.is_none() {
            return Err("checkout mode needs a checkout_url");
        }
        if self.quote.as_ref().is_some_and(Quote::has_negative_amount) {
            return Err("a quote has no negative amounts");
        }
        if self.lowest_price_30_days.is_some_and(AmountMinor::is_negative) {
            return Err("a price is not negative");
        }
        if self.beside.len() > Self::MAX_BESIDE || self.beside.iter().any(|offer| !offer.beside.is_empty()) {
            return Err("at most two offers stand beside one, and none beside those");
        }
        if self.beside.iter().any(|offer| offer.offer_id == self.offer_id) {
            return Err("an offer does not stand beside itself");
        }
        if self
            .quantity
            .is_some_and(|range| range.min == 0 || range.min > range.default || range.default > range.max)
        {
            return Err("a quantity range is 1 ≤ min ≤ default ≤ max");
        }
        Ok(())
    }
}

impl ReadFields for QuantityRange {
    const EXPECTED: &'static str = "a quantity range";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self { default: fields.required("default"), min: fields.required("min"), max: fields.required("max") }
    }
}

impl ReadFields for PaymentMethod {
    const EXPECTED: &'static str = "a payment method";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            method_ref: fields.required("ref"),
            kind: fields.required("kind"),
            brand: fields.optional("brand"),
            last4: fields.optional("last4"),
            expires: fields.optional("expires"),
            default: fields.optional("default").unwrap_or_default(),
        }
    }
}

impl ReadFields for Trial {
    const EXPECTED: &'static str = "a trial such as {\"days\": 14}";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let days: u32 = fields.required("days");
        let days = u16::try_from(days).unwrap_or_default();
        if days == 0 {
            fields.refuse("a trial has 1 to 65535 days");
        }
        Self { days }
    }
}

impl ReadFields for Legal {
    const EXPECTED: &'static str = "legal words with their version";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            text_version: fields.required("text_version"),
            withdrawal: fields.optional("withdrawal"),
            consent: fields.optional("consent"),
        }
    }
}

impl ReadFields for SocialProof {
    const EXPECTED: &'static str = "social proof with its source";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self { text: fields.required("text"), source: fields.required("source") }
    }
}
