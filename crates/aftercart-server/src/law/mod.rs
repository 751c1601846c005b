//! What the law of the shopper's country wants said at the button. It changes words, never behaviour
//! beyond the one tick that a delivery at once needs.
//!
//! 1. `country` says which law: of the billing address. Unknown countries are treated as the EU is: more
//!    is said, not less.
//! 2. `button` has the accept words. In the EU/EEA and the UK they name the obligation to pay and win
//!    over the shop's own; elsewhere the plain words stay.
//! 3. `statement` has the words beside it, and the version that names all of them.
//! 4. `consent` checks an accept against both.

mod button;
mod consent;
mod country;
mod statement;

pub(crate) use button::accept_words;
pub(crate) use consent::{Agreed, Agreement, agreed};
pub(crate) use country::{Law, country};
pub(crate) use statement::{Sale, legal};
