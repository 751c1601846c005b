//! Everybody can use it: what machines can check of that, on the release widget in a real browser.
//!
//! Everything happens on the stage (`tests/e2e/src/stage`), which reaches every situation by real answers over HTTP.
//! What is tested, and what is not, is told in `docs/accessibility.md`.

mod checks;
mod everywhere;
mod keyboard;
mod languages;
mod tree;
