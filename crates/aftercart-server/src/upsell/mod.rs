//! What the server does, free of HTTP: see offers, accept, follow, decline, take in what Dodo says, reconcile.

mod accept;
mod arrival;
mod chain;
mod charge;
mod checkout;
mod core;
mod decline;
mod eligible;
mod explain;
mod explain_dodo;
mod forget;
mod learn;
mod leftover;
mod operate;
mod plan;
mod planted;
mod prepared;
mod present;
mod quantity;
mod quote;
mod recognise;
mod reconcile;
mod refund;
mod refusal;
mod remedy;
mod settle;
mod status;
mod tries;
mod trigger;
mod undo;
mod words;

pub(crate) use accept::Acceptance;
pub(crate) use core::Core;
pub use eligible::Check;
pub use explain::{Explained, Explanation};
pub(crate) use forget::keep_forgetting;
pub use operate::{Attention, Resolution};
pub(crate) use operate::{Story, Unresolved};
pub(crate) use prepared::keep_preparing;
#[cfg(feature = "simulation")]
pub(crate) use prepared::prepare_at_once;
pub(crate) use reconcile::keep_reconciling;
pub(crate) use refusal::Refusal;
