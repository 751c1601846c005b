//! An offer in words.

use super::super::screen::{Choice, Choices, Consent, Line, OfferCard, Plan, Stepper};
use super::super::sheet::{Remark, Sheet};
use super::{Words, plan};
use crate::i18n::{Key, Plural};
use aftercart_contract::{
    AmountMinor, Interval, Mode, Money, Offer, OfferKind, PaymentMethod, Renewal, digits,
};

/// What a purchase and a change of plan say each in its own words.
pub(super) struct Deal {
    pub(super) features: Vec<String>,
    pub(super) plans: Vec<Plan>,
    pub(super) price: String,
    pub(super) facts: Vec<(String, String)>,
    pub(super) before_buttons: Vec<Line>,
    pub(super) accept: String,
    /// When a change begins.
    pub(super) begins: Option<Line>,
}

impl Words<'_> {
    /// The card of what is chosen on a sheet.
    pub(in super::super) fn card(&self, sheet: &Sheet) -> OfferCard {
        let (offer, method) = (sheet.chosen(), sheet.method());
        let product = &offer.product;
        let deal = match plan::change_of(offer) {
            Some((current, quote)) => self.change(offer, current, quote, method),
            None => self.purchase(offer, method),
        };
        let mut after_buttons: Vec<Line> = deal.begins.into_iter().collect();
        after_buttons.append(&mut self.terms(offer, method));
        if let Some(at) = &offer.ends_at {
            after_buttons.push(self.line("ends", Key::EndsOn, &[("date", &self.format.date(at.as_str()))]));
        }
        if let Some(text) = offer.legal.as_ref().and_then(|legal| legal.withdrawal.clone()) {
            after_buttons.push(Line { part: "legal", text });
        }
        let mut before_buttons = deal.before_buttons;
        let remark = sheet.remark.as_ref().map(|remark| self.remark(remark));
        if let Some(text) = remark.clone() {
            before_buttons.push(Line { part: "warning", text });
        }
        let busy = sheet.quoting().map(|_| self.copy.text(Key::Quoting));
        let receipt = sheet.offer.after.as_deref().map(|outcome| self.receipt(outcome));
        // A new amount is said, as the words of the button that it is on.
        let requoted = sheet.was_requoted().then(|| deal.accept.clone());
        let is_moved = sheet.remark == Some(Remark::PriceMoved);
        OfferCard {
            turn: [sheet.offer.offer_id.as_str(), if is_moved { " moved" } else { "" }].concat(),
            close: None,
            announcement: remark.or_else(|| busy.clone()).or(requoted).or_else(|| receipt.clone()),
            receipt,
            eyebrow: self.copy.text(eyebrow(offer.kind)),
            name: product.name.clone(),
            description: product.description.clone(),
            image: product.image_url.clone(),
            features_label: self.copy.text(Key::FeaturesLabel),
            features: deal.features,
            plans: deal.plans,
            social_proof: offer.social_proof.as_ref().map(|proof| {
                (proof.text.clone(), self.copy.fill(Key::SocialProofSource, &[("source", &proof.source)]))
            }),
            choices: (!sheet.offer.beside.is_empty()).then(|| self.choices(sheet)),
            before: self.before(offer),
            price: deal.price,
            interval: product.interval.map(|interval| self.interval(interval)),
            facts: deal.facts,
            quantity: offer.quantity.filter(|range| range.min < range.max).map(|range| Stepper {
                label: self.copy.text(Key::QuantityLabel),
                less: self.copy.text(Key::QuantityLess),
                more: self.copy.text(Key::QuantityMore),
                value: sheet.quoting().unwrap_or_else(|| sheet.quantity()),
                min: range.min,
                max: range.max,
            }),
            methods: self.methods(sheet),
            before_buttons,
            consent: offer.legal.as_ref().and_then(|legal| legal.consent.clone()).map(|text| Consent {
                text,
                is_ticked: sheet.is_consented(),
                is_missing: sheet.remark == Some(Remark::ConsentMissing),
            }),
            accept: deal.accept,
            decline: self.copy.text(Key::Decline),
            after_buttons,
            busy,
            is_locked: false,
        }
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

    fn purchase(&self, offer: &Offer, method: Option<&PaymentMethod>) -> Deal {
        let price = self.price(offer);
        Deal {
            features: offer.product.features.clone(),
            plans: Vec::new(),
            facts: Vec::new(),
            before_buttons: self.total(offer, &price).into_iter().collect(),
            price,
            accept: self.accept(offer, method),
            begins: None,
        }
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
        let values = [("count", &*digits(days)), ("amount", &amount), ("interval", &interval)];
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
                self.copy.fill(Key::MethodExpires, &[("date", &[month, "/", year].concat())])
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
                [&*self.copy.text(Key::FailedTitle), ". ", &*self.copy.text(Key::FailedText)].concat()
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
