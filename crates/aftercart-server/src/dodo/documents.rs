//! The parts of Dodo's documents that we read. Unknown fields are ignored, absent ones tolerated.

#![allow(clippy::struct_field_names, reason = "the names are Dodo's")]

use crate::attempt::{Fact, PaymentStatus};
use aftercart_contract::{
    AmountMinor, Currency, CustomerId, Interval, IntervalUnit, Money, PaymentId, ProductId, SessionId, WebUrl,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::num::NonZeroU16;

/// How long a payment may be between its creation and its method.
const PASSING: SignedDuration = SignedDuration::from_mins(2);

/// A payment, from `GET /payments/{id}`, a list item, or a webhook.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Payment {
    pub(crate) payment_id: PaymentId,
    pub(crate) customer: PayingCustomer,
    #[serde(default)]
    status: Option<String>,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    updated_at: Option<Timestamp>,
    total_amount: i64,
    currency: String,
    #[serde(default)]
    pub(crate) billing: Option<Value>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) metadata: Map<String, Value>,
    #[serde(default, deserialize_with = "null_as_default")]
    product_cart: Vec<CartLine>,
    #[serde(default)]
    pub(crate) subscription_id: Option<String>,
    #[serde(default)]
    pub(crate) checkout_session_id: Option<SessionId>,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    payment_link: Option<String>,
    #[serde(default)]
    pub(crate) card_last_four: Option<String>,
    #[serde(default)]
    pub(crate) card_network: Option<String>,
    #[serde(default)]
    pub(crate) charge_type: Option<String>,
    #[serde(default)]
    pub(crate) retry_attempt: i64,
    #[serde(default)]
    pub(crate) is_update_payment_method: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) refunds: Vec<RefundItem>,
}

/// What was given back of a payment.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RefundItem {
    pub(super) refund_id: String,
    #[serde(default)]
    pub(super) status: Option<String>,
    pub(super) created_at: Timestamp,
}

/// Who paid. The name and e-mail beside the id are never read.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PayingCustomer {
    pub(crate) customer_id: CustomerId,
}

#[derive(Clone, Debug, Deserialize)]
struct CartLine {
    product_id: ProductId,
}

impl Payment {
    /// Dodo's own word, `processing` when it says none.
    pub(crate) fn status_word(&self) -> &str {
        self.status.as_deref().unwrap_or("processing")
    }

    pub(crate) fn has_succeeded(&self) -> bool {
        PaymentStatus::parse(self.status.as_deref()) == PaymentStatus::Succeeded
    }

    /// What was charged, tax included; `None` for a currency or amount the contract does not allow.
    pub(crate) fn total(&self) -> Option<Money> {
        crate::attempt::money(self.total_amount, &self.currency)
    }

    /// The products of a one-time payment; empty for a subscription's.
    pub(crate) fn products(&self) -> Vec<ProductId> {
        self.product_cart.iter().map(|line| line.product_id.clone()).collect()
    }

    /// A metadata value that is text.
    pub(crate) fn metadata_text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).and_then(Value::as_str)
    }

    /// What this says about the attempt it belongs to. `may_send_to` decides about the link.
    ///
    /// A payment passes through `requires_payment_method` on its way: only one that stays there is dead.
    pub(crate) fn fact(&self, now: Timestamp, may_send_to: impl Fn(&WebUrl) -> bool) -> Fact {
        let link = self.payment_link.as_deref().and_then(|link| WebUrl::new(link).ok());
        let as_of = self.updated_at.unwrap_or(self.created_at);
        let status = match PaymentStatus::parse(self.status.as_deref()) {
            PaymentStatus::RequiresPaymentMethod if now.duration_since(as_of) < PASSING => {
                PaymentStatus::Pending
            }
            status => status,
        };
        Fact::Payment { status, as_of, code: self.error_code.clone(), link: link.filter(may_send_to) }
    }
}

/// A product, from `GET /products/{id}`. A prepared offer keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Product {
    pub(crate) product_id: ProductId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    image: Option<String>,
    #[serde(default)]
    pub(crate) is_recurring: bool,
    price: Price,
}

/// The price object: the amount's name depends on the kind of price.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Price {
    #[serde(alias = "fixed_price")]
    price: AmountMinor,
    currency: Currency,
    #[serde(default)]
    payment_frequency_count: Option<u16>,
    #[serde(default)]
    payment_frequency_interval: Option<String>,
}

