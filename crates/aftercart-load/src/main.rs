//! Shoppers by the thousand against a running server and sandbox, and the books compared afterwards.
//!
//! The server, its database and the sandbox are real processes that somebody else started: `cargo xtask soak`.
//! Rooms: `plan` draws what a shopper will do and `shopper` does it, `shop` and `dodo` make the requests, `tally`
//! counts them, `process` reads what the server uses, `books` reads its database, `verdict` compares that with Dodo's
//! ledger, `soak` is the whole run. `growth` asks another question: what a request costs when the database is large.

mod books;
mod dodo;
mod growth;
mod plan;
mod process;
mod shop;
mod shopper;
mod soak;
mod tally;
mod verdict;

use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;

/// Shoppers against a running server.
#[derive(Parser)]
#[command(max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shops for minutes while Dodo misbehaves, then compares the database with Dodo's ledger.
    Soak(Wish),
    /// Fills a database with more and more purchases and measures what each request then costs.
    Growth(growth::Wish),
}

/// What to do to whom.
#[derive(Args, Clone, Debug)]
pub(crate) struct Wish {
    /// The server, without a slash at the end.
    #[arg(long)]
    server: String,
    /// Its process, whose memory is watched.
    #[arg(long)]
    server_pid: u32,
    /// Its database.
    #[arg(long)]
    database_url: String,
    /// The sandbox that stands in for Dodo.
    #[arg(long)]
    sandbox: String,
    /// The page that the shoppers are on.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    origin: String,
    /// How long.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Shoppers at the same time.
    #[arg(long, default_value_t = 64)]
    connections: u32,
    /// Purchases a second, as far as the shoppers keep up.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// How many of 100 calls to Dodo go wrong.
    #[arg(long, default_value_t = 2)]
    faults: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Soak(wish) => soak::soak(&wish).await,
        Command::Growth(wish) => growth::growth(&wish).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
