//! What `GET {endpoint}/{subject}` answers, and the shapes of it that are understood.

use crate::offer::Product;
use crate::{
    AmountMinor, ContractError, Currency, CurrentProduct, Interval, Mode, Offer, OfferId, OfferKind,
    OfferToken, Outcome, PaymentMethod, ProductId, QuantityRange, Quote, SocialProof, WebUrl,
};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Why nothing is offered. A backend may know more reasons; they arrive as [`Reason::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Reason {
    /// The backend does not know this subject.
    UnknownSubject,
    /// The purchase is too old for its payment id to open an offer.
    TooLate,
    /// No rule in the shop's offers matches.
    NoRule,
    /// No payment method can pay, and no checkout is offered instead.
    NoPaymentMethod,
    /// This purchase's offer was accepted; `outcome` tells how it went.
    AlreadyAccepted,
    /// The shopper declined.
    Declined,
    /// This payment *is* an accepted offer; `outcome` tells how it went.
    OwnPayment,
    /// The purchase did not succeed, or not yet.
    NotPaid,
    /// The backend cannot quote a price now.
    NoQuote,
    /// Something this version does not name.
    Other(String),
}

impl Reason {
    const NAMED: [(&'static str, Self); 9] = [
        ("unknown_subject", Self::UnknownSubject),
        ("too_late", Self::TooLate),
        ("no_rule", Self::NoRule),
        ("no_payment_method", Self::NoPaymentMethod),
        ("already_accepted", Self::AlreadyAccepted),
        ("declined", Self::Declined),
        ("own_payment", Self::OwnPayment),
        ("not_paid", Self::NotPaid),
        ("no_quote", Self::NoQuote),
    ];

    /// The reason as it travels, such as `no_rule`.
    pub fn code(&self) -> &str {
        match self {
            Self::Other(code) => code,
            named => Self::NAMED.iter().find(|(_, reason)| reason == named).map_or("", |(code, _)| code),
        }
    }
}

impl From<String> for Reason {
    fn from(code: String) -> Self {
        match Self::NAMED.into_iter().find(|(name, _)| *name == code) {
            Some((_, reason)) => reason,
            None => Self::Other(code),
        }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.code().to_owned()
    }
}

/// Nothing to offer, why, and how an earlier accept went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ineligible {
    /// Why; absent when the backend does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The accepted offer's outcome, so that a reload or a return from checkout tells the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Which offer `outcome` belongs to, to ask for its status again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_id: Option<OfferId>,
}

/// The answer to `GET {endpoint}/{subject}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AnswerWire")]
pub enum OfferAnswer {
    /// Show this.
    Offer(Box<Offer>),
    /// Show nothing, or the outcome of what was accepted before.
    Ineligible(Ineligible),
}

impl OfferAnswer {
    /// Reads our own shape or that of a backend written from Dodo's guide.
    pub fn from_json(text: &str) -> Result<Self, ContractError> {
        Self::try_from(serde_json::from_str::<AnswerWire>(text)?)
    }
}

impl Serialize for OfferAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a, T> {
            contract: u32,
            eligible: bool,
            #[serde(flatten)]
            rest: &'a T,
        }
        match self {
            Self::Offer(offer) => {
                Wire { contract: crate::CONTRACT, eligible: true, rest: offer }.serialize(serializer)
            }
            Self::Ineligible(rest) => {
                Wire { contract: crate::CONTRACT, eligible: false, rest }.serialize(serializer)
            }
        }
    }
}

/// Every field of every accepted shape; what belongs together is checked once, in `TryFrom`.
#[derive(Deserialize)]
pub(crate) struct AnswerWire {
    contract: Option<u32>,
    eligible: Option<bool>,
    reason: Option<Reason>,
    outcome: Option<Outcome>,
    offer_id: Option<OfferId>,
    token: Option<OfferToken>,
    kind: Option<OfferKind>,
    mode: Option<Mode>,
    product: Option<ProductWire>,
    current: Option<CurrentProduct>,
    price_difference: Option<AmountMinor>,
    quote: Option<Quote>,
    quantity: Option<QuantityRange>,
    #[serde(default)]
    payment_methods: Vec<PaymentMethod>,
    social_proof: Option<SocialProof>,
    checkout_url: Option<WebUrl>,
    locale: Option<String>,
    #[serde(default)]
    copy: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct ProductWire {
    id: ProductId,
    name: Option<String>,
    description: Option<String>,
    image_url: Option<WebUrl>,
    price: PriceWire,
    currency: Option<Currency>,
    interval: Option<Interval>,
    #[serde(default)]
    features: Vec<String>,
}

/// Dodo's guide passes `product.price` on as it came: a number in its text, an object in Dodo's API.
enum PriceWire {
    Amount(AmountMinor),
    Object { price: AmountMinor, currency: Currency },
}

/// Written by hand: serde's `untagged` would buffer, and weigh more in the browser.
impl<'de> Deserialize<'de> for PriceWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Price;

