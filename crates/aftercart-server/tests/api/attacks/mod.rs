//! What somebody may try who wants a charge that the shopper did not ask for.
//!
//! Every row is sent while the offer stands open; then nothing was charged and the offer still stands.

mod callers;
mod open;
mod origins;
mod replays;
mod requests;
mod smuggling;
mod tokens;
