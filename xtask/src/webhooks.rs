//! How long Dodo waits for a 2xx: signed webhooks at a steady rate against the release server.
//!
//! The load is open: a webhook is due at its time whether or not earlier ones were answered, and its wait counts from
//! then, so a server that falls behind cannot hide it. Every webhook is a purchase of its own that the server keeps.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::children::Children;
use crate::http::status;
use crate::ports::free_port;
use crate::project::{cargo, command, root, run, say, target};

/// The longest that 99 of 100 webhooks may wait for their 2xx.
const BAR: Duration = Duration::from_millis(50);
/// Connections; more than can be waiting while the server keeps up.
const CONNECTIONS: usize = 64;
const START_LIMIT: Duration = Duration::from_mins(1);
/// Dodo gives up after 15 seconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);
const SECRET: &[u8] = b"a secret for this one measurement";

/// What to send where.
#[derive(Debug, PartialEq)]
pub(crate) struct Wish {
    rate: u32,
    seconds: u32,
    database_url: Option<String>,
}

/// Reads `--rate N`, `--seconds N`, `--database-url URL`.
pub(crate) fn wish(words: &[&str]) -> Result<Wish> {
    let mut wish = Wish { rate: 200, seconds: 30, database_url: None };
    for pair in words.chunks(2) {
        match pair {
            ["--rate", rate] => wish.rate = rate.parse()?,
            ["--seconds", seconds] => wish.seconds = seconds.parse()?,
            ["--database-url", url] => wish.database_url = Some((*url).to_owned()),
            other => bail!("unknown: webhooks {}", other.join(" ")),
        }
    }
    ensure!((1..=10_000).contains(&wish.rate), "--rate is 1 to 10000 a second");
    ensure!((1..=3600).contains(&wish.seconds), "--seconds is 1 to 3600");
    Ok(wish)
}

/// Starts the release server, sends, prints the waits; fails when a webhook is lost or the bar is missed.
pub(crate) fn webhooks(wish: &Wish) -> Result<()> {
    say("building the release server");
    run(&mut cargo(&["build", "--quiet", "--release", "--package=aftercart-server"]))?;
    let mut children = Children::new()?;
    let port = free_port(0)?;
    start_server(&mut children, port, wish)?;
    let body = fs::read_to_string(root().join("fixtures/dodo/webhook_payment_succeeded.json"))?;
    let event: serde_json::Value = serde_json::from_str(&body).context("the fixture of a webhook")?;
    say(&format!("{} a second for {} s", wish.rate, wish.seconds));
    let waits = load(wish, port, &event);
    drop(children);
    report(wish, waits)
}

fn start_server(children: &mut Children, port: u16, wish: &Wish) -> Result<()> {
    let folder = target().join("webhooks");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let own = format!("sqlite://{}", folder.join("aftercart.db").display());
    let program = target().join("release/aftercart-server");
    let mut server = command(program, &["serve", "--config", "examples/shop/aftercart.toml"]);
    server
        .env("AFTERCART_LISTEN", format!("127.0.0.1:{port}"))
        .env("AFTERCART_DATABASE_URL", wish.database_url.as_ref().unwrap_or(&own))
        .env("AFTERCART_TOKEN_KEYS", format!("k1:{}", STANDARD.encode([1; 32])))
        .env("DODO_PAYMENTS_API_KEY", "dodo_test_webhooks")
        .env("DODO_PAYMENTS_WEBHOOK_KEY", format!("whsec_{}", STANDARD.encode(SECRET)));
    children.start("webhooks-backend", &mut server)?;
    children.wait_until("the server's start", START_LIMIT, || status(port, "/healthz") == Some(200))
}

/// One webhook's wait for its 2xx, or why there was none.
type Wait = Result<Duration>;

