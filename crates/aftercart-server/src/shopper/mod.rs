//! What shoppers read that is made here: money as text, and sentences about failures.

mod failure;
mod money_text;

pub(crate) use failure::{public_code, sentence};
pub(crate) use money_text::money_text;
