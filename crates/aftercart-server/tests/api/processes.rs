//! The real program, as often as wanted, on one database, in front of a sandbox of its own.

use crate::helpers::{MERCHANT_KEY, SHOP, token_key};
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use sqlx::Connection;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Where a cluster keeps its rows.
pub(crate) struct Database {
    pub(crate) url: String,
    _directory: tempfile::TempDir,
}

impl Database {
    /// A file of its own.
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("nodes.db").display());
        Self { url, _directory: directory }
    }

    /// A database of its own on the server that the tests may use; `None` says on the way that it is skipped.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("AFTERCART_TEST_POSTGRES") else {
            eprintln!("skipped: AFTERCART_TEST_POSTGRES is not set; cargo xtask test sets it");
            return None;
        };
        let name = format!("nodes_{}", uuid::Uuid::new_v4().simple());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::query(create).execute(&mut connection).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Some(Self { url: format!("{base}/{name}"), _directory: tempfile::tempdir().unwrap() })
    }
}

/// A running `aftercart-server`. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// Without a slash at the end.
    pub(crate) url: String,
}

impl Process {
    /// Starts one on this database, with Dodo behind this address and its pages on the sandbox's. On a runtime with
    /// several threads.
    pub(crate) fn start(database: &Database, dodo: &str, sandbox: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let offers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop/offers.toml");
        let pages = sandbox.trim_start_matches("http://");
        let config = format!(
            "offers = {offers:?}\nunseen_seconds = 15\nallowed_origins = [{SHOP:?}]\n\
             success_url = \"{SHOP}/thanks\"\nredirect_hosts = [{pages:?}]\n[dodo]\nbase_url = {dodo:?}\n"
        );
        std::fs::write(directory.path().join("aftercart.toml"), config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_aftercart-server"))
            .arg("serve")
            .current_dir(directory.path())
            .env("RUST_LOG", "warn")
            .env("AFTERCART_LISTEN", "127.0.0.1:0")
            .env("AFTERCART_DATABASE_URL", &database.url)
            .env("AFTERCART_TOKEN_KEYS", token_key())
            .env("AFTERCART_MERCHANT_KEY", MERCHANT_KEY)
            .env("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY)
            .env("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        // Not on a worker's time: sandbox and doors run on the same few, and a request to them has a limit.
        let mut said = BufReader::new(child.stdout.take().unwrap());
        tokio::task::block_in_place(|| said.read_line(&mut line)).unwrap();
        let url = line.trim().strip_prefix("aftercart-server: ").unwrap();
        Self { child, url: url.trim_end_matches('/').to_owned() }
    }

    /// The process id, for a signal.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

/// `kill -9`.
pub(crate) fn kill(id: u32) {
    Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
