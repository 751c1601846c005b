//! Aftercart's merchant backend: offers after the purchase, charged exactly once through Dodo Payments.
//!
//! Where to start: [`Server::start`] runs the whole of it; [`App::build`] gives an axum router to nest
//! into a merchant's own application; [`App::mint_subject_token`] lets the merchant's pages see offers
//! for a signed-in customer.
//!
//! With the feature `simulation`, `simulation` runs nodes of it inside one process on a pretended network.
//!
//! Inside, from the outside in: `http` (routes) → `upsell` (what happens, free of HTTP) → `attempt`
//! (the state of a charge, pure), with `store` and `dodo` below, and `rules`, `token`, `config` beside.
//! [`doctor`] looks at all of it from outside; [`operator`] is what the person who runs the shop sees and may do.

mod app;
mod attempt;
mod clock;
mod complaint;
mod config;
pub mod doctor;
mod dodo;
mod http;
mod law;
mod listen;
mod metrics;
mod occasion;
pub mod operator;
mod purchase;
mod rules;
mod secret;
mod server;
mod shopper;
#[cfg(feature = "simulation")]
pub mod simulation;
mod store;
mod token;
mod upsell;
mod webhook_keys;

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;

pub use app::{App, StartError};
pub use clock::{Clock, ShiftedClock, SystemClock};
pub use complaint::Complaint;
pub use config::{Config, Dodo, Limits};
pub use rules::{OfferBook, doubtful_words, load_offers};
pub use secret::Secret;
pub use server::Server;
pub use token::{KeyringError, TokenKeys};
