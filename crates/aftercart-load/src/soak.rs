//! The run: shoppers while Dodo misbehaves, then quiet, then the books.

use crate::Wish;
use crate::books::{Entry, Reader};
use crate::dodo::Dodo;
use crate::plan::Plan;
use crate::process::{Vitals, leaks, look};
use crate::shop::Shop;
use crate::shopper::Street;
use crate::tally::Tally;
use crate::verdict::{Payment, Verdict, judge};
use anyhow::{Result, ensure};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

/// How long after the last shopper everything may take to be settled and told.
const SETTLING: Duration = Duration::from_mins(3);
const SETTLING_LOOK_EVERY: Duration = Duration::from_secs(2);
const MINUTE: Duration = Duration::from_mins(1);
/// So many of each kind of finding are printed.
const SHOWN: usize = 10;

/// Runs it all and prints what was seen. True when nothing is wrong.
pub(crate) async fn soak(wish: &Wish) -> Result<bool> {
    ensure!(wish.minutes > 0.0 && wish.minutes <= 10_000.0, "--minutes is more than 0 and at most 10000");
    ensure!((1..=1000).contains(&wish.connections), "--connections is 1 to 1000");
    ensure!(wish.rate > 0.0 && wish.rate <= 10_000.0, "--rate is more than 0 and at most 10000");
    ensure!(wish.faults <= 50, "--faults is at most 50 of 100");
    let tally = Arc::new(Tally::new());
    let shop = Shop::new(&wish.server, &wish.origin, Arc::clone(&tally))?;
    let street = Arc::new(Street::new(shop, Dodo::new(&wish.sandbox)?, Arc::clone(&tally)));
    let database = Reader::open(&wish.database_url).await?;

    let start = look(wish.server_pid)?;
    println!("soak: start: {}", used(start, database.size_mib().await?));
    // A fresh shop has sold something already, and told nobody.
    let earlier: BTreeSet<String> =
        ledger(&street.dodo).await?.into_iter().map(|payment| payment.id).collect();
    street.dodo.misbehave(wish.faults).await?;
    let until = Instant::now() + Duration::from_secs_f64(wish.minutes * 60.0);
    let mut shoppers = shoppers(wish, &street, until);
    let samples = watch(wish, &tally, &database, until).await?;
    while shoppers.join_next().await.is_some() {}
    street.dodo.behave().await?;
    println!("soak: the whole run: {}", used(look(wish.server_pid)?, database.size_mib().await?));
    let whole = tally.whole();
    print!("{}", whole.report());

    let (verdict, waited) = settled(&street, &database, &earlier).await?;
    println!(
        "soak: settled {:.0} s after the last shopper: {}",
        waited.as_secs_f64(),
        states(&database).await?
    );
    let leaks = leaks(&samples);
    let (troubles, words) = tally.troubles();
    for (kind, findings) in [
        ("double charge", &verdict.double),
        ("lost", &verdict.lost),
        ("untrue", &verdict.untrue),
        ("leak", &leaks),
        ("trouble", &words),
    ] {
        findings.iter().take(SHOWN).for_each(|finding| println!("  {kind}: {finding}"));
    }
    println!(
        "soak: {} double charges, {} lost, {} purchases, {} untrue words, {troubles} troubles, {} leaks",
        verdict.double.len(),
        verdict.lost.len(),
        whole.purchases(),
        verdict.untrue.len(),
        leaks.len(),
    );
    Ok(verdict.is_good() && leaks.is_empty() && troubles == 0 && whole.purchases() > 0)
}

/// Starts the shoppers. The load is open: a purchase is due at its time, so a slow server is not spared.
fn shoppers(wish: &Wish, street: &Arc<Street>, until: Instant) -> JoinSet<()> {
    let (next, began) = (Arc::new(AtomicU32::new(0)), Instant::now());
    let mut shoppers = JoinSet::new();
    for seed in 0..wish.connections {
        let (street, next, rate) = (Arc::clone(street), Arc::clone(&next), wish.rate);
        shoppers.spawn(async move {
            let mut random = Rng::with_seed(seed.into());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = began + Duration::from_secs_f64(f64::from(number) / rate);
                if due.max(Instant::now()) >= until {
                    return;
                }
                sleep_until(due).await;
                if let Err(error) = street.visit(&Plan::draw(&mut random)).await {
                    street.tally.trouble(format!("sandbox: {error:#}"));
                }
            }
        });
    }
    shoppers
}

