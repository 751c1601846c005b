//! What `mount.rs` is on a server: nothing. A browser begins where this leaves off.

use leptos::html::Div;
use leptos::prelude::NodeRef;

/// Does nothing: there is no page yet.
pub(crate) fn live_in(_host: NodeRef<Div>, _get: impl Fn(&'static str) -> Option<String> + 'static) {}
