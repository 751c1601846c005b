//! The server as a process: started, looked at, stopped.

use super::Wish;
use crate::process;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Signs what the stand-in sends.
pub(crate) const WEBHOOK_KEY: &str = "whsec_bG9hZC1sb2FkLWxvYWQtbG9hZC1sb2FkLWxvYWQtMTI=";
/// The page of the shop.
pub(crate) const ORIGIN: &str = "https://shop.example";
/// The kernel counts a process's time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);
const START_LIMIT: Duration = Duration::from_mins(5);

/// One address asks for everything, so it is not limited; a price holds for the whole run; Dodo is the stand-in, which
/// has no limit.
const SETTINGS: &str = "quote_seconds = 36000\ntoken_minutes = 600\npurchase_fresh_minutes = 600\n\
    dodo_requests_per_minute = 1000000\nallowed_origins = [\"https://shop.example\"]\n\
    [limits]\nrequests_per_minute_per_address = 0\nrequests_per_minute_per_subject = 0\n";

const OFFERS: &str = "default_locale = \"en\"\n[[offer]]\nid = \"pro\"\nproduct = \"pdt_pro\"\n\
    when.purchased = [\"pdt_basic\"]\n[offer.locale.en]\nfeatures = [\"Everything in Basic\", \"Room for a team\"]\n";

/// A running server.
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    _home: TempDir,
}

impl Program {
    /// Starts one on the wish's database, with Dodo at this address.
    pub(crate) async fn start(wish: &Wish, dodo: SocketAddr) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let config = home.path().join("aftercart.toml");
        fs::write(&config, format!("{SETTINGS}[dodo]\nbase_url = \"http://{dodo}\"\n"))?;
        fs::write(home.path().join("offers.toml"), OFFERS)?;
        let mut child = Command::new(&wish.program)
            .arg("--config")
            .arg(&config)
            .arg("serve")
            .env("RUST_LOG", "warn")
            .env("AFTERCART_LISTEN", "127.0.0.1:0")
            .env("AFTERCART_DATABASE_URL", &wish.database_url)
            .env("AFTERCART_TOKEN_KEYS", format!("load:{}", STANDARD.encode([1; 32])))
            .env("DODO_PAYMENTS_API_KEY", "of-the-stand-in")
            .env("DODO_PAYMENTS_WEBHOOK_KEY", WEBHOOK_KEY)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("could not start {}", wish.program.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("the server's output")?).lines();
        let line = timeout(START_LIMIT, lines.next_line()).await.context("the server's start")??;
        let Some(line) = line else { bail!("the server did not start") };
        let address =
            line.rsplit_once("//").context("the server's address")?.1.trim_end_matches('/').parse()?;
        Ok(Self { child, address, _home: home })
    }

    /// Memory in use, MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        Ok(process::look(self.id()?)?.resident_mib)
    }

    /// The processor time used so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id()?))?;
        // The name, in brackets, may hold blanks; user and system time are the 12th and 13th field after it.
        let fields = stat.rsplit_once(')').context("a process's times")?.1.split_whitespace();
        let ticks: u32 = fields.skip(11).take(2).map(str::parse::<u32>).sum::<Result<_, _>>()?;
        Ok(TICK * ticks)
    }

    /// Tells it to stop, and waits for it.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let kill = Command::new("kill").arg(self.id()?.to_string()).status().await?;
        if !kill.success() {
            bail!("the server cannot be told to stop");
        }
        self.child.wait().await?;
        Ok(())
    }

    fn id(&self) -> Result<u32> {
        self.child.id().context("the server is gone")
    }
}
