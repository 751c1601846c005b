//! Minutes of shopping against the release server while Dodo misbehaves: see `crates/aftercart-load`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::children::Children;
use crate::generator::{self, Wish};
use crate::http::status;
use crate::ports::free_port;
use crate::preview_config;
use crate::project::{cargo, command, root, run, say, target};

/// The programs, built for release and copied, so that a later build does not change them under the run.
const PROGRAMS: [&str; 3] = ["aftercart-server", "dodo-sandbox", "aftercart-load"];
const START_LIMIT: Duration = Duration::from_mins(1);

/// Reads `--minutes N`, `--connections N`, `--rate N`, `--faults PERCENT`, `--postgres`.
pub(crate) fn wish<'a>(words: &[&'a str]) -> Result<Wish<'a>> {
    generator::wish("soak", &["--minutes", "--connections", "--rate", "--faults"], words)
}

/// Builds, starts sandbox and server, and shops; fails when the shoppers' program finds anything wrong.
pub(crate) fn soak(wish: &Wish<'_>) -> Result<()> {
    say("building server, sandbox and shoppers");
    let packages = PROGRAMS.map(|name| format!("--package={name}"));
    run(cargo(&["build", "--quiet", "--release", "--bins"]).args(packages))?;
    let home = home()?;
    let (_cluster, database) = generator::database(wish, &home)?;
    let mut children = Children::new()?;
    let (sandbox, server) = (free_port(0)?, free_port(0)?);
    let dodo = format!("http://127.0.0.1:{sandbox}");
    start_sandbox(&mut children, &home, sandbox, server)?;
    let process = start_server(&mut children, &home, server, &dodo, &database)?;
    let mut shoppers = command(home.join("aftercart-load"), &["soak", "--server"]);
    shoppers
        .arg(format!("http://127.0.0.1:{server}"))
        .args(["--server-pid", &process.to_string(), "--database-url", &database, "--sandbox", &dodo])
        .args(&wish.passed_on);
    children.attend("the shoppers", &mut shoppers)
}

/// An empty directory with the programs in it.
fn home() -> Result<PathBuf> {
    let home = target().join("soak");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home)?;
    for program in PROGRAMS {
        fs::copy(target().join("release").join(program), home.join(program)).context(program)?;
    }
    Ok(home)
}

fn start_sandbox(children: &mut Children, home: &Path, port: u16, server: u16) -> Result<()> {
    let mut sandbox = command(home.join("dodo-sandbox"), &["serve", "--port", &port.to_string()]);
    sandbox.arg("--webhook-url").arg(format!("http://127.0.0.1:{server}/webhooks/dodo"));
    children.start("soak-sandbox", &mut sandbox)?;
    children.wait_until("the sandbox's start", START_LIMIT, || status(port, "/_sandbox/info") == Some(200))
}

/// Starts the server and answers its process id. Every shopper comes from one address, so that address is not limited;
/// a charge that Dodo does not show is given up soon, so that the run need not wait an hour for its end.
fn start_server(children: &mut Children, home: &Path, port: u16, dodo: &str, database: &str) -> Result<u32> {
    let offers = root().join("examples/shop/offers.toml").display().to_string();
    let config = format!(
        "offers = {offers:?}\nallowed_origins = [{PAGE:?}]\nsuccess_url = \"{PAGE}/\"\nunseen_seconds = 20\n\
         [limits]\nrequests_per_minute_per_address = 0\n[dodo]\nbase_url = {dodo:?}\n"
    );
    let file = home.join("aftercart.toml");
    fs::write(&file, config)?;
    let mut server = command(home.join("aftercart-server"), &["serve", "--config"]);
    server
        .arg(&file)
        .env("RUST_LOG", "warn")
        .env("AFTERCART_LISTEN", format!("127.0.0.1:{port}"))
        .env("AFTERCART_DATABASE_URL", database)
        .env("AFTERCART_TOKEN_KEYS", format!("soak:{}", STANDARD.encode([1; 32])))
        .env("DODO_PAYMENTS_API_KEY", preview_config::API_KEY)
        .env("DODO_PAYMENTS_WEBHOOK_KEY", preview_config::WEBHOOK_KEY);
    let process = children.start("soak-server", &mut server)?;
    children.wait_until("the server's start", START_LIMIT, || status(port, "/healthz") == Some(200))?;
    Ok(process)
}

/// The page that the shoppers are on, as the shoppers' program says too.
const PAGE: &str = "http://127.0.0.1:8080";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nonsense_is_refused() {
        let expected = Wish { passed_on: vec!["--minutes", "2"], on_postgres: true };
        assert_eq!(wish(&["--minutes", "2", "--postgres"]).unwrap(), expected);
        for bad in [&["--minutes"][..], &["--slow"], &["--postgres", "2"]] {
            assert!(wish(bad).is_err(), "{bad:?}");
        }
    }
}
