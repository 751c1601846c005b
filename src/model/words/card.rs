//! An offer in words.

use super::super::screen::{Choice, Choices, Consent, Line, OfferCard, Stepper};
use super::super::sheet::{Remark, Sheet};
use super::{Words, plan};
use crate::i18n::{Key, Plural};
use aftercart_contract::{AmountMinor, Interval, Mode, Money, Offer, OfferKind, PaymentMethod, Renewal};

impl Words<'_> {
    /// The card of what is chosen on a sheet.
    pub(in super::super) fn card(&self, sheet: &Sheet) -> OfferCard {
        let offer = sheet.chosen();
        let mut card = self.offer(offer, sheet.method());
        let is_moved = sheet.remark == Some(Remark::PriceMoved);
        card.turn = format!("{} {is_moved}", sheet.offer.offer_id);
        card.receipt = sheet.offer.after.as_deref().map(|outcome| self.receipt(outcome));
        card.choices = (!sheet.offer.beside.is_empty()).then(|| self.choices(sheet));
        card.methods = self.methods(sheet);
        card.quantity = offer.quantity.filter(|range| range.min < range.max).map(|range| Stepper {
            label: self.copy.text(Key::QuantityLabel),
            less: self.copy.text(Key::QuantityLess),
            more: self.copy.text(Key::QuantityMore),
            value: sheet.quoting().unwrap_or_else(|| sheet.quantity()),
            min: range.min,
            max: range.max,
        });
        card.busy = sheet.quoting().map(|_| self.copy.text(Key::Quoting));
        let remark = sheet.remark.as_ref().map(|remark| self.remark(remark));
        let consent = offer.legal.as_ref().and_then(|legal| legal.consent.clone());
        card.consent = consent.map(|text| Consent {
            text,
            is_ticked: sheet.is_consented(),
            is_missing: sheet.remark == Some(Remark::ConsentMissing),
        });
        // A new amount is said, as the words of the button that it is on.
        let requoted = sheet.was_requoted().then(|| card.accept.clone());
        card.announcement =
            remark.clone().or_else(|| card.busy.clone()).or(requoted).or_else(|| card.receipt.clone());
        card.before_buttons.extend(remark.map(|text| Line { part: "warning", text }));
        card
    }

    /// The card while its accept is under way.
    pub(in super::super) fn paying(&self, sheet: &Sheet) -> OfferCard {
        let mut card = self.card(sheet);
        card.busy = Some(self.copy.text(Key::Charging));
        card.is_locked = true;
        let amount = self.due(sheet.chosen());
        card.announcement = Some(self.copy.fill(Key::ChargingHint, &[("amount", &amount)]));
        card
    }

    /// What is the same whatever the shopper does on the card.
    fn offer(&self, offer: &Offer, method: Option<&PaymentMethod>) -> OfferCard {
        let product = &offer.product;
        let mut card = OfferCard {
            eyebrow: self.copy.text(eyebrow(offer.kind)),
            name: product.name.clone(),
            description: product.description.clone(),
            image: product.image_url.clone(),
            features_label: self.copy.text(Key::FeaturesLabel),
            features: product.features.clone(),
            social_proof: offer.social_proof.as_ref().map(|proof| {
                (proof.text.clone(), self.copy.fill(Key::SocialProofSource, &[("source", &proof.source)]))
            }),
            before: self.before(offer),
            price: self.price(offer),
            interval: product.interval.map(|interval| self.interval(interval)),
            accept: self.accept(offer, method),
            decline: self.copy.text(Key::Decline),
            after_buttons: self.terms(offer, method),
            ..OfferCard::default()
        };
        card.before_buttons.extend(self.total(offer, &card.price));
        if let Some((current, quote)) = plan::change_of(offer) {
            self.change(&mut card, offer, current, quote, method);
        }
        let ends_on = offer.ends_at.as_ref().map(|at| self.format.date(at.as_str()));
        card.after_buttons.extend(ends_on.map(|date| self.line("ends", Key::EndsOn, &[("date", &date)])));
        let withdrawal = offer.legal.as_ref().and_then(|legal| legal.withdrawal.clone());
        card.after_buttons.extend(withdrawal.map(|text| Line { part: "legal", text }));
        card
    }

    fn accept(&self, offer: &Offer, method: Option<&PaymentMethod>) -> String {
        let amount = self.due(offer);
        let is_free = offer.quote.as_ref().is_some_and(|quote| quote.due_now == AmountMinor::ZERO);
        match (offer.mode, method) {
            (Mode::Checkout, _) => self.copy.fill(Key::AcceptCheckout, &[("amount", &amount)]),
            _ if is_free && offer.trial.is_some() => self.copy.text(Key::AcceptTrial),
            (_, Some(method)) => {
                let method = self.method(method);
                self.copy.fill(Key::AcceptWithMethod, &[("amount", &amount), ("method", &method)])
            }
            (_, None) => self.copy.fill(Key::Accept, &[("amount", &amount)]),
        }
    }

    /// The total line; left out when it would only repeat the price.
    fn total(&self, offer: &Offer, price: &str) -> Option<Line> {
        let quote = offer.quote.as_ref()?;
        let total = self.due(offer);
        match quote.tax.filter(|tax| *tax > AmountMinor::ZERO) {
            Some(tax) => {
                let tax = self.amount(quote.display.tax.as_ref(), tax, offer);
                Some(self.line("total", Key::TotalWithTax, &[("total", &total), ("tax", &tax)]))
            }
            None if quote.due_now == AmountMinor::ZERO => Some(self.line("total", Key::NothingDue, &[])),
            None if total != price => Some(self.line("total", Key::TotalPlain, &[("total", &total)])),
            None => None,
        }
    }

    /// A struck-through price is one that was truly asked, and higher.
    fn before(&self, offer: &Offer) -> Option<(String, String)> {
        let amount_minor = offer.lowest_price_30_days.filter(|lowest| *lowest > offer.product.price)?;
        let display = offer.quote.as_ref().and_then(|quote| quote.display.lowest_price_30_days.as_ref());
        let money = Money { amount_minor, currency: offer.product.currency };
        Some((self.copy.text(Key::LowestPrice), self.shown(display, money)))
    }

    fn terms(&self, offer: &Offer, method: Option<&PaymentMethod>) -> Vec<Line> {
        let quote = offer.quote.as_ref();
        let renewal = quote.and_then(|quote| quote.renewal.as_ref());
        let renews = |amount: &str, interval: Interval| {
            self.line("terms", Key::Renews, &[("amount", amount), ("interval", &self.interval(interval))])
        };
        if let (Some(trial), Some(renewal)) = (offer.trial, renewal) {
            return self.trial(offer, trial.days, renewal);
        }
        let bill = quote.filter(|_| plan::change_of(offer).is_some());
        let bill = bill.and_then(|quote| self.next_bill(offer, quote));
        let line = match (bill, renewal, offer.product.interval, method) {
            (Some(bill), ..) => bill,
            (_, Some(renewal), ..) => renews(&self.renewal(offer, renewal), renewal.interval),
            (_, None, Some(interval), _) => renews(&self.format.money(offer.product.price()), interval),
            (..) if offer.mode == Mode::Checkout => self.line("terms", Key::CheckoutHint, &[]),
            (.., Some(method)) => {
                self.line("terms", Key::OnceWithMethod, &[("method", &self.method(method))])
            }
            _ => self.line("terms", Key::Once, &[]),
        };
        vec![line]
    }

    fn trial(&self, offer: &Offer, days: u16, renewal: &Renewal) -> Vec<Line> {
        let key = if self.format.plural(days) == Plural::One { Key::TrialOne } else { Key::TrialOther };
        let (amount, interval) = (self.renewal(offer, renewal), self.interval(renewal.interval));
        let values = [("count", &*days.to_string()), ("amount", &amount), ("interval", &interval)];
        let display = offer.quote.as_ref().and_then(|quote| quote.display.renews_on.as_ref());
        let first = self.day(display, renewal.starts_at.as_ref());
        let first = first.map(|date| self.line("terms", Key::TrialFirstBill, &[("date", &date)]));
        std::iter::once(self.line("terms", key, &values)).chain(first).collect()
    }

    fn choices(&self, sheet: &Sheet) -> Choices {
        let option = |(at, offer): (usize, &Offer)| Choice {
            name: offer.product.name.clone(),
            detail: self.per(&self.price(offer), offer.product.interval),
            is_chosen: at == sheet.chosen_at(),
        };
        Choices {
            label: self.copy.text(Key::ChoicesLabel),
            options: sheet.offers().enumerate().map(option).collect(),
        }
    }

    fn methods(&self, sheet: &Sheet) -> Option<Choices> {
        let methods = &sheet.chosen().payment_methods;
        sheet.method().filter(|_| methods.len() > 1)?;
        let expires = |date: &String| match date.split_once('-') {
            Some((year, month)) => {
                self.copy.fill(Key::MethodExpires, &[("date", &format!("{month}/{year}"))])
            }
            None => String::new(),
        };
        let option = |(at, method): (usize, &PaymentMethod)| Choice {
            name: self.method(method),
            detail: method.expires.as_ref().map(expires).unwrap_or_default(),
            is_chosen: at == sheet.method_at(),
        };
        Some(Choices {
            label: self.copy.text(Key::MethodLabel),
            options: methods.iter().enumerate().map(option).collect(),
        })
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::PriceMoved => self.copy.text(Key::PriceMoved),
            Remark::NotQuoted => self.copy.text(Key::NotQuoted),
            Remark::ConsentMissing => self.copy.text(Key::ConsentMissing),
            Remark::FailedBefore(Some(method)) => {
                self.copy.fill(Key::FailedBefore, &[("method", &self.method(method))])
            }
            Remark::FailedBefore(None) => {
                format!("{}. {}", self.copy.text(Key::FailedTitle), self.copy.text(Key::FailedText))
            }
        }
    }
}

fn eyebrow(kind: OfferKind) -> Key {
    match kind {
        OfferKind::Upsell => Key::EyebrowUpsell,
        OfferKind::CrossSell => Key::EyebrowCrossSell,
        OfferKind::Upgrade => Key::EyebrowUpgrade,
        OfferKind::Downgrade => Key::EyebrowDowngrade,
        OfferKind::Downsell => Key::EyebrowDownsell,
    }
}
