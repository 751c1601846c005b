//! What a request costs when the database is large: `cargo xtask load`.
//!
//! 1. A stand-in for Dodo answers after a fixed think time, in this process; the server is the release program.
//! 2. Old purchases are written in bulk (`rows`), shaped like rows of the server's own.
//! 3. What is measured is written by the server itself: webhooks bring purchases, the server makes their offers ready,
//!    pages ask for them, and each is accepted once.
//! 4. Everything runs on one machine, so that a figure holds for server, database, generator and stand-in together.

mod http;
mod measure;
mod program;
mod rows;
mod stand_in;
mod waits;

use anyhow::{Context, Result};
use clap::Args;
use program::Program;
use rows::Rows;
use std::path::PathBuf;
use waits::Waits;

/// What to fill and how to ask.
#[derive(Args, Clone, Debug)]
pub(crate) struct Wish {
    /// The server's program.
    #[arg(long)]
    program: PathBuf,
    /// An empty database: `sqlite://…` or `postgres://…`.
    #[arg(long)]
    database_url: String,
    /// Purchases in the database, one measurement each.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000,1000000,10000000")]
    sizes: Vec<u64>,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long offers are asked for, seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Fresh purchases of each measurement; each is asked for and accepted.
    #[arg(long, default_value_t = 4_000)]
    fresh: usize,
    /// How long the stand-in for Dodo takes to answer, milliseconds.
    #[arg(long, default_value_t = 15)]
    think_ms: u64,
}

/// One line of the table.
struct Line {
    purchases: u64,
    offers: Waits,
    accepts: Waits,
    webhooks: Waits,
    at_rest_mib: f64,
    loaded_mib: f64,
    database_mib: f64,
}

/// Measures at every size, and prints a table.
pub(crate) async fn growth(wish: &Wish) -> Result<()> {
    let dodo = stand_in::start(wish.think_ms).await?;
    let mut lines = Vec::new();
    for purchases in &wish.sizes {
        // The first start makes the tables.
        Program::start(wish, dodo).await?.stop().await?;
        let rows = Rows::open(&wish.database_url).await?;
        rows.fill(*purchases).await.context("filling")?;
        let line = measure::measure(wish, dodo, *purchases, &rows).await?;
        eprintln!("{}", row(&line));
        lines.push(line);
    }
    println!("{HEAD}");
    for line in &lines {
        println!("{}", row(line));
    }
    if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
        let growth = last.offers.percentile(99).as_secs_f64() / first.offers.percentile(99).as_secs_f64();
        println!(
            "\nGET offer, p99: {growth:.2} times as long at {} as at {}",
            last.purchases, first.purchases
        );
    }
    Ok(())
}

const HEAD: &str = "\
| purchases | GET/s | p50 ms | p99 ms | CPU µs | accepts/s | p50 ms | p99 ms | CPU µs | webhooks/s | p50 ms | p99 ms | MiB at rest | loaded | database MiB |
|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

fn row(line: &Line) -> String {
    let Line { purchases, offers, accepts, webhooks, at_rest_mib, loaded_mib, database_mib } = line;
    let ms = |waits: &Waits, percent| waits.percentile(percent).as_secs_f64() * 1_000.0;
    format!(
        "| {purchases} | {:.0} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} | {:.1} | {at_rest_mib:.0} | {loaded_mib:.0} | {database_mib:.0} |",
        offers.per_second(),
        ms(offers, 50),
        ms(offers, 99),
        offers.server_micros(),
        accepts.per_second(),
        ms(accepts, 50),
        ms(accepts, 99),
        accepts.server_micros(),
        webhooks.per_second(),
        ms(webhooks, 50),
        ms(webhooks, 99),
    )
}
