//! Whatever arrives, the contract's readers refuse it or read what is really there.
//!
//! `rules` says what "really there" means; every parser has one test, of two seconds unless
//! `cargo xtask fuzz` gives it more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod depth;
mod documents;
mod rules;
mod words;
