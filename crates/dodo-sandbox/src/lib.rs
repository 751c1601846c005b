//! A local Dodo Payments for development and tests: the API, a hosted checkout page, signed
//! webhooks, and every failure on demand.
//!
//! Start reading at [`Sandbox`], which runs one on a socket of the loopback interface, and
//! [`core`], which is the pretended Dodo itself, free of sockets and clocks. The README says first
//! what is *not* imitated.
//!
//! ```no_run
//! # async fn example() -> Result<(), dodo_sandbox::SandboxError> {
//! use dodo_sandbox::{Sandbox, SandboxConfig};
//!
//! let sandbox = Sandbox::start(SandboxConfig::default()).await?;
//! println!("{}", sandbox.url());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```

mod clock;
mod config;
pub mod core;
mod http;
mod sandbox;
mod webhooks;

pub use crate::config::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, SandboxConfig, SandboxError};
pub use crate::core::{DeclineMode, Proration};
pub use crate::sandbox::Sandbox;
