//! The words of the widget: which language, which text, with which plural.
//!
//! Texts live in `locales/*.json`. English is built in; the words of other languages come with the offer.

mod copy;
mod format;
mod table;
mod words;

pub use copy::Copy;
pub use format::{LocaleFormat, Plural};
pub use table::Key;
pub use words::Words;