impl Product {
    /// Its name, or its id where the merchant gave none.
    pub(crate) fn name(&self) -> String {
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        name.map_or_else(|| self.product_id.to_string(), str::to_owned)
    }

    /// Its picture, if a page may load it.
    pub(crate) fn image(&self) -> Option<WebUrl> {
        self.image.as_deref().and_then(|url| WebUrl::new(url).ok())
    }

    /// List price of one, before tax and discount.
    pub(crate) fn price(&self) -> Money {
        Money { amount_minor: self.price.price, currency: self.price.currency }
    }

    /// As an offer shows it, with the shop's own list of what it includes.
    pub(crate) fn shown(&self, features: Vec<String>) -> aftercart_contract::Product {
        let Money { amount_minor: price, currency } = self.price();
        aftercart_contract::Product {
            id: self.product_id.clone(),
            name: self.name(),
            description: self.description.clone().filter(|text| !text.trim().is_empty()),
            image_url: self.image(),
            price,
            currency,
            interval: self.interval(),
            features,
        }
    }

    /// How often it bills, for plans.
    pub(crate) fn interval(&self) -> Option<Interval> {
        interval(self.price.payment_frequency_count?, self.price.payment_frequency_interval.as_deref()?)
    }
}

/// An interval in Dodo's words, such as 1 and `Month`.
pub(super) fn interval(count: u16, unit: &str) -> Option<Interval> {
    let unit = match unit {
        "Day" => IntervalUnit::Day,
        "Week" => IntervalUnit::Week,
        "Month" => IntervalUnit::Month,
        "Year" => IntervalUnit::Year,
        _ => return None,
    };
    Some(Interval { count: NonZeroU16::new(count)?, unit })
}

/// The answer of `POST /checkouts/preview`. A prepared offer keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Preview {
    pub(crate) currency: Currency,
    pub(crate) current_breakup: Breakup,
    #[serde(default)]
    pub(crate) recurring_breakup: Option<Breakup>,
    #[serde(default)]
    pub(crate) next_billing_date: Option<Timestamp>,
}

/// Amounts of one charge.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Breakup {
    pub(crate) subtotal: AmountMinor,
    #[serde(default)]
    pub(crate) discount: AmountMinor,
    #[serde(default)]
    pub(crate) tax: Option<AmountMinor>,
    pub(crate) total_amount: AmountMinor,
}

pub(super) fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_payment_with_nulls_and_unknown_fields_is_read() {
        let payment: Payment = serde_json::from_value(json!({
            "payment_id": "pay_1", "customer": {"customer_id": "cus_1", "email": "paid@example.com"},
            "status": null, "created_at": "2026-01-16T10:00:00Z", "updated_at": null, "total_amount": 100,
            "currency": "USD", "metadata": null, "product_cart": null, "from_next_year": {}
        }))
        .unwrap();
        assert_eq!(payment.status_word(), "processing");
        assert!(!payment.has_succeeded());
        assert!(payment.products().is_empty());
    }

    #[test]
    fn a_link_that_is_no_web_address_is_dropped() {
        let payment: Payment = serde_json::from_value(json!({
            "payment_id": "pay_1", "customer": {"customer_id": "cus_1"}, "status": "requires_customer_action",
            "created_at": "2026-01-16T10:00:00Z", "total_amount": 100, "currency": "USD",
            "payment_link": "javascript:alert(1)"
        }))
        .unwrap();
        let Fact::Payment { link, .. } = payment.fact(Timestamp::UNIX_EPOCH, |_| true) else {
            panic!("a payment fact")
        };
        assert_eq!(link, None);
    }

    #[test]
    fn one_time_and_recurring_prices_are_read() {
        let product = |price| -> Product {
            serde_json::from_value(json!({"product_id": "pdt_1", "name": " ", "price": price})).unwrap()
        };
        let once = product(json!({"type": "one_time_price", "price": 4900, "currency": "USD"}));
        assert_eq!(
            (once.name().as_str(), once.price().amount_minor.get(), once.interval()),
            ("pdt_1", 4900, None)
        );
        let plan = product(json!({"type": "recurring_price", "price": 8000, "currency": "USD",
            "payment_frequency_count": 1, "payment_frequency_interval": "Month"}));
        assert_eq!(plan.interval().unwrap().unit, IntervalUnit::Month);
        let usage = product(json!({"type": "usage_based_price", "fixed_price": 5, "currency": "USD"}));
        assert_eq!(usage.price().amount_minor.get(), 5);
    }
}
