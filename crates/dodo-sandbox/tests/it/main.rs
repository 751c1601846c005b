//! The sandbox over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its supporting functions too"
)]

mod bad_input;
mod cancellation;
mod control;
mod core;
mod faults;
mod fixtures;
mod hosted_page;
mod official_crate;
mod plan_changes;
mod scenarios;
mod start;
mod support;
mod trials;
mod webhooks;
