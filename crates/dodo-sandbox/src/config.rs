//! What a sandbox can be told at its start, and why it may refuse to start.

use std::net::{Ipv4Addr, SocketAddr};

use crate::core::{DeclineMode, Proration};

/// The key the API accepts unless another is set.
pub const DEFAULT_API_KEY: &str = "dodo_test_sandbox";

/// The secret webhooks are signed with unless another is set. Public, and good for nothing else.
pub const DEFAULT_WEBHOOK_SECRET: &str = "whsec_c2FuZGJveC1zZWNyZXQtZm9yLWxvY2FsLXRlc3Rz";

/// Settings of a [`Sandbox`](crate::Sandbox).
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where to listen. Must be a loopback address; port 0 takes any free port.
    pub addr: SocketAddr,
    /// The only key the API accepts.
    pub api_key: String,
    /// `whsec_` and Base64.
    pub webhook_secret: String,
    /// Where events are sent; without it they are recorded only.
    pub webhook_url: Option<String>,
    /// Sandbox seconds in a real second, above 0. Retry schedules and processing delays run at this
    /// pace; timestamps in documents do not.
    pub time_scale: f64,
    /// How a declined one-click charge is answered.
    pub decline_mode: DeclineMode,
    /// Whether a confirmed checkout without a billing address is refused.
    pub require_billing_address_on_confirm: bool,
    /// How plan changes are priced: Dodo's documentation has two generations.
    pub proration: Proration,
    /// Whether a plan change for the next billing date must be `full_immediately` or `do_not_bill`.
    pub strict_scheduled_modes: bool,
    /// For equal ids in every run; none draws a seed.
    pub seed: Option<u64>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: DEFAULT_API_KEY.to_owned(),
            webhook_secret: DEFAULT_WEBHOOK_SECRET.to_owned(),
            webhook_url: None,
            time_scale: 1.0,
            decline_mode: DeclineMode::Recorded,
            require_billing_address_on_confirm: false,
            proration: Proration::Current,
            strict_scheduled_modes: false,
            seed: None,
        }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The address could be reached from outside. Use 127.0.0.1 or `[::1]`.
    #[error("the sandbox listens on loopback addresses only, and {0} is not one: use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The port is taken, or the address is not there.
    #[error("cannot listen on {addr}: is another sandbox running? choose another port")]
    Bind {
        /// As configured.
        addr: SocketAddr,
        /// From the system.
        source: std::io::Error,
    },
    /// The webhook secret is not `whsec_` and Base64.
    #[error("the webhook secret is not whsec_ followed by Base64")]
    WebhookSecret(#[source] standardwebhooks::WebhookError),
    /// The webhook address is not http or https.
    #[error("the webhook address {0:?} is not an http or https address")]
    WebhookUrl(String),
    /// The time scale is not a positive number.
    #[error("the time scale must be above 0 and at most 1000000, and {0} is not")]
    TimeScale(f64),
    /// The HTTP client for webhooks could not be made.
    #[error("cannot make an HTTP client for webhooks")]
    Client(#[from] reqwest::Error),
}
