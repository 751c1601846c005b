//! The widget in a real browser: every state, focus, events, parts, two on one page, nothing left behind.
//!
//! The backend is played at the browser's edge: `fetch` is answered from a script, everything of ours is real.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![cfg(target_arch = "wasm32")]

mod accept;
mod choices;
mod decline;
mod fixture;
mod json;
mod leptos_app;
mod lifecycle;
mod offer;
mod own_view;
mod trouble;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