        impl<'de> Visitor<'de> for Price {
            type Value = PriceWire;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("minor units, or Dodo's price object")
            }

            fn visit_i64<E: de::Error>(self, amount: i64) -> Result<PriceWire, E> {
                AmountMinor::new(amount).map(PriceWire::Amount).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, amount: u64) -> Result<PriceWire, E> {
                self.visit_i64(i64::try_from(amount).unwrap_or(i64::MAX))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PriceWire, A::Error> {
                #[derive(Deserialize)]
                struct Object {
                    #[serde(alias = "fixed_price")]
                    price: AmountMinor,
                    currency: Currency,
                }
                let Object { price, currency } = Object::deserialize(MapAccessDeserializer::new(map))?;
                Ok(PriceWire::Object { price, currency })
            }
        }

        deserializer.deserialize_any(Price)
    }
}

impl TryFrom<AnswerWire> for OfferAnswer {
    type Error = ContractError;

    fn try_from(wire: AnswerWire) -> Result<Self, ContractError> {
        if let Some(newer) = wire.contract.filter(|contract| *contract > crate::CONTRACT) {
            return Err(ContractError::Newer(newer));
        }
        if wire.eligible == Some(false) {
            let AnswerWire { reason, outcome, offer_id, .. } = wire;
            return Ok(Self::Ineligible(Ineligible { reason, outcome, offer_id }));
        }
        let product =
            wire.product.ok_or(ContractError::Inconsistent("an offer needs a product"))?.checked()?;
        let offer_id = match wire.offer_id {
            Some(id) => id,
            None => OfferId::new(product.id.as_str()).map_err(ContractError::Malformed)?,
        };
        let offer = Offer {
            offer_id,
            token: wire.token,
            kind: wire.kind.unwrap_or(OfferKind::Upsell),
            mode: wire.mode.unwrap_or(Mode::OneClick),
            product,
            current: wire.current,
            price_difference: wire.price_difference,
            quote: wire.quote,
            quantity: wire.quantity,
            payment_methods: wire.payment_methods,
            social_proof: wire.social_proof,
            checkout_url: wire.checkout_url,
            locale: wire.locale,
            copy: wire.copy,
        };
        check(&offer)?;
        Ok(Self::Offer(Box::new(offer)))
    }
}

impl ProductWire {
    fn checked(self) -> Result<Product, ContractError> {
        let (price, currency) = match self.price {
            PriceWire::Amount(price) => (price, self.currency),
            PriceWire::Object { price, currency } => (price, Some(currency)),
        };
        let currency = currency.ok_or(ContractError::Inconsistent("a price needs its currency"))?;
        if price.is_negative() {
            return Err(ContractError::Inconsistent("a price is not negative"));
        }
        Ok(Product {
            name: self.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| self.id.to_string()),
            id: self.id,
            description: self.description,
            image_url: self.image_url,
            price,
            currency,
            interval: self.interval,
            features: self.features,
        })
    }
}

fn check(offer: &Offer) -> Result<(), ContractError> {
    let refuse = |detail| Err(ContractError::Inconsistent(detail));
    if offer.token.is_some() && offer.quote.is_none() && offer.mode != Mode::Checkout {
        return refuse("a token needs the quote it is bound to");
    }
    if offer.mode == Mode::Checkout && offer.checkout_url.is_none() {
        return refuse("checkout mode needs a checkout_url");
    }
    if offer.quote.as_ref().is_some_and(Quote::has_negative_amount) {
        return refuse("a quote has no negative amounts");
    }
    if offer
        .quantity
        .is_some_and(|range| range.min == 0 || range.min > range.default || range.default > range.max)
    {
        return refuse("a quantity range is 1 ≤ min ≤ default ≤ max");
    }
    Ok(())
}
