//! What a monitoring system reads at `/metrics`: counted while things happen, or read from the store when asked.
//!
//! 1. No label holds an id, an address, or a word that somebody else chose: every value is one of ours.
//! 2. Nothing is global: a server counts for itself, from its own start. What is read from the store is the same
//!    at every server of one database.

mod census;
mod meters;

pub(crate) use meters::{Metrics, WebhookResult};

/// The one label of a metric.
type Label = [(&'static str, &'static str); 1];
