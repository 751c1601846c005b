//! `offers.toml`: what leads to which offer, and the words on it.

mod chains;
mod change;
mod document;
mod entry;
#[cfg(test)]
mod fuzz;
mod load;
mod offer_book;

pub(crate) use change::ChangeRule;
pub use load::load_offers;
pub use offer_book::OfferBook;
pub(crate) use offer_book::Rule;
