//! Feeds our parsers with damaged documents, and keeps the smallest one that breaks a rule.
//!
//! One law: **a parser may refuse, but never panic, hang, or read a thing that is not there**. A test names a
//! parser, gives it a [`Corpus`] of good documents and states its rules as a [`Check`]; [`fuzz`] damages the
//! documents (values swapped inside JSON, bytes swapped anywhere) and looks for an input that breaks a rule.
//!
//! - Under plain `cargo test` the inputs are the same every time and end after two seconds.
//! - `AFTERCART_FUZZ_SECONDS` makes every parser run that long, on new inputs each time; the seed is printed, and
//!   `AFTERCART_FUZZ_SEED` gives the same run again. `cargo xtask fuzz` sets both.
//! - What breaks a rule is made as small as possible and written to `fixtures/fuzz/<parser>.jsonl`, one input a
//!   line; every later run tries those lines first. Keep the line in the commit that mends the parser.

#![allow(clippy::missing_panics_doc, reason = "a test fails by panicking, and these are its helpers")]

mod corpus;
mod damage;
mod depth;
mod regressions;
mod run;
mod values;

pub use corpus::Corpus;
pub use depth::{DEEP, deep_documents, on_a_small_stack};
pub use run::{Check, fuzz};
