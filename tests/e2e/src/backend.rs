//! The merchant's backend, run as a library with the settings of the example shop and a database of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use aftercart_server::{Config, Server, ShiftedClock};
use anyhow::Result;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use jiff::SignedDuration;
use tempfile::TempDir;

/// Signs the tokens of tests and nothing else.
const TOKEN_KEYS: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What the merchant's own server shows to open the merchant's routes.
pub(crate) const MERCHANT_KEY: &str = "merchant-key-of-the-journeys";

/// The example shop's.
pub(crate) const SETTINGS: &str = "examples/shop/aftercart.toml";

/// What a run of a backend overrides, with its database in this folder.
pub(crate) fn environment(
    dodo: &str,
    page_origin: &str,
    success_address: &str,
    folder: &Path,
) -> HashMap<&'static str, String> {
    let database_url = format!("sqlite://{}", folder.join("aftercart.db").display());
    [
        ("AFTERCART_LISTEN", "127.0.0.1:0"),
        ("AFTERCART_DATABASE_URL", &*database_url),
        ("AFTERCART_ALLOWED_ORIGINS", page_origin),
        ("AFTERCART_SUCCESS_URL", success_address),
        ("AFTERCART_TOKEN_KEYS", TOKEN_KEYS),
        ("AFTERCART_MERCHANT_KEY", MERCHANT_KEY),
        ("DODO_PAYMENTS_BASE_URL", dodo),
        ("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY),
        ("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// A running backend; it ends with the test's runtime.
pub struct Backend {
    server: Server,
    config: Config,
    clock: Arc<ShiftedClock>,
    _database: TempDir,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Backend({})", self.server.url())
    }
}

impl Backend {
    /// Starts one that charges at this Dodo, for pages of this origin; checkouts return to this address.
    pub async fn start(dodo: &str, page_origin: &str, success_address: &str) -> Result<Self> {
        Self::start_with(dodo, page_origin, success_address, |_| {}).await
    }

    /// As [`Backend::start`], with settings changed before.
    pub async fn start_with(
        dodo: &str,
        page_origin: &str,
        success_address: &str,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self> {
        let database = tempfile::tempdir()?;
        let environment = environment(dodo, page_origin, success_address, database.path());
        let settings = crate::repository().join(SETTINGS);
        let mut config = Config::load(&settings, &|name| environment.get(name).cloned())
            .map_err(|complaints| anyhow::anyhow!("{complaints:?}"))?;
        change(&mut config);
        let clock = Arc::new(ShiftedClock::default());
        let server = Server::start_with_clock(config.clone(), clock.clone()).await?;
        Ok(Self { server, config, clock, _database: database })
    }

    /// Stops, and starts again on the same database; on another port.
    pub(crate) async fn restarted(self) -> Result<Self> {
        self.server.stop().await;
        let server = Server::start_with_clock(self.config.clone(), self.clock.clone()).await?;
        Ok(Self { server, ..self })
    }

    /// Moves its clock forward.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> String {
        self.server.url()
    }

    /// Where it takes Dodo's webhooks.
    pub fn webhook_address(&self) -> String {
        format!("{}/webhooks/dodo", self.origin())
    }
}
