//! A plan change: what is had, what is got, what is due now, and when it begins.

use super::super::screen::{Line, Plan};
use super::Words;
use super::card::Deal;
use crate::i18n::Key;
use aftercart_contract::{
    AmountMinor, CurrentProduct, Mode, Money, Offer, OfferKind, PaymentMethod, ProrationBillingMode, Quote,
};

/// The plan that `offer` changes, with the price of the change; absent for purchases.
pub(super) fn change_of(offer: &Offer) -> Option<(&CurrentProduct, &Quote)> {
    let is_change =
        matches!(offer.kind, OfferKind::Upgrade | OfferKind::Downgrade) && offer.mode == Mode::Confirm;
    offer.current.as_ref().zip(offer.quote.as_ref()).filter(|_| is_change)
}

impl Words<'_> {
    /// The words of a change.
    pub(super) fn change(
        &self,
        offer: &Offer,
        current: &CurrentProduct,
        quote: &Quote,
        method: Option<&PaymentMethod>,
    ) -> Deal {
        let (has_price, price) = (self.current_price(offer, current, quote), self.price(offer));
        let plans = vec![
            Plan {
                label: self.copy.text(Key::PlanNow),
                name: current.name.clone(),
                price: self.per(&has_price, current.interval),
                features: current.features.clone(),
            },
            Plan {
                label: self.copy.text(Key::PlanThen),
                name: offer.product.name.clone(),
                price: self.per(&price, offer.product.interval),
                features: offer.product.features.clone(),
            },
        ];
        let difference = offer.price_difference;
        let due = self.due(offer);
        let mut before_buttons = Vec::new();
        if let Some(tax) = quote.tax.filter(|tax| *tax > AmountMinor::ZERO) {
            let tax = self.amount(quote.display.tax.as_ref(), tax, offer);
            before_buttons.push(self.line("total", Key::TaxWithin, &[("tax", &tax)]));
        }
        self.credits(&mut before_buttons, offer, quote);
        let later = self.later(quote);
        let begins = match &later {
            Some(date) => self.line("terms", Key::ChangesOn, &[("date", date), ("plan", &current.name)]),
            None => self.line("terms", Key::ChangesNow, &[]),
        };
        let loses_time = offer.kind == OfferKind::Downgrade
            && later.is_none()
            && quote.proration_billing_mode == Some(ProrationBillingMode::FullImmediately);
        if loses_time {
            before_buttons.push(self.line("warning", Key::UnusedLost, &[("plan", &current.name)]));
        }
        Deal {
            features: Vec::new(),
            plans,
            price: difference.map_or(price, |difference| self.difference(offer, quote, difference)),
            facts: vec![(self.copy.text(Key::DueNow), due.clone())],
            before_buttons,
            accept: match (quote.due_now > AmountMinor::ZERO, later, method) {
                (true, _, Some(method)) => self
                    .copy
                    .fill(Key::AcceptChangeWithMethod, &[("amount", &due), ("method", &self.method(method))]),
                (true, _, None) => self.copy.fill(Key::AcceptChange, &[("amount", &due)]),
                (false, Some(date), _) => self.copy.fill(Key::AcceptChangeLater, &[("date", &date)]),
                (false, None, _) => self.copy.fill(Key::AcceptChangeFree, &[("plan", &offer.product.name)]),
            },
            begins: Some(begins),
        }
    }

    fn current_price(&self, offer: &Offer, current: &CurrentProduct, quote: &Quote) -> String {
        let money = Money { amount_minor: current.price, currency: offer.product.currency };
        self.shown(quote.display.current_price.as_ref(), money)
    }

    fn credits(&self, lines: &mut Vec<Line>, offer: &Offer, quote: &Quote) {
        let credits = [
            (Key::CreditUsed, quote.credit_used, &quote.display.credit_used),
            (Key::CreditGranted, quote.credit_granted, &quote.display.credit_granted),
        ];
        for (key, amount, display) in credits {
            if amount > AmountMinor::ZERO {
                let amount = self.amount(display.as_ref(), amount, offer);
                lines.push(self.line("credit", key, &[("amount", &amount)]));
            }
        }
    }

    /// The difference as a size and a direction: a minus sign in front of money is easily missed.
    fn difference(&self, offer: &Offer, quote: &Quote, difference: AmountMinor) -> String {
        let size = AmountMinor::new(difference.get().abs()).unwrap_or(difference);
        let display = quote.display.price_difference.as_ref();
        let display =
            display.map(|text| text.trim_start_matches(['-', '−', '\u{200e}', '\u{200f}']).to_owned());
        let amount =
            self.shown(display.as_ref(), Money { amount_minor: size, currency: offer.product.currency });
        let key = if difference.is_negative() { Key::DifferenceLess } else { Key::DifferenceMore };
        self.copy.fill(key, &[("amount", &amount)])
    }

    /// The day on which the change begins, unless that is today.
    fn later(&self, quote: &Quote) -> Option<String> {
        let at = quote.effective_at.as_ref()?;
        // Dodo bills by days of UTC, and as text they have their order.
        let is_later = at.as_str().get(..10) > quote.quoted_at.as_str().get(..10);
        is_later.then(|| self.day(quote.display.effective_on.as_ref(), Some(at))).flatten()
    }

    /// The next bill, or that the plan renews where its day is not known.
    pub(super) fn next_bill(&self, offer: &Offer, quote: &Quote) -> Option<Line> {
        let renewal = quote.renewal.as_ref()?;
        let date = self.day(quote.display.renews_on.as_ref(), renewal.starts_at.as_ref())?;
        let (amount, interval) = (self.renewal(offer, renewal), self.interval(renewal.interval));
        Some(self.line(
            "terms",
            Key::NextBill,
            &[("date", &date), ("amount", &amount), ("interval", &interval)],
        ))
    }
}
