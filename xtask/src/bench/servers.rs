//! Servers under the load of `wrk` on loopback, one after the other: the harness's Express and Flask in front of its fake
//! Dodo, ours in front of the local Dodo. All of them share the machine's cores with their Dodo and with `wrk`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::harness::Harness;
use super::our_server;
use super::usage::Usage;
use super::{Care, Wish};
use crate::children::Children;
use crate::http::status;
use crate::ports::free_port;
use crate::project::{command, output, say};
use crate::tools;

/// What Dodo takes for every call, in milliseconds: the harness's own figure.
pub(super) const THINK_MS: u64 = 15;
const START_LIMIT: Duration = Duration::from_mins(1);
pub(super) const WARM_UP_SECONDS: u32 = 3;
/// As many as the harness's own load has.
pub(super) const THREADS: u32 = 2;
/// Customers that the peers start with when every accept is another's.
const CUSTOMERS: u32 = 80_000;

/// One server, one kind of request.
pub(super) struct Row {
    pub(super) server: &'static str,
    pub(super) request: &'static str,
    pub(super) load: Load,
    /// Requests for one second of one core of the server's.
    pub(super) per_core_second: f64,
    /// Resident memory in MB before and after the load; children included, shared pages counted for each.
    pub(super) idle_mb: f64,
    pub(super) loaded_mb: f64,
}

/// What `wrk` saw.
#[derive(Debug, PartialEq)]
pub(super) struct Load {
    /// Answers in all.
    pub(super) answered: f64,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Answers that were neither 2xx nor 3xx, and requests without one.
    pub(super) failed: u64,
}

/// How long, and on how many connections.
#[derive(Clone, Copy)]
pub(super) struct Amount {
    pub(super) seconds: u32,
    pub(super) connections: u32,
}

/// Loads the peers and ours.
pub(super) fn measure(harness: &Harness, wish: &Wish) -> Result<Vec<Row>> {
    tools::needed(&["wrk"], &["wrk"])?;
    harness.install_servers()?;
    let amount =
        Amount { seconds: if wish.care == Care::Quick { 5 } else { 20 }, connections: wish.connections };
    let mut rows = peers(harness, amount)?;
    rows.extend(our_server::measure(amount)?);
    Ok(rows)
}

fn peers(harness: &Harness, amount: Amount) -> Result<Vec<Row>> {
    let folder = harness.folder().join("peers-server");
    let gunicorn = harness.folder().join(".venv/bin/gunicorn").display().to_string();
    let flask = [
        &gunicorn,
        "--chdir",
        "flask",
        "--log-level",
        "error",
        "--workers",
        "2",
        "--threads",
        "32",
        "server:app",
    ];
    let mut rows = Vec::new();
    for (name, line) in
        [("Express", vec!["node", "express/server.mjs"]), ("Flask, 2 × 32 threads", flask.to_vec())]
    {
        rows.push(peer(&folder, name, &line, "GET offer", amount)?);
        rows.push(peer(&folder, name, &line, "POST accept", amount)?);
    }
    Ok(rows)
}

/// One peer, started anew, and one kind of request.
fn peer(
    folder: &Path,
    name: &'static str,
    line: &[&str],
    request: &'static str,
    amount: Amount,
) -> Result<Row> {
    say(&format!("{name}: {request}"));
    let mut children = Children::new()?;
    let (dodo, port) = (free_port(0)?, free_port(0)?);
    let mut fake = command("node", &["fake-dodo.mjs"]);
    fake.current_dir(folder).env("PORT", dodo.to_string()).env("THINK_MS", THINK_MS.to_string());
    children.start("bench-dodo", &mut fake)?;
    children.wait_until("the fake Dodo's start", START_LIMIT, || status(dodo, "/products/p") == Some(200))?;
    let accepts = request == "POST accept";
    let customers = if accepts { CUSTOMERS } else { 1 };
    let mut server = command(line.first().context("a program")?, line.get(1..).unwrap_or_default());
    server
        .current_dir(folder)
        .env("NODE_ENV", "production")
        .env("PORT", port.to_string())
        .env("SEED_CUSTOMERS", customers.to_string())
        .env("GUNICORN_CMD_ARGS", format!("--bind 127.0.0.1:{port}"))
        .env("DODO_PAYMENTS_BASE_URL", format!("http://127.0.0.1:{dodo}"))
        .env("DODO_PAYMENTS_API_KEY", "key")
        .env("APP_URL", "http://127.0.0.1");
    let process = children.start("bench-peer", &mut server)?;
    children.wait_until("its start", START_LIMIT, || status(port, "/api/upsell/nobody") == Some(200))?;
    let origin = format!("http://127.0.0.1:{port}");
    wrk(
        &format!("{origin}/api/upsell/cus_{}", customers - 1),
        None,
        Amount { seconds: WARM_UP_SECONDS, ..amount },
    )?;
    let script = folder.join("accept.lua");
    let (url, script) =
        if accepts { (origin, Some(script.as_path())) } else { (format!("{origin}/api/upsell/cus_0"), None) };
    loaded(name, request, process, || wrk(&url, script, amount))
}

