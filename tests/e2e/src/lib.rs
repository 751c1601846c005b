//! Whole journeys in a real browser: the shop's page, the widget, the merchant backend on SQLite, the local Dodo.
//!
//! One law: **nothing of ours is replaced**. A [`Journey`] runs sandbox and backend as libraries on ports of their own,
//! serves the static example as the merchant's page, and drives a [browser](Engine) over WebDriver. Only backends that
//! are *meant* to be foreign are doubles ([`OtherBackend`]). Rooms: [`driver`](Browser) and browser, page, backends,
//! the journey and its words. The [`Stage`] shows the widget in every situation, for pictures and accessibility.
//!
//! `cargo xtask dist` must have run before: the journeys load the release widget.

mod application;
mod backend;
mod books;
mod browser;
mod checkout;
mod driver;
mod emulation;
mod engine;
mod honesty;
mod journey;
mod keyboard;
mod manual;
mod merchant;
mod money;
mod other_backend;
mod plans;
mod preview;
mod promise;
mod shopper;
mod stage;
mod success_page;

pub use aftercart_words::TAGS as LANGUAGES;
pub use application::Application;
pub use backend::Backend;
pub use browser::{Browser, Screen};
pub use checkout::pay_as_a_stranger;
pub use engine::Engine;
pub use journey::{Journey, Purchase};
pub use keyboard::Key;
pub use manual::hashes_of_the_lines;
pub use money::money_in;
pub use other_backend::{Accept, Behaviour, OtherBackend};
pub use promise::{CardWords, Promise};
pub use shopper::{click, events, wait_for_state, wait_for_title, words};
pub use stage::{PLACEMENTS, SCHEMES, SITUATIONS, Scene, Situation, Stage, THEMES, situation};
pub use success_page::SuccessPage;

/// The repository's root.
pub(crate) fn repository() -> &'static std::path::Path {
    std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