/// Looks at the server every second and reports every minute.
async fn watch(wish: &Wish, tally: &Tally, database: &Reader, until: Instant) -> Result<Vec<Vitals>> {
    let mut samples = Vec::new();
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut minute, mut reported) = (0, Instant::now());
    while Instant::now() < until {
        ticks.tick().await;
        let vitals = look(wish.server_pid)?;
        samples.push(vitals);
        if reported.elapsed() >= MINUTE {
            (minute, reported) = (minute + 1, reported + MINUTE);
            println!("soak: minute {minute}: {}", used(vitals, database.size_mib().await?));
            print!("{}", tally.end_period().report());
        }
    }
    Ok(samples)
}

/// Waits until nothing but shoppers is waited for and the books agree with the ledger, or patience ends.
async fn settled(
    street: &Street,
    database: &Reader,
    earlier: &BTreeSet<String>,
) -> Result<(Verdict, Duration)> {
    let began = Instant::now();
    loop {
        let is_late = began.elapsed() > SETTLING;
        if is_late || database.open_attempts().await? == 0 {
            let mut ledger = ledger(&street.dodo).await?;
            ledger.retain(|payment| !earlier.contains(&payment.id));
            let verdict = judge(&ledger, &database.read().await?, &street.told_paid());
            if is_late || verdict.is_good() {
                return Ok((verdict, began.elapsed()));
            }
        }
        sleep(SETTLING_LOOK_EVERY).await;
    }
}

async fn ledger(dodo: &Dodo) -> Result<Vec<Payment>> {
    dodo.ledger().await?.iter().map(Payment::read).collect()
}

/// How many attempts and checkouts ended how.
async fn states(database: &Reader) -> Result<String> {
    let books = database.read().await?;
    let count = |what: &str, entries: &[Entry]| {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in entries {
            *counts.entry(&entry.state).or_default() += 1;
        }
        let counts: Vec<String> =
            counts.into_iter().map(|(state, count)| format!("{count} {state}")).collect();
        format!("{} {what} ({})", entries.len(), counts.join(", "))
    };
    let refunds = books.refunds.len();
    Ok(format!(
        "{}, {}, {refunds} refunds",
        count("attempts", &books.attempts),
        count("checkouts", &books.checkouts)
    ))
}

fn used(vitals: Vitals, database_mib: f64) -> String {
    let Vitals { resident_mib, descriptors } = vitals;
    format!("memory {resident_mib:.1} MiB, {descriptors:.0} descriptors, database {database_mib:.1} MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercart_contract::WebUrl;
    use aftercart_server::{Config, Dodo as DodoConfig, Secret, Server, TokenKeys};
    use base64::Engine as _;
    use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, Sandbox, SandboxConfig};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_few_seconds_of_shopping_leave_the_books_right() {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let dodo = DodoConfig {
            base_url: WebUrl::new(sandbox.url()).unwrap(),
            api_key: Secret::new(DEFAULT_API_KEY),
            webhook_key: Secret::new(DEFAULT_WEBHOOK_SECRET),
            timeout: Duration::from_secs(20),
        };
        let offers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop/offers.toml");
        let key = base64::engine::general_purpose::STANDARD.encode([7; 32]);
        let mut config = Config::new(offers, dodo, TokenKeys::parse(&format!("test:{key}")).unwrap());
        config.database_url = format!("sqlite://{}", directory.path().join("soak.db").display());
        config.allowed_origins = vec!["http://127.0.0.1:8080".to_owned()];
        config.success_url = Some(WebUrl::new("http://127.0.0.1:8080/".to_owned()).unwrap());
        config.unseen = Duration::from_secs(3);
        config.limits.requests_per_minute_per_address = 0;
        let database_url = config.database_url.clone();
        let server = Server::start(config).await.unwrap();
        sandbox.set_webhook_url(Some(format!("{}/webhooks/dodo", server.url())));
        let wish = Wish {
            server: server.url(),
            server_pid: std::process::id(),
            database_url,
            sandbox: sandbox.url(),
            origin: "http://127.0.0.1:8080".to_owned(),
            minutes: 0.05,
            connections: 16,
            rate: 10.0,
            faults: 5,
        };
        assert!(soak(&wish).await.unwrap());
    }
}