/// Measures a process around a load.
pub(super) fn loaded(
    server: &'static str,
    request: &'static str,
    process: u32,
    load: impl FnOnce() -> Result<Load>,
) -> Result<Row> {
    let before = Usage::of(process)?;
    let load = load()?;
    let after = Usage::of(process)?;
    let per_core_second = load.answered / (after.cpu_seconds - before.cpu_seconds);
    Ok(Row { server, request, per_core_second, load, idle_mb: before.memory_mb, loaded_mb: after.memory_mb })
}

/// `wrk` as the harness runs it.
pub(super) fn wrk(url: &str, script: Option<&Path>, amount: Amount) -> Result<Load> {
    let threads = THREADS.to_string();
    let mut wrk: Command = command("wrk", &["--latency", "--threads", &threads, "--timeout", "10s"]);
    wrk.arg("--connections")
        .arg(amount.connections.to_string())
        .arg("--duration")
        .arg(format!("{}s", amount.seconds));
    wrk.env("CUSTOMERS_PER_THREAD", (CUSTOMERS / THREADS).to_string());
    if let Some(script) = script {
        wrk.arg("--script").arg(script);
    }
    read(&output(wrk.arg(url))?).context("what wrk printed")
}

fn read(printed: &str) -> Result<Load> {
    let after = |label: &str| {
        let line = printed.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(|rest| rest.trim().split([' ', ',']).next().unwrap_or_default().to_owned())
    };
    let unanswered = printed.lines().find_map(|line| line.trim().strip_prefix("Socket errors:"));
    let unanswered: u64 = unanswered
        .map(|rest| rest.split(',').filter_map(|part| part.split(' ').next_back()?.parse::<u64>().ok()).sum())
        .unwrap_or_default();
    let refused: u64 = after("Non-2xx or 3xx responses:").map_or(Ok(0), |count| count.parse())?;
    let answered = printed.lines().find_map(|line| line.split_once(" requests in ")).context("no count")?.0;
    Ok(Load {
        answered: answered.trim().parse()?,
        per_second: after("Requests/sec:").context("no rate")?.parse()?,
        p50_ms: milliseconds(&after("50%").context("no median")?)?,
        p99_ms: milliseconds(&after("99%").context("no p99")?)?,
        failed: unanswered + refused,
    })
}

/// `wrk` writes `950.00us`, `12.34ms` or `1.20s`.
fn milliseconds(text: &str) -> Result<f64> {
    if let Some(number) = text.strip_suffix("us") {
        return Ok(number.parse::<f64>()? / 1000.0);
    }
    if let Some(number) = text.strip_suffix("ms") {
        return Ok(number.parse()?);
    }
    Ok(text.strip_suffix('s').context("a time without a unit")?.parse::<f64>()? * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_read() {
        let printed = "Running 5s test @ http://127.0.0.1\n  Latency Distribution\n     50%  950.00us\n     75%    2.00ms\n     \
            99%    1.20s \n  7000 requests in 5.00s, 3.10MB read\n  Socket errors: connect 0, read 1, write 0, timeout 2\n  \
            Non-2xx or 3xx responses: 4\nRequests/sec:   1400.50\nTransfer/sec:    634.52KB\n";
        let expected = Load { answered: 7000.0, per_second: 1400.5, p50_ms: 0.95, p99_ms: 1200.0, failed: 7 };
        assert_eq!(read(printed).unwrap(), expected);
        assert!(read("unable to connect").is_err());
    }
}
