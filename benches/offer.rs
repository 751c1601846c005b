//! What one offer costs on its way: read from the wire, decided on, put into words, painted as HTML. Money and
//! dates are written plainly, not by a language's own rules. `cargo bench --package aftercart --features paint`

#![allow(clippy::expect_used, reason = "without its offer there is nothing to measure")]

use aftercart::config::Config;
use aftercart::i18n::{LocaleFormat, Plural};
use aftercart::model::{Effect, Event, Screen, State, update, view_model};
use aftercart::paint::{Canvas, paint};
use aftercart_contract::{IdempotencyKey, Money, OfferAnswer, Subject};
use divan::{Bencher, black_box};

const OFFER: &str = include_str!("../fixtures/contract/answer.offer.json");

/// Money and dates as the wire writes them.
struct Plain;

impl LocaleFormat for Plain {
    fn money(&self, money: Money) -> String {
        money.to_decimal()
    }

    fn date(&self, rfc3339: &str) -> String {
        rfc3339.to_owned()
    }

    fn plural(&self, _: u16) -> Plural {
        Plural::Other
    }
}

fn main() {
    divan::main();
}

#[divan::bench]
fn read() -> OfferAnswer {
    OfferAnswer::from_json(black_box(OFFER)).expect("the fixture is an answer")
}

#[divan::bench]
fn decide(bencher: Bencher<'_, '_>) {
    let config = config();
    bencher.with_inputs(read).bench_values(|answer| decided(&config, answer));
}

#[divan::bench]
fn put_into_words(bencher: Bencher<'_, '_>) {
    let config = config();
    let (state, _) = decided(&config, read());
    bencher.bench_local(|| -> Screen { view_model(&config, black_box(&state), &Plain) });
}

#[divan::bench]
fn paint_as_html(bencher: Bencher<'_, '_>) {
    let (config, key) = (config(), IdempotencyKey::new("click-1").expect("a key"));
    let canvas = Canvas { config: &config, key: &key, nonce: None };
    bencher.with_inputs(read).bench_local_values(|answer| paint(answer, &canvas, &Plain));
}

fn config() -> Config {
    Config::new(Subject::parse("pay_1").expect("a subject"))
}

fn decided(config: &Config, answer: OfferAnswer) -> (State, Vec<Effect>) {
    update(config, State::Loading, Event::OfferAnswered(Ok(answer)))
}
