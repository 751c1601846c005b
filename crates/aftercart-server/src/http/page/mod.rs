//! Pages for people whose browser runs no script of ours: how a payment went, the offer at another price, and
//! what went wrong.
//!
//! 1. They say what the widget would say, in the same words (`locales/`), in sixteen languages.
//! 2. They run nothing, and load nothing but the picture of an offer; styles are named in the policy.
//! 3. They link only to the shop, and to hosts that shoppers may be sent to.
//! 4. Text is text: `maud` escapes what it is given.

mod frame;
mod offered;
mod outcome;
mod refused;
mod words;

pub(super) use offered::offered;
pub(super) use outcome::outcome;
pub(super) use refused::for_people;
