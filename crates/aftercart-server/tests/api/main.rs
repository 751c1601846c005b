//! The server as its neighbours see it: pages, the merchant's server, and Dodo (the local sandbox).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics is a test that fails")]

mod helpers;

mod assets;
mod bad_input;
mod cli;
mod declines;
mod gate;
mod idempotency;
mod logs;
mod offers;
mod prices;
mod scenarios;
mod storm;
mod tokens;
mod webhooks;
