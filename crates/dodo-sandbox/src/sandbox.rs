//! A sandbox that runs: one listener, one webhook sender, one core.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use url::Url;

use crate::clock::Clock;
use crate::config::{SandboxConfig, SandboxError};
use crate::core::{Core, Ledger, Moment, Settings};
use crate::http;
use crate::webhooks;

/// Requests that are still running at [`Sandbox::stop`] get this long.
const PATIENCE: Duration = Duration::from_secs(2);
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
const FASTEST_SCALE: f64 = 1_000_000.0;

/// A running sandbox. Dropping it stops it at once; [`Sandbox::stop`] lets running requests finish.
#[derive(Debug)]
pub struct Sandbox {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stopping: watch::Sender<bool>,
    server: JoinHandle<()>,
    sender: JoinHandle<()>,
}

/// What the HTTP side and the webhook sender share.
pub(crate) struct Shared {
    core: Mutex<Core>,
    pub(crate) clock: Clock,
    /// Rung whenever something may have become due.
    pub(crate) wake: Notify,
    pub(crate) signer: Webhook,
    pub(crate) client: reqwest::Client,
    pub(crate) url: String,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shared").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Shared {
    /// Runs `work` on the core, then lets the webhook sender look for what it made due.
    pub(crate) fn with_core<T>(&self, work: impl FnOnce(&mut Core, Moment) -> T) -> T {
        let made = self.with_core_quietly(work);
        self.wake.notify_one();
        made
    }

    /// As [`Shared::with_core`], for the sender itself, which must not wake itself.
    pub(crate) fn with_core_quietly<T>(&self, work: impl FnOnce(&mut Core, Moment) -> T) -> T {
        let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        core.tick(now);
        work(&mut core, now)
    }
}

impl Sandbox {
    /// Listens and answers until it is stopped or dropped. Must run inside a tokio runtime.
    ///
    /// Errors: see [`SandboxError`]; nothing is left running.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        if !config.addr.ip().is_loopback() {
            return Err(SandboxError::NotLoopback(config.addr));
        }
        if !(config.time_scale > 0.0 && config.time_scale <= FASTEST_SCALE) {
            return Err(SandboxError::TimeScale(config.time_scale));
        }
        if let Some(url) = &config.webhook_url {
            check_webhook_url(url)?;
        }
        let signer = Webhook::new(&config.webhook_secret).map_err(SandboxError::WebhookSecret)?;
        let client = reqwest::Client::builder()
            .timeout(WEBHOOK_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let bind = |source| SandboxError::Bind { addr: config.addr, source };
        let listener = TcpListener::bind(config.addr).await.map_err(bind)?;
        let addr = listener.local_addr().map_err(bind)?;

        let clock = Clock::new(config.time_scale);
        let url = format!("http://{addr}");
        let settings = Settings {
            base_url: url.clone(),
            api_key: config.api_key,
            decline_mode: config.decline_mode,
            require_billing_address_on_confirm: config.require_billing_address_on_confirm,
            proration: config.proration,
            strict_scheduled_modes: config.strict_scheduled_modes,
            seed: config.seed.unwrap_or_else(|| fastrand::u64(..)),
        };
        let mut core = Core::new(settings, clock.now());
        core.outbox.endpoint = config.webhook_url;
        let shared =
            Arc::new(Shared { core: Mutex::new(core), clock, wake: Notify::new(), signer, client, url });
        let (stopping, stopped) = watch::channel(false);
        let server = tokio::spawn(http::serve(listener, Arc::clone(&shared), stopped));
        let sender = tokio::spawn(webhooks::send_forever(Arc::clone(&shared)));
        Ok(Self { addr, shared, stopping, server, sender })
    }

    /// `http://127.0.0.1:PORT`, no trailing slash.
    pub fn url(&self) -> String {
        self.shared.url.clone()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where events are sent from now on; events that are still owed go there too. An address that nobody
    /// answers at shows in the deliveries.
    pub fn set_webhook_url(&self, url: Option<String>) {
        self.shared.with_core(|core, _| core.outbox.endpoint = url);
    }

    /// A copy of the records as they are now.
    pub fn ledger(&self) -> Ledger {
        self.shared.with_core(|core, _| core.ledger.clone())
    }

    /// Runs `work` on the core, for tests that live in the same process.
    pub fn with_core<T>(&self, work: impl FnOnce(&mut Core, Moment) -> T) -> T {
        self.shared.with_core(work)
    }

    /// Stops listening, lets running requests finish for up to two seconds, sends no more webhooks.
    pub async fn stop(mut self) {
        // A receiver that is gone has stopped already.
        let _ = self.stopping.send(true);
        self.sender.abort();
        if tokio::time::timeout(PATIENCE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        self.sender.abort();
    }
}

/// Errors unless `url` is an absolute http or https address.
pub(crate) fn check_webhook_url(url: &str) -> Result<(), SandboxError> {
    let is_web =
        Url::parse(url).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https") && parsed.has_host());
    if is_web { Ok(()) } else { Err(SandboxError::WebhookUrl(url.to_owned())) }
}
