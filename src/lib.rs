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
//! | `view` | what is seen, as data, and the Leptos component that draws it | `csr` or `hydrate` |
//! | `shell` | the only I/O: HTTP, page, clock, storage | `csr` or `hydrate` |
//! | [`paint`] | the offer as HTML that works without scripts | `paint` |
//! | `mount` | the widget inside a host element | `csr` or `hydrate` |
//! | `component` | `UpsellOffer` for Leptos apps | `csr`, `hydrate` or `ssr` |
//! | `hook` | `use_upsell` for a view of one's own | `csr`, `hydrate` or `ssr` |
//! | `element` | what the script tag calls | `element` |

pub mod config;
pub mod i18n;
pub mod model;

#[cfg(any(feature = "browser", feature = "ssr"))]
mod component;
#[cfg(feature = "element")]
pub mod element;
#[cfg(any(feature = "browser", feature = "ssr"))]
mod hook;
#[cfg(feature = "browser")]
mod mount;
#[cfg(all(feature = "ssr", not(feature = "browser")))]
#[path = "mount_on_server.rs"]
mod mount;
#[cfg(feature = "paint")]
pub mod paint;
#[cfg(feature = "browser")]
mod shell;
#[cfg(any(feature = "browser", feature = "ssr", feature = "paint"))]
mod styles;
#[cfg(any(feature = "browser", feature = "paint", test))]
mod view;

#[cfg(any(feature = "browser", feature = "ssr"))]
pub use component::{OfferSlot, UpsellOffer};
#[cfg(any(feature = "browser", feature = "ssr"))]
pub use hook::{Shown, ShownNotice, ShownOffer, Upsell, UpsellSettings, use_upsell};
#[cfg(feature = "browser")]
pub use mount::{Mounted, mount};

/// The wire types, for hosts that read them from events or build backends.
pub use aftercart_contract as contract;
