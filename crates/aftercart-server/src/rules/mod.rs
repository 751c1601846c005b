//! `offers.toml`: what leads to which offer, and the words on it.

mod chains;
mod change;
mod copy;
mod document;
mod entry;
#[cfg(test)]
mod fuzz;
mod honesty;
mod load;
mod offer_book;
mod phrases;
mod texts;
mod undo;

pub(crate) use change::ChangeRule;
pub use honesty::doubtful_words;
pub use load::load_offers;
pub use offer_book::OfferBook;
pub(crate) use offer_book::{Rule, Texts};
