//! From a state to its words.

use super::screen::{Notice, NoticeAction, NoticeLink, OfferCard, Screen, Tone};
use super::state::State;
use crate::config::Config;
use crate::i18n::{Copy, Key, LocaleFormat, Plural};
use aftercart_contract::{
    AmountMinor, Failure, Interval, IntervalUnit, Mode, Money, Offer, OfferKind, Receipt, WebUrl,
};

/// What `state` looks like in the shopper's language.
pub fn view_model(_config: &Config, state: &State, format: &dyn LocaleFormat) -> Screen {
    let copy = || Copy::of(format.words());
    let words = |offer: &Offer| Words { copy: copy().with_merchant(&offer.copy), format };
    match state {
        State::Idle | State::Loading => Screen::Skeleton,
        State::Hidden(_) => Screen::Nothing,
        State::Offered { offer, price_moved } => words(offer).offer(offer, *price_moved),
        State::Declining(offer) => words(offer).busy(offer, Key::Charging, false),
        State::Charging(attempt) => match &attempt.offer {
            Some(offer) => words(offer).busy(offer, Key::Charging, true),
            None => Screen::Skeleton,
        },
        state => {
            let words = match state {
                State::Processing(attempt)
                | State::Unknown(attempt)
                | State::ActionRequired { attempt, .. } => attempt.offer.as_deref().map(words),
                _ => None,
            };
            Screen::Notice(words.unwrap_or_else(|| Words { copy: copy(), format }).notice(state))
        }
    }
}

struct Words<'a> {
    copy: Copy,
    format: &'a dyn LocaleFormat,
}

