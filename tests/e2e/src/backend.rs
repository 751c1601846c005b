//! The merchant's backend, run as a library on a database of its own.

use anyhow::Result;

/// A running backend; it ends when dropped.
#[derive(Debug)]
pub struct Backend {
    origin: String,
}

impl Backend {
    /// Starts one.
    pub async fn start(_dodo: &str, _page_origin: &str, _success_address: &str) -> Result<Self> {
        Ok(Self { origin: String::new() })
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where it takes Dodo's webhooks.
    pub fn webhook_address(&self) -> String {
        format!("{}/webhooks/dodo", self.origin)
    }
}