/// Sends everything when it is due, on as many connections as it takes.
fn load(wish: &Wish, port: u16, event: &serde_json::Value) -> Vec<Wait> {
    let count = usize::try_from(u64::from(wish.rate) * u64::from(wish.seconds)).unwrap_or(usize::MAX);
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let due = |number: usize| {
        began
            + Duration::from_secs(1)
                .mul_f64(f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / f64::from(wish.rate))
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let (mut waits, mut connection) = (Vec::new(), None);
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return waits;
                        }
                        thread::sleep(due(number).saturating_duration_since(Instant::now()));
                        let sent = send(&mut connection, port, number, event.clone());
                        if sent.is_err() {
                            connection = None;
                        }
                        waits.push(sent.map(|()| due(number).elapsed()));
                    }
                })
            })
            .collect();
        senders.into_iter().flat_map(|sender| sender.join().unwrap_or_default()).collect()
    })
}

/// Sends one purchase's webhook and waits for its 2xx.
fn send(
    connection: &mut Option<BufReader<TcpStream>>,
    port: u16,
    number: usize,
    mut event: serde_json::Value,
) -> Result<()> {
    if let Some(data) = event.get_mut("data").and_then(serde_json::Value::as_object_mut) {
        data.insert("payment_id".to_owned(), format!("pay_webhooks{number}").into());
    }
    let (id, body) = (format!("msg_webhooks{number}"), event.to_string());
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request = format!(
        "POST /webhooks/dodo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         webhook-id: {id}\r\nwebhook-timestamp: {seconds}\r\nwebhook-signature: {}\r\nContent-Length: {}\r\n\r\n{body}",
        signature(&format!("{id}.{seconds}.{body}"))?,
        body.len(),
    );
    if connection.is_none() {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        *connection = Some(BufReader::new(stream));
    }
    let stream = connection.as_mut().context("a connection")?;
    stream.get_mut().write_all(request.as_bytes())?;
    read_answer(stream)
}

/// Reads a whole answer, so that the next request may follow on the connection.
fn read_answer(stream: &mut BufReader<TcpStream>) -> Result<()> {
    let (mut head, mut length) = (String::new(), 0);
    stream.read_line(&mut head)?;
    loop {
        let mut line = String::new();
        ensure!(stream.read_line(&mut line)? > 0, "the answer ended early");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let code = head.split(' ').nth(1).unwrap_or_default();
    ensure!(code.starts_with('2'), "{} {}", head.trim(), String::from_utf8_lossy(&body));
    Ok(())
}

fn signature(signed: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET)?;
    mac.update(signed.as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

fn report(wish: &Wish, waits: Vec<Wait>) -> Result<()> {
    let (answered, lost): (Vec<Wait>, Vec<Wait>) = waits.into_iter().partition(Result::is_ok);
    let mut answered: Vec<Duration> = answered.into_iter().flatten().collect();
    answered.sort();
    let (half, most) = (at(&answered, 50), at(&answered, 99));
    println!(
        "webhooks: {} a second for {} s: {} with 2xx, {} without; p50 {half:.1?}, p99 {most:.1?}, max {:.1?}",
        wish.rate,
        wish.seconds,
        answered.len(),
        lost.len(),
        at(&answered, 100),
    );
    if let Some(error) = lost.into_iter().find_map(Result::err) {
        return Err(error.context("a webhook without a 2xx"));
    }
    ensure!(most <= BAR, "p99 is above {BAR:?}");
    Ok(())
}

/// The wait that so many of a hundred do not exceed.
fn at(sorted: &[Duration], of_hundred: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * of_hundred / 100).min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nonsense_is_refused() {
        let expected = Wish { rate: 50, seconds: 5, database_url: Some("postgres://x".to_owned()) };
        assert_eq!(
            wish(&["--rate", "50", "--seconds", "5", "--database-url", "postgres://x"]).unwrap(),
            expected
        );
        for bad in [&["--rate"][..], &["--rate", "0"], &["--seconds", "x"], &["--slow", "1"]] {
            assert!(wish(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_percentile_is_a_wait_that_was_measured() {
        let waits: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(at(&waits, 50), Duration::from_millis(101));
        assert_eq!(at(&waits, 99), Duration::from_millis(199));
        assert_eq!(at(&waits, 100), Duration::from_millis(200));
        assert_eq!(at(&[], 99), Duration::ZERO);
    }
}
