//! Content Security Policy, as much of it as decides whether the widget works. Pure.
//!
//! `policy` reads, `source` matches one source against one address, `widget` and `sandbox` know what the widget needs
//! and what to write instead. Source: <https://www.w3.org/TR/CSP3/>.

mod policy;
mod sandbox;
mod source;
mod widget;

pub(super) use policy::Policy;
pub(super) use sandbox::sandbox;
pub(super) use widget::{Block, Widget, blocks};
