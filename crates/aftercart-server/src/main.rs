//! `aftercart-server`: the merchant backend as one program.

#![allow(clippy::doc_markdown, reason = "doc comments are the help text of a terminal")]

use aftercart_contract::{CustomerId, PaymentId, Subject, WebUrl};
use aftercart_server::operator::{Operator, Resolution, STATES};
use aftercart_server::{Config, Server, doctor, doubtful_words, load_offers};
use anyhow::{Context, Result, anyhow, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Every request makes and drops some hundred small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Shows one more offer right after a purchase and charges it exactly once, through Dodo Payments.
///
/// Secrets come from the environment: DODO_PAYMENTS_API_KEY, DODO_PAYMENTS_WEBHOOK_KEY,
/// AFTERCART_TOKEN_KEYS and, to open the merchant's routes and the metrics over HTTP,
/// AFTERCART_MERCHANT_KEY and AFTERCART_METRICS_KEY.
#[derive(Parser)]
#[command(name = "aftercart-server", version, max_term_width = 100)]
struct Arguments {
    /// The configuration file; paths in it are relative to it.
    #[arg(long, short, global = true, env = "AFTERCART_CONFIG", default_value = "aftercart.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server until it is told to stop (Ctrl-C, SIGTERM); charges under way are finished.
    Serve {
        /// How to write logs; RUST_LOG chooses which (default: info).
        #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "AFTERCART_LOG_FORMAT")]
        log: LogFormat,
    },
    /// Checks the configuration and the offers, and names every mistake with its line.
    Check,
    /// Examines the running installation: Dodo's key and products, webhooks, database, clock, CORS,
    /// the widget's files, and the Content Security Policy of the page that shows offers.
    Doctor {
        /// A page that shows offers; the configured success_url if not given.
        #[arg(long)]
        page: Option<String>,
        /// Prints one JSON document instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Prints a token that lets a page see this customer's offers.
    Token {
        /// The Dodo customer, cus_…
        customer: String,
    },
    /// Says why a customer or purchase is shown what it is: every check of every offer.
    Explain {
        /// cus_… or pay_…
        subject: String,
        /// Prints one JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Shows what became of accepted offers, and takes an operator's word about one that is stuck.
    #[command(subcommand)]
    Attempts(Attempts),
    /// Shows what offers earn: how often each was shown, accepted, paid and declined.
    #[command(subcommand)]
    Offers(Offers),
    /// Shows what is given back because it was paid twice.
    #[command(subcommand)]
    Refunds(Refunds),
}

#[derive(Subcommand)]
enum Attempts {
    /// The newest accepted offers; those that a person should look at begin with "!".
    List {
        /// Only attempts in this state; may be repeated.
        #[arg(long, value_parser = PossibleValuesParser::new(STATES))]
        state: Vec<String>,
        #[command(flatten)]
        list: Listing,
    },
    /// Everything about one, with every fact that was learnt.
    Show {
        /// The attempt's id.
        id: String,
        /// Prints one JSON document instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// Says how one ended that Dodo does not tell us about. Dodo is asked once more, and wins.
    Resolve {
        /// The attempt's id.
        id: String,
        #[command(flatten)]
        how: How,
        /// How you know: 3 to 500 characters, kept with the attempt.
        #[arg(long)]
        reason: String,
        /// Prints one JSON document instead of tables.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Offers {
    /// Every offer of the file, and those that it had.
    List {
        /// How many days to look back.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        /// Prints one JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Refunds {
    /// The newest ones; those to be made by hand begin with "!".
    List {
        #[command(flatten)]
        list: Listing,
    },
}

#[derive(Args)]
struct Listing {
    /// How many rows at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Prints one JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// Nothing was charged: the shopper is offered a checkout when they ask again.
    #[arg(long)]
    uncharged: bool,
    /// This payment at Dodo, pay_…, is its charge.
    #[arg(long)]
    payment: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Serve { log } => serve(&arguments, *log).await,
        Command::Check => check(&arguments),
        Command::Doctor { page, json } => doctor(&arguments, page.as_deref(), *json).await,
        Command::Token { customer } => token(&arguments, customer),
        Command::Explain { subject, json } => explain(&arguments, subject, *json).await,
        Command::Attempts(what) => attempts(&arguments, what).await,
        Command::Offers(Offers::List { days, json }) => offers(&arguments, *days, *json).await,
        Command::Refunds(Refunds::List { list }) => refunds(&arguments, list).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(arguments: &Arguments, log: LogFormat) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    let config = config(arguments)?;
    for doubt in config.doubts() {
        tracing::warn!("{doubt}");
    }
    let server = Server::start(config).await?;
    println!("aftercart-server: {}/", server.url());
    until_told_to_stop().await?;
    server.stop().await;
    Ok(())
}

fn check(arguments: &Arguments) -> Result<()> {
    let config = Config::load(&arguments.config, &environment);
    let offers_path = match &config {
        Ok(config) => config.offers.clone(),
        // The usual place, so that one run names the mistakes of both files.
        Err(_) => arguments.config.with_file_name("offers.toml"),
    };
    let offers = load_offers(&offers_path);
    let complaints: Vec<_> =
        config.as_ref().err().into_iter().chain(offers.as_ref().err()).flatten().collect();
    if !complaints.is_empty() {
        for complaint in &complaints {
            eprintln!("{complaint}");
        }
        let count = complaints.len();
        bail!("{count} {} to correct", if count == 1 { "thing" } else { "things" });
    }
    for doubt in doubtful_words(&offers_path) {
        eprintln!("warning: {doubt}");
    }
    for doubt in config.iter().flat_map(Config::doubts) {
        eprintln!("warning: {}: {doubt}", arguments.config.display());
    }
    let count = offers.map(|offers| offers.len()).unwrap_or_default();
    say(&format!("{}: good\n{}: good, {count} offers\n", arguments.config.display(), offers_path.display()))
}

async fn doctor(arguments: &Arguments, page: Option<&str>, json: bool) -> Result<()> {
    let page = page.map(WebUrl::new).transpose().map_err(|error| anyhow!("--page: {error}"))?;
    let report = doctor::examine(&arguments.config, &environment, page.as_ref()).await;
    print(&report, json)?;
    if report.has_failed() {
        bail!("something does not work");
    }
    Ok(())
}

fn token(arguments: &Arguments, customer: &str) -> Result<()> {
    let customer = Some(customer).filter(|text| text.starts_with("cus_"));
    let customer = customer.context("a customer's id starts with cus_")?;
    let customer = CustomerId::new(customer).map_err(anyhow::Error::msg)?;
    let (token, _) = config(arguments)?.mint_subject_token(&customer, Timestamp::now());
    say(&format!("{token}\n"))
}

async fn explain(arguments: &Arguments, subject: &str, json: bool) -> Result<()> {
    let subject = Subject::parse(subject).map_err(anyhow::Error::msg)?;
    let operator = Operator::open_with_offers(config(arguments)?).await?;
    print(&operator.explain(&subject).await?, json)
}

async fn attempts(arguments: &Arguments, what: &Attempts) -> Result<()> {
    let operator = Operator::open(config(arguments)?).await?;
    match what {
        Attempts::List { state, list } => {
            let states: Vec<_> = state.iter().map(String::as_str).collect();
            print(&operator.attempts(&states, list.limit).await?, list.json)
        }
        Attempts::Show { id, json } => print(&operator.attempt(id).await?, *json),
        Attempts::Resolve { id, how, reason, json } => {
            let resolution = match &how.payment {
                Some(payment) => Resolution::Payment(PaymentId::new(payment).map_err(anyhow::Error::msg)?),
                None => Resolution::Uncharged,
            };
            print(&operator.resolve(id, &resolution, reason).await?, *json)
        }
    }
}

async fn offers(arguments: &Arguments, days: u32, json: bool) -> Result<()> {
    let operator = Operator::open_with_offers(config(arguments)?).await?;
    print(&operator.offers(days).await?, json)
}

async fn refunds(arguments: &Arguments, list: &Listing) -> Result<()> {
    let operator = Operator::open(config(arguments)?).await?;
    print(&operator.refunds(list.limit).await?, list.json)
}

/// For machines, or for people.
fn print(document: &(impl Serialize + Display), json: bool) -> Result<()> {
    say(&if json { serde_json::to_string_pretty(document)? + "\n" } else { document.to_string() })
}

/// Whoever reads only the first lines, such as `head`, is no failure.
fn say(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("standard output cannot be written to"),
    }
}

fn config(arguments: &Arguments) -> Result<Config> {
    Config::load(&arguments.config, &environment).map_err(|complaints| {
        let lines: Vec<_> = complaints.iter().map(ToString::to_string).collect();
        anyhow::Error::msg(lines.join("\n"))
    })
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn until_told_to_stop() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C cannot be listened for")?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
