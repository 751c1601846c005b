//! The server as its neighbours see it: pages, the merchant's server, and Dodo (the local sandbox).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics is a test that fails")]

mod helpers;

mod assets;
mod attacks;
mod bad_input;
mod cli;
mod declines;
mod doctor;
mod forms;
mod gate;
mod idempotency;
mod law;
mod limits;
mod logs;
mod metrics;
mod nodes;
mod offers;
mod operator;
mod prices;
mod processes;
mod raw;
mod reconcile;
mod scenarios;
mod storm;
mod tokens;
mod webhooks;
mod words;
