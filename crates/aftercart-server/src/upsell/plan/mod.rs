//! Upgrades and downgrades: who may have one, what it costs, how it is agreed to, settled and called off.
//!
//! 1. A change is previewed before it is shown, previewed again at the click, and sent as it was previewed.
//! 2. Nothing here computes proration or tax. Sums of Dodo's own figures are the most.
//! 3. No change ever leads to a checkout: that would begin a second subscription.
//! 4. Success is the subscription read back with the new plan, or naming it as scheduled (ADR 0012).

mod accept;
mod eligible;
mod explain;
mod present;
mod quote;
mod revoke;
mod settle;

pub(super) use eligible::NoChange;
pub(super) use settle::Seen;
