//! Aftercart: one more thing right after the purchase, charged exactly once with one click.
//!
//! Where to start: [`model`] is the whole behaviour as a pure function; everything else draws it or
//! performs it.
//!
//! | module | what it is | feature |
//! |---|---|---|
//! | [`config`] | what a host may set, every default and unit | always |
//! | [`i18n`] | words and plurals | always |
//! | [`model`] | state, events, effects, `update`, view model | always |
//! | `view` | Leptos components, one per thing seen | `csr` |
//! | `shell` | the only I/O: HTTP, page, clock, storage | `csr` |
//! | `mount` | the widget inside a host element; `UpsellOffer` for Leptos apps | `csr` |
//! | `element` | what the script tag calls | `element` |

pub mod config;
pub mod i18n;
pub mod model;

#[cfg(feature = "element")]
pub mod element;
#[cfg(feature = "csr")]
mod mount;
#[cfg(feature = "csr")]
mod shell;
#[cfg(feature = "csr")]
mod view;

#[cfg(feature = "csr")]
pub use mount::{Mounted, UpsellOffer, mount};

/// The wire types, for hosts that read them from events or build backends.
pub use aftercart_contract as contract;
