//! Plays seeded histories of purchases and their offers, and counts what must never happen.
//!
//! Everything that decides is the real code: the widget's model, the server's router and everything behind
//! it, the local Dodo's core. The network between them, the disks, the clocks and the shopper are ours, in
//! one process on tokio's paused clock, so that an hour costs nothing and a seed replays exactly. Rooms:
//! `journey` chooses what a history is about and `plan` what goes wrong, `world`, `notes` and `subscription` are
//! the shared state, `network`, `node` and `dodo` are the hops, `tab` is a page with the widget, `shopper` and
//! `clicks` the person in front of it, `merchant` the shop's own server, `history` plays one; `truth` judges what
//! a page says, `books` how everything ended, `ending` tells what it came to.

mod books;
mod clicks;
mod dodo;
mod ending;
mod history;
mod journey;
mod merchant;
mod network;
mod node;
mod notes;
mod plan;
mod report;
mod shopper;
mod subscription;
mod tab;
mod truth;
mod verdict;
mod world;

use clap::{Parser, ValueEnum};
use std::process::ExitCode;

/// Plays histories with faults at every hop and counts double charges, lost outcomes, untrue words and
/// stuck states. Exits with 1 if there is any.
#[derive(Parser)]
#[command(max_term_width = 100)]
pub(crate) struct Arguments {
    /// How many histories.
    #[arg(long, default_value_t = 1_000)]
    histories: u64,
    /// The first history's seed; the others count up from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plants a fault in our own code, to see that it is seen.
    #[arg(long = "break", value_enum)]
    broken: Option<Break>,
    /// Prints every step of each history.
    #[arg(long)]
    trace: bool,
    /// How many threads; each history stays on one.
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, std::num::NonZero::get))]
    threads: usize,
}

/// The faults that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Break {
    /// Nothing is claimed before the call to Dodo.
    NoClaim,
    /// A charge is sent again after a time-out, as payment SDKs do by default.
    Resend,
    /// A 200 answer counts as paid.
    #[value(name = "trust-200")]
    Trust200,
    /// A plan change is sent again after a lost answer.
    ResendChange,
    /// A 200 answer to a plan change counts as changed.
    TrustChange,
    /// An accept charges whatever the price is by then.
    OldPrice,
    /// What could be taken back is charged at once.
    NoWindow,
    /// What is taken back is only said to be.
    EmptyUndo,
}

fn main() -> ExitCode {
    match report::run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
