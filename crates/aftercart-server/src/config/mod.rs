//! What a deployment may set: `aftercart.toml`, a few environment overrides, and secrets.
//!
//! Secrets come from the environment only, so that the file can be committed.

mod environment;
mod file;
#[cfg(test)]
mod fuzz;
mod limits;
mod load;
mod settings;

pub use limits::Limits;
pub use settings::{Config, Dodo};
