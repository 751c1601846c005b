//! A visit without a browser: the model, the words and a note of every effect.

#![allow(dead_code, reason = "each test file uses its own part")]

use aftercart::config::Config;
use aftercart::i18n::{LocaleFormat, Plural};
use aftercart::model::{Action, Effect, Event, Notice, OfferCard, Screen, State, update, view_model};
use aftercart_contract::{IdempotencyKey, Money, Offer, OfferAnswer, Outcome, Subject};
use serde_json::Value;

/// Money as `USD 53.90`, so that a test reads the digits and not a locale.
pub(crate) struct PlainFormat;

impl LocaleFormat for PlainFormat {
    fn money(&self, money: Money) -> String {
        format!("{} {}", money.currency.code(), money.to_decimal())
    }

    fn date(&self, rfc3339: &str) -> String {
        rfc3339[..10].to_owned()
    }

    fn plural(&self, count: u16) -> Plural {
        if count == 1 { Plural::One } else { Plural::Other }
    }
}

/// The offer of `fixtures/contract/answer.offer.json` under another token.
pub(crate) fn offer(token: &str) -> Offer {
    let text = include_str!("../../fixtures/contract/answer.offer.json").replace("TOKEN", token);
    match OfferAnswer::from_json(&text).unwrap() {
        OfferAnswer::Offer(offer) => *offer,
        OfferAnswer::Ineligible(_) => panic!("the fixture is an offer"),
    }
}

/// An answer of the fixtures with some fields set; `path` names a field of an object that is there.
pub(crate) fn changed(text: &str, changes: &[(&str, serde_json::Value)]) -> OfferAnswer {
    let mut document: serde_json::Value = serde_json::from_str(text).unwrap();
    for (path, value) in changes {
        let (parent, field) = path.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[field] = value.clone();
    }
    OfferAnswer::from_json(&document.to_string()).unwrap()
}

pub(crate) fn outcome(json: &str) -> Outcome {
    Outcome::from_json(json).unwrap()
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

pub(crate) fn config() -> Config {
    Config::new(Subject::parse("pay_1").unwrap())
}

pub(crate) struct Visit {
    pub(crate) config: Config,
    pub(crate) state: State,
    pub(crate) effects: Vec<Effect>,
    clicks: u32,
}

impl Visit {
    pub(crate) fn started() -> Self {
        let mut visit = Self { config: config(), state: State::Idle, effects: Vec::new(), clicks: 0 };
        visit.event(Event::Started);
        visit
    }

    pub(crate) fn with(answer: OfferAnswer, set: impl FnOnce(&mut Config)) -> Self {
        let mut visit = Self::started();
        set(&mut visit.config);
        visit.event(Event::OfferAnswered(Ok(answer)));
        visit
    }

    pub(crate) fn offered() -> Self {
        Self::with(OfferAnswer::Offer(Box::new(offer("first"))), |_| ())
    }

    pub(crate) fn event(&mut self, event: Event) {
        let state = std::mem::replace(&mut self.state, State::Idle);
        let (state, effects) = update(&self.config, state, event);
        self.state = state;
        self.effects.extend(effects);
    }

    pub(crate) fn accept(&mut self) {
        self.clicks += 1;
        self.event(Event::AcceptClicked(key(&format!("click-{}", self.clicks))));
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| wanted(effect)).count()
    }

    pub(crate) fn screen(&self) -> Screen {
        view_model(&self.config, &self.state, &PlainFormat)
    }

    pub(crate) fn card(&self) -> OfferCard {
        match self.screen() {
            Screen::Offer(card) => *card,
            other => panic!("no offer on the screen: {other:?}"),
        }
    }

    pub(crate) fn notice(&self) -> Notice {
        match self.screen() {
            Screen::Notice(notice) => notice,
            other => panic!("no notice on the screen: {other:?}"),
        }
    }
}

pub(crate) fn offers(notice: &Notice, action: Action) -> bool {
    notice.buttons.iter().any(|button| button.action == action)
}

pub(crate) fn warned(visit: &Visit, words: &str) -> bool {
    visit.card().before_buttons.iter().any(|line| line.part == "warning" && line.text.starts_with(words))
}

pub(crate) fn with(changes: &[(&str, Value)]) -> OfferAnswer {
    changed(include_str!("../../fixtures/contract/answer.offer.json"), changes)
}

pub(crate) fn of(answer: OfferAnswer) -> Visit {
    Visit::with(answer, |_| ())
}

pub(crate) fn terms(visit: &Visit) -> String {
    let card = visit.card();
    let lines = card.before_buttons.iter().chain(&card.after_buttons);
    lines.map(|line| format!("{}: {}", line.part, line.text)).collect::<Vec<_>>().join("\n")
}

pub(crate) fn last_accept(visit: &Visit) -> Value {
    let sent = visit.effects.iter().rev().find_map(|effect| match effect {
        Effect::PostAccept { request, .. } => Some(serde_json::to_value(request).unwrap()),
        _ => None,
    });
    sent.expect("an accept was sent")
}
