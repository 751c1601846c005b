//! The server as its neighbours see it: pages, the merchant's server, and Dodo (the local sandbox).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics is a test that fails")]

mod helpers;

mod arrivals;
mod assets;
mod attacks;
mod bad_input;
mod buttons;
mod chains;
mod checkouts;
mod cli;
mod control_characters;
mod declines;
mod doctor;
mod explain;
mod forms;
mod gate;
mod idempotency;
mod law;
mod limits;
mod logs;
mod metrics;
mod nodes;
mod offers;
mod old_rows;
pub(crate) mod operator;
mod painted;
mod plans;
mod prepared;
mod prices;
mod processes;
mod quantity;
mod raw;
mod reasons;
mod reconcile;
mod remedies;
mod reports;
mod retries;
mod scenarios;
mod storm;
mod tokens;
mod trials;
mod triggers;
mod undo;
mod webhooks;
mod words;
