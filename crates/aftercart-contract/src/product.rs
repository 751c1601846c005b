//! Products: the one proposed and the one the shopper has.

use crate::money::NO_CURRENCY;
use crate::read::{Fields, ReadFields, deserialize_by_reading, read_words};
use crate::{AmountMinor, Currency, Money, ProductId, WebUrl};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU16;

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

deserialize_by_reading!(Interval);
read_words!(IntervalUnit, "a unit of time": "day" Day, "week" Week, "month" Month, "year" Year);

impl ReadFields for Product {
    const EXPECTED: &'static str = "a product";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let id: ProductId = fields.required("id");
        // Dodo's guide passes `product.price` on as it came: a number in its text, an object in Dodo's API.
        let (price, currency): (_, Option<Currency>) = if fields.is_object("price") {
            let DodoPrice { price, currency } = fields.required("price");
            (price, Some(currency))
        } else {
            (fields.required("price"), fields.optional("currency"))
        };
        if AmountMinor::is_negative(price) {
            fields.refuse("a price is not negative");
        }
        let name = fields.optional::<String>("name").filter(|name| !name.trim_ascii().is_empty());
        let currency = currency.unwrap_or_else(|| {
            fields.refuse("a price needs its currency");
            NO_CURRENCY
        });
        Self {
            name: name.unwrap_or_else(|| id.as_str().to_owned()),
            id,
            description: fields.optional("description"),
            image_url: fields.optional("image_url"),
            price,
            currency,
            interval: fields.optional("interval"),
            features: fields.optional("features").unwrap_or_default(),
        }
    }
}

/// The part of Dodo's price object that matters here.
struct DodoPrice {
    price: AmountMinor,
    currency: Currency,
}

impl ReadFields for DodoPrice {
    const EXPECTED: &'static str = "Dodo's price object";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let price = fields.either("price", "fixed_price").unwrap_or_else(|| {
            fields.refuse("a price object needs a price");
            AmountMinor::ZERO
        });
        Self { price, currency: fields.required("currency") }
    }
}

impl ReadFields for CurrentProduct {
    const EXPECTED: &'static str = "the current product";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self {
            id: fields.required("id"),
            name: fields.required("name"),
            price: fields.required("price"),
            interval: fields.optional("interval"),
            features: fields.optional("features").unwrap_or_default(),
        }
    }
}

impl ReadFields for Interval {
    const EXPECTED: &'static str = "an interval such as {\"count\": 1, \"unit\": \"month\"}";
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        let count: u32 = fields.required("count");
        let count = u16::try_from(count).ok().and_then(NonZeroU16::new);
        let count = count.unwrap_or_else(|| {
            fields.refuse("an interval counts from 1 to 65535");
            NonZeroU16::MIN
        });
        Self { count, unit: fields.required("unit") }
    }
}
