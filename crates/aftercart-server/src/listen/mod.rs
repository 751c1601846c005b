//! Connections: accepted, bounded in number, time and size, and ended politely.
//!
//! What cannot be a layer on the router is here: nothing of it holds when the router is nested into
//! a merchant's own application, whose server then sets these bounds.

mod accept;
mod connection;

pub(crate) use accept::serve;
