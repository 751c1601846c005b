//! The languages of Aftercart: which there are, which one a wish means, and (feature `tables`) their
//! words.
//!
//! The widget's WebAssembly holds English only: other words come with the offer (ADR 0013).

mod choose;
#[cfg(feature = "tables")]
mod placeholders;
#[cfg(feature = "tables")]
mod tables;
mod tags;

pub use choose::{choose, is_right_to_left};
#[cfg(feature = "tables")]
pub use placeholders::placeholders;
#[cfg(feature = "tables")]
pub use tables::{backend, widget, widget_table};
pub use tags::TAGS;