impl Words<'_> {
    fn offer(&self, offer: &Offer, price_moved: bool) -> Screen {
        let product = &offer.product;
        let display = offer.quote.as_ref().map(|quote| quote.display.clone()).unwrap_or_default();
        let price = display.price.unwrap_or_else(|| self.format.money(product.price()));
        let amount = self.amount_due(offer);
        let method = self.method(offer);
        let accept = match (&offer.mode, &method) {
            (Mode::Checkout, _) => self.copy.fill(Key::AcceptCheckout, &[("amount", &amount)]),
            (_, Some(method)) => {
                self.copy.fill(Key::AcceptWithMethod, &[("amount", &amount), ("method", method)])
            }
            (_, None) => self.copy.fill(Key::Accept, &[("amount", &amount)]),
        };
        let warning = price_moved.then(|| self.copy.text(Key::PriceMoved));
        Screen::Offer(Box::new(OfferCard {
            eyebrow: self.copy.text(eyebrow(offer.kind)),
            name: product.name.clone(),
            description: product.description.clone(),
            image: product.image_url.clone(),
            features_label: self.copy.text(Key::FeaturesLabel),
            features: product.features.clone(),
            interval: product.interval.map(|interval| self.interval(interval)),
            total: self.total(offer, &amount, &price),
            price,
            terms: self.terms(offer, method.as_deref()),
            social_proof: offer.social_proof.as_ref().map(|proof| {
                (proof.text.clone(), self.copy.fill(Key::SocialProofSource, &[("source", &proof.source)]))
            }),
            announcement: warning.clone(),
            warning,
            accept,
            decline: self.copy.text(Key::Decline),
            busy: None,
        }))
    }

    fn busy(&self, offer: &Offer, label: Key, paying: bool) -> Screen {
        let Screen::Offer(mut card) = self.offer(offer, false) else { return Screen::Skeleton };
        card.busy = Some(if paying { self.copy.text(label) } else { card.accept.clone() });
        card.announcement =
            paying.then(|| self.copy.fill(Key::ChargingHint, &[("amount", &self.amount_due(offer))]));
        Screen::Offer(card)
    }

    /// What the accept button charges: the quote, or the list price where a backend sends no quote.
    fn amount_due(&self, offer: &Offer) -> String {
        match &offer.quote {
            Some(quote) => {
                quote.display.due_now.clone().unwrap_or_else(|| self.format.money(quote.due_now()))
            }
            None => self.format.money(offer.product.price()),
        }
    }

    fn method(&self, offer: &Offer) -> Option<String> {
        if offer.mode == Mode::Checkout {
            return None;
        }
        let method = offer.default_method()?;
        Some(match (&method.brand, &method.last4) {
            (Some(brand), Some(last4)) => self.copy.fill(Key::Card, &[("brand", brand), ("last4", last4)]),
            _ => self.copy.text(Key::SavedMethod),
        })
    }

    /// The total line; left out when it would only repeat the price.
    fn total(&self, offer: &Offer, amount: &str, price: &str) -> Option<String> {
        let quote = offer.quote.as_ref()?;
        match quote.tax.filter(|tax| *tax > AmountMinor::ZERO) {
            Some(tax) => {
                let tax = quote.display.tax.clone().unwrap_or_else(|| self.money(tax, quote.due_now()));
                Some(self.copy.fill(Key::TotalWithTax, &[("total", amount), ("tax", &tax)]))
            }
            None if amount != price => Some(self.copy.fill(Key::TotalPlain, &[("total", amount)])),
            None => None,
        }
    }

    fn terms(&self, offer: &Offer, method: Option<&str>) -> String {
        let renewal =
            offer.quote.as_ref().and_then(|quote| quote.renewal.as_ref().map(|renewal| (quote, renewal)));
        match (renewal, offer.product.interval) {
            (Some((quote, renewal)), _) => {
                let amount = quote.display.renewal.clone();
                let amount = amount.unwrap_or_else(|| self.money(renewal.amount, quote.due_now()));
                self.renews(&amount, renewal.interval)
            }
            (None, Some(interval)) => self.renews(&self.format.money(offer.product.price()), interval),
            (None, None) if offer.mode == Mode::Checkout => self.copy.text(Key::CheckoutHint),
            (None, None) => match method {
                Some(method) => self.copy.fill(Key::OnceWithMethod, &[("method", method)]),
                None => self.copy.text(Key::Once),
            },
        }
    }

    fn renews(&self, amount: &str, interval: Interval) -> String {
        self.copy.fill(Key::Renews, &[("amount", amount), ("interval", &self.interval(interval))])
    }

    fn interval(&self, interval: Interval) -> String {
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
        self.copy.fill(key, &[("count", &count.to_string())])
    }

    fn money(&self, amount_minor: AmountMinor, like: Money) -> String {
        self.format.money(Money { amount_minor, ..like })
    }

    fn notice(&self, state: &State) -> Notice {
        let text = |key| self.copy.text(key);
        let plain = |tone, title, body| Notice {
            tone,
            title: text(title),
            paragraphs: vec![text(body)],
            link: None,
            action: None,
        };
        match state {
            State::Processing(_) => plain(Tone::Waiting, Key::ProcessingTitle, Key::ProcessingText),
            State::Unknown(attempt) => Notice {
                action: (!attempt.can_be_asked()).then(|| NoticeAction::Close(text(Key::Close))),
                ..plain(Tone::Waiting, Key::UnknownTitle, Key::UnknownText)
            },
            State::ActionRequired { url, staying, .. } => Notice {
                link: Some(self.link(Key::ActionLink, url)),
                action: (!staying).then(|| NoticeAction::Stay(text(Key::Stay))),
                ..plain(
                    Tone::Waiting,
                    Key::ActionTitle,
                    if *staying { Key::ActionTextStay } else { Key::ActionText },
                )
            },
            State::Succeeded { receipt, .. } => self.succeeded(receipt.as_ref()),
            State::Failed { failure, staying } => self.failed(failure, *staying),
            State::Expired => Notice {
                action: Some(NoticeAction::Refresh(text(Key::ExpiredButton))),
                ..plain(Tone::Calm, Key::ExpiredTitle, Key::ExpiredText)
            },
            _ => plain(Tone::Calm, Key::DeclinedTitle, Key::DeclinedText),
        }
    }

    fn succeeded(&self, receipt: Option<&Receipt>) -> Notice {
        let notice = |title, body| Notice {
            tone: Tone::Good,
            title,
            paragraphs: vec![body],
            link: None,
            action: None,
        };
        let Some(receipt) = receipt else {
            return notice(self.copy.text(Key::SucceededTitlePlain), self.copy.text(Key::SucceededTextPlain));
        };
        let charged = Money { amount_minor: receipt.amount, currency: receipt.currency };
        let amount = receipt.display.clone().unwrap_or_else(|| self.format.money(charged));
        let body = match (&receipt.brand, &receipt.last4) {
            (Some(brand), Some(last4)) => {
                let method = self.copy.fill(Key::Card, &[("brand", brand), ("last4", last4)]);
                self.copy.fill(Key::SucceededTextMethod, &[("amount", &amount), ("method", &method)])
            }
            _ => self.copy.fill(Key::SucceededText, &[("amount", &amount)]),
        };
        notice(self.copy.fill(Key::SucceededTitle, &[("product", &receipt.product_name)]), body)
    }

    fn failed(&self, failure: &Failure, staying: bool) -> Notice {
        if failure.code == "not_received" {
            return Notice {
                tone: Tone::Bad,
                title: self.copy.text(Key::NotReceivedTitle),
                paragraphs: vec![self.copy.text(Key::NotReceivedText)],
                link: None,
                action: None,
            };
        }
        let of_unknown = failure.code == "unknown";
        let why = if failure.message.is_empty() {
            self.copy.text(Key::FailedText)
        } else {
            failure.message.clone()
        };
        // The host sends the shopper on although nobody knows: claim nothing about the charge.
        let mut paragraphs = if of_unknown { Vec::new() } else { vec![why] };
        if failure.checkout_url.is_some() {
            paragraphs.push(self.copy.text(if staying { Key::FailedCheckout } else { Key::FailedRedirect }));
        }
        let action = match (&failure.checkout_url, staying) {
            (None, _) => Some(NoticeAction::Close(self.copy.text(Key::Close))),
            (Some(_), false) => Some(NoticeAction::Stay(self.copy.text(Key::Stay))),
            (Some(_), true) => None,
        };
        Notice {
            tone: Tone::Bad,
            title: self.copy.text(if of_unknown { Key::UnknownTitle } else { Key::FailedTitle }),
            paragraphs,
            link: failure.checkout_url.as_ref().map(|url| self.link(Key::FailedLink, url)),
            action,
        }
    }

    fn link(&self, key: Key, url: &WebUrl) -> NoticeLink {
        NoticeLink { label: self.copy.text(key), url: url.clone() }
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
