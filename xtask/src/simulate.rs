//! Seeded histories of purchases with faults at every hop: see `crates/aftercart-simulation`.

use anyhow::{Context, Result, bail};

use crate::project::{cargo, output, run, say};

/// What `cargo xtask test` plays.
const HISTORIES: &str = "20000";
/// In so many histories each planted fault must be seen.
const MUTATION_HISTORIES: &str = "1000";
const PLANTED: [&str; 8] = [
    "no-claim",
    "resend",
    "trust-200",
    "resend-change",
    "trust-change",
    "old-price",
    "no-window",
    "empty-undo",
];
/// One of each kind: a plan changed at once, one planned and called off, a sequence, a quantity, a trigger, an offer, and
/// one taken back.
const REPLAYED: [&str; 7] = ["1", "137", "38", "58", "7", "41", "199"];

/// Plays histories with these arguments of the simulation; fails when one goes wrong.
pub(crate) fn simulate(arguments: &[&str]) -> Result<()> {
    run(program().args(["--"]).args(arguments))
}

/// The histories of the test suite, one of them twice, and each planted fault.
pub(crate) fn check() -> Result<()> {
    simulate(&["--histories", HISTORIES])?;
    replays_exactly()?;
    for broken in PLANTED {
        say(&format!("a planted fault, {broken}, must be seen"));
        if simulate(&["--histories", MUTATION_HISTORIES, "--break", broken]).is_ok() {
            bail!("the simulation does not see the fault {broken} in {MUTATION_HISTORIES} histories");
        }
    }
    Ok(())
}

/// The same seed gives the same history, message by message.
fn replays_exactly() -> Result<()> {
    for seed in REPLAYED {
        let play = || {
            let mut once = program();
            output(once.args(["--", "--histories", "1", "--trace", "--threads", "1", "--seed", seed]))
        };
        let story = |told: String| told.split("journey  ").next().unwrap_or_default().to_owned();
        let (once, again) = (story(play()?), story(play()?));
        let lines = once.lines().count();
        if once != again {
            bail!("seed {seed} gives two different histories");
        }
        lines.checked_sub(5).context("a history has more than five lines")?;
    }
    Ok(())
}

fn program() -> std::process::Command {
    cargo(&["run", "--quiet", "--release", "--package=aftercart-simulation"])
}
