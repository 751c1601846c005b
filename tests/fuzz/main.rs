//! Whatever a backend answers and a host page sets, the widget reads what is there or stays as it was.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod answers;
mod attributes;
