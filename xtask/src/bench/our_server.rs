//! Our release server under the same load, in front of the local Dodo, which thinks as long as the harness's fake one.
//!
//! It is not given less to do: every accept is a purchase of its own that a signed webhook told of, with its own token and
//! key, claimed durably in SQLite before Dodo is asked. The peers keep their customers in memory.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::servers::{Amount, Row, THINK_MS, THREADS, WARM_UP_SECONDS, loaded, wrk};
use crate::children::Children;
use crate::http::{Connection, status};
use crate::ports::free_port;
use crate::preview_config::{API_KEY, WEBHOOK_KEY};
use crate::project::{cargo, command, root, run, say, target};

const NAME: &str = "Aftercart, SQLite";
const START_LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);
/// The page that every shopper is on.
const PAGE: &str = "http://127.0.0.1:8080";
/// Purchases prepared for each second of accepts; twice as many, and so on, where that was not enough.
const ACCEPTS_A_SECOND: u32 = 1_200;
/// Shoppers who arrive at once while a measurement is prepared.
const HANDS: usize = 8;

/// Sends one line of the file after the other, on every thread another part of them.
const ACCEPT: &str = r#"
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
function init()
  requests, at = {}, 0
  local index = 0
  for line in io.lines("FILE") do
    index = index + 1
    if index % THREADS == number then requests[#requests + 1] = line end
  end
end
function request()
  at = at % #requests + 1
  local payment, body = requests[at]:match("^(%S+) (.*)$")
  local headers = { ["Content-Type"] = "application/json", ["Origin"] = "ORIGIN", ["Idempotency-Key"] = "bench-" .. payment }
  return wrk.format("POST", "/api/upsell/" .. payment .. "/accept", headers, body)
end
"#;

/// Offers as JSON and, where the server paints them, as HTML; and accepts.
pub(super) fn measure(amount: Amount) -> Result<Vec<Row>> {
    say("building server and local Dodo for release");
    let packages = ["--package=aftercart-server", "--package=dodo-sandbox"];
    run(cargo(&["build", "--quiet", "--release", "--bins"]).args(packages))?;
    let mut rows = Vec::new();
    rows.extend(offers("GET offer", "application/json", amount)?);
    rows.extend(offers("GET offer as HTML", "text/html", amount)?);
    let mut accepts = amount.seconds * ACCEPTS_A_SECOND;
    loop {
        let row = accepted(accepts, amount)?;
        if row.load.answered < f64::from(accepts) {
            rows.push(row);
            return Ok(rows);
        }
        accepts *= 2;
    }
}

/// One shopper's offer, again and again; nothing where the server does not answer in this form.
fn offers(request: &'static str, form: &str, amount: Amount) -> Result<Option<Row>> {
    let shop = Shop::open()?;
    let mut arrived = shop.arrivals(1)?;
    shop.let_dodo_think()?;
    let (payment, _) = arrived.pop().context("a purchase")?;
    let path = format!("/api/upsell/{payment}?locale=en");
    let is_page = Connection::open(shop.server)?.get(&path, form)?.trim_start().starts_with('<');
    if is_page != (form == "text/html") {
        return Ok(None);
    }
    say(&format!("{NAME}: {request}"));
    let url = format!("http://127.0.0.1:{}{path}", shop.server);
    let script = shop.home.join("offer.lua");
    fs::write(&script, format!("wrk.headers[\"Accept\"] = \"{form}\"\n"))?;
    wrk(&url, Some(&script), Amount { seconds: WARM_UP_SECONDS, ..amount })?;
    loaded(NAME, request, shop.process, || wrk(&url, Some(&script), amount)).map(Some)
}

/// So many accepts, each another shopper's. A load that answers more has sent some twice and does not count.
fn accepted(count: u32, amount: Amount) -> Result<Row> {
    let shop = Shop::open()?;
    say(&format!("{NAME}: POST accept, {count} purchases before"));
    let mut lines = String::new();
    for (payment, offer) in shop.arrivals(usize::try_from(count)?)? {
        let method = offer.pointer("/payment_methods/0/ref");
        let body = json!({ "offer_id": offer.get("offer_id"), "token": offer.get("token"), "payment_method": method });
        let _ = writeln!(lines, "{payment} {body}");
    }
    shop.let_dodo_think()?;
    let (file, script) = (shop.home.join("accepts"), shop.home.join("accept.lua"));
    fs::write(&file, lines)?;
    let text = ACCEPT.replace("FILE", &file.display().to_string()).replace("ORIGIN", PAGE);
    fs::write(&script, text.replace("THREADS", &THREADS.to_string()))?;
    let url = format!("http://127.0.0.1:{}", shop.server);
    loaded(NAME, "POST accept", shop.process, || wrk(&url, Some(&script), amount))
}

/// Server and local Dodo of one measurement, on a new database.
struct Shop {
    sandbox: u16,
    server: u16,
    process: u32,
    home: PathBuf,
    // Stops both.
    _children: Children,
}

impl Shop {
    fn open() -> Result<Self> {
        let home = target().join("bench/server");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home)?;
        let mut children = Children::new()?;
        let (sandbox, server) = (free_port(0)?, free_port(0)?);
        let mut dodo =
            command(target().join("release/dodo-sandbox"), &["serve", "--port", &sandbox.to_string()]);
        dodo.arg("--webhook-url").arg(format!("http://127.0.0.1:{server}/webhooks/dodo"));
        children.start("bench-sandbox", &mut dodo)?;
        children.wait_until("the sandbox's start", START_LIMIT, || {
            status(sandbox, "/_sandbox/info") == Some(200)
        })?;
        let config = format!(
            "offers = {:?}\nallowed_origins = [{PAGE:?}]\nsuccess_url = \"{PAGE}/\"\n[limits]\n\
             requests_per_minute_per_address = 0\nrequests_per_minute_per_subject = 0\n\
             [dodo]\nbase_url = \"http://127.0.0.1:{sandbox}\"\n",
            root().join("examples/shop/offers.toml").display().to_string(),
        );
        let file = home.join("aftercart.toml");
        fs::write(&file, config)?;
        let mut program = command(target().join("release/aftercart-server"), &["serve", "--config"]);
        program
            .arg(file)
            .env("RUST_LOG", "warn")
            .env("AFTERCART_LISTEN", format!("127.0.0.1:{server}"))
            .env("AFTERCART_DATABASE_URL", format!("sqlite://{}", home.join("aftercart.db").display()))
            .env("AFTERCART_TOKEN_KEYS", format!("bench:{}", STANDARD.encode([1; 32])))
            .env("DODO_PAYMENTS_API_KEY", API_KEY)
            .env("DODO_PAYMENTS_WEBHOOK_KEY", WEBHOOK_KEY);
        let process = children.start("bench-server", &mut program)?;
        children.wait_until("the server's start", START_LIMIT, || status(server, "/healthz") == Some(200))?;
        Ok(Self { sandbox, server, process, home, _children: children })
    }

    /// From now on every call to Dodo takes as long as one to the harness's.
    fn let_dodo_think(&self) -> Result<()> {
        let slow = json!({ "chance": 1000, "fault": { "kind": "slow", "ms": THINK_MS } });
        Connection::open(self.sandbox)?.post("/_sandbox/faults", &slow).map(drop)
    }

    /// So many shoppers who have just paid, and the offer that each of them sees.
    fn arrivals(&self, count: usize) -> Result<Vec<(String, Value)>> {
        thread::scope(|scope| {
            let hands: Vec<_> = (0..HANDS)
                .map(|hand| {
                    scope.spawn(move || (hand..count).step_by(HANDS).map(|_| self.arrival()).collect())
                })
                .collect();
            let mut all = Vec::new();
            for hand in hands {
                let arrived: Result<Vec<_>> = hand.join().map_err(|_| anyhow!("a shopper was lost"))?;
                all.extend(arrived?);
            }
            Ok(all)
        })
    }

    fn arrival(&self) -> Result<(String, Value)> {
        let mut dodo = Connection::open(self.sandbox)?;
        let customer: Value =
            serde_json::from_str(&dodo.post("/_sandbox/customers", &json!({ "scenario": "paid" }))?)?;
        let bought = json!({ "customer_id": customer.get("customer_id"), "product_id": "pdt_presets" });
        let payment: Value = serde_json::from_str(&dodo.post("/_sandbox/purchases", &bought)?)?;
        let payment = payment.get("payment_id").and_then(Value::as_str).context("a purchase has an id")?;
        let mut server = Connection::open(self.server)?;
        let (began, path) = (Instant::now(), format!("/api/upsell/{payment}?locale=en"));
        loop {
            let offer: Value = serde_json::from_str(&server.get(&path, "application/json")?)?;
            if offer.get("eligible") == Some(&Value::Bool(true)) {
                return Ok((payment.to_owned(), offer));
            }
            // Until the webhook is there.
            ensure!(began.elapsed() < START_LIMIT, "no offer for {payment}: {offer}");
            thread::sleep(PAUSE);
        }
    }
}
