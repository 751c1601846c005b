//! The merchant's backend, run as a library with the settings of the example shop and a database of its own.

use std::collections::HashMap;

use aftercart_server::{Config, Server};
use anyhow::Result;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use tempfile::TempDir;

/// Signs the tokens of tests and nothing else.
const TOKEN_KEYS: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A running backend; it ends with the test's runtime.
pub struct Backend {
    server: Server,
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
        let database_url = format!("sqlite://{}", database.path().join("aftercart.db").display());
        let environment: HashMap<&str, &str> = HashMap::from([
            ("AFTERCART_LISTEN", "127.0.0.1:0"),
            ("AFTERCART_DATABASE_URL", &*database_url),
            ("AFTERCART_ALLOWED_ORIGINS", page_origin),
            ("AFTERCART_SUCCESS_URL", success_address),
            ("AFTERCART_TOKEN_KEYS", TOKEN_KEYS),
            ("DODO_PAYMENTS_BASE_URL", dodo),
            ("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY),
            ("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET),
        ]);
        let settings = crate::repository().join("examples/shop/aftercart.toml");
        let mut config =
            Config::load(&settings, &|name| environment.get(name).map(|value| (*value).to_owned()))
                .map_err(|complaints| anyhow::anyhow!("{complaints:?}"))?;
        change(&mut config);
        Ok(Self { server: Server::start(config).await?, _database: database })
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
