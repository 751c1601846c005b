//! Money, intervals, cards and days. The backend's display text wins over the browser's own.

use super::Words;
use crate::i18n::{Key, Plural};
use aftercart_contract::{
    AmountMinor, Interval, IntervalUnit, Money, Offer, PaymentMethod, Renewal, Timestamp, digits,
};

impl Words<'_> {
    /// What the accept button charges: the quote, or the list price where a backend sends no quote.
    pub(super) fn due(&self, offer: &Offer) -> String {
        match &offer.quote {
            Some(quote) => self.shown(quote.display.due_now.as_ref(), quote.due_now()),
            None => self.format.money(offer.product.price()),
        }
    }

    /// The list price of one.
    pub(super) fn price(&self, offer: &Offer) -> String {
        let display = offer.quote.as_ref().and_then(|quote| quote.display.price.as_ref());
        self.shown(display, offer.product.price())
    }

    /// An amount in the offer's currency, by its display text if there is one.
    pub(super) fn amount(
        &self,
        display: Option<&String>,
        amount_minor: AmountMinor,
        offer: &Offer,
    ) -> String {
        let currency = offer.quote.as_ref().map_or(offer.product.currency, |quote| quote.currency);
        self.shown(display, Money { amount_minor, currency })
    }

    pub(super) fn shown(&self, display: Option<&String>, money: Money) -> String {
        display.cloned().unwrap_or_else(|| self.format.money(money))
    }

    pub(super) fn renewal(&self, offer: &Offer, renewal: &Renewal) -> String {
        let display = offer.quote.as_ref().and_then(|quote| quote.display.renewal.as_ref());
        self.amount(display, renewal.amount, offer)
    }

    pub(super) fn day(&self, display: Option<&String>, time: Option<&Timestamp>) -> Option<String> {
        display.cloned().or_else(|| time.map(|time| self.format.date(time.as_str())))
    }

    pub(super) fn method(&self, method: &PaymentMethod) -> String {
        match (&method.brand, &method.last4) {
            (Some(brand), Some(last4)) => self.card_name(brand, last4),
            _ => self.copy.text(Key::SavedMethod),
        }
    }

    pub(super) fn card_name(&self, brand: &str, last4: &str) -> String {
        self.copy.fill(Key::Card, &[("brand", brand), ("last4", last4)])
    }

    pub(super) fn interval(&self, interval: Interval) -> String {
        let count = interval.count.get();
        let one = count == 1 || self.format.plural(count) == Plural::One;
        let key = match (interval.unit, one) {
            (IntervalUnit::Day, true) => Key::PerDayOne,
            (IntervalUnit::Day, false) => Key::PerDayOther,
            (IntervalUnit::Week, true) => Key::PerWeekOne,
            (IntervalUnit::Week, false) => Key::PerWeekOther,
            (IntervalUnit::Month, true) => Key::PerMonthOne,
            (IntervalUnit::Month, false) => Key::PerMonthOther,
            (IntervalUnit::Year, true) => Key::PerYearOne,
            (IntervalUnit::Year, false) => Key::PerYearOther,
        };
        self.copy.fill(key, &[("count", &digits(count))])
    }

    /// A price with how often it is paid.
    pub(super) fn per(&self, price: &str, interval: Option<Interval>) -> String {
        interval.map_or_else(|| price.to_owned(), |interval| [price, " ", &self.interval(interval)].concat())
    }
}
