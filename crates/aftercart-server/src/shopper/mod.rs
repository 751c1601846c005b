//! What shoppers read that is made here: money and days as text, sentences about failures, and the
//! language of it all.

mod conventions;
mod date_text;
mod failure;
mod memo;
mod money_text;
mod speech;

pub(crate) use conventions::Conventions;
pub(crate) use date_text::date_text;
pub(crate) use failure::{Remedy, public_code, refuses_currency, remedy, sentence, sentence_of_change};
pub(crate) use money_text::money_text;
pub(crate) use speech::{before_tax, language, sentences, spoken, words_in, words_of_offer};
