//! The words of the widget: which language, which text, with which plural.
//!
//! Texts live in `locales/*.json`; `build.rs` checks them and makes the tables.

mod copy;
mod format;
mod table {
    include!(concat!(env!("OUT_DIR"), "/copy_table.rs"));
}

pub use copy::Copy;
pub use format::{LocaleFormat, Plural};
pub use table::Key;
