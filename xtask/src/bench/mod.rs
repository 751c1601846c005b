//! Our pages beside those of JavaScript frameworks, and our server beside Express and Flask, on this machine in one run.
//!
//! The peers, the pages' measurements and the peers' servers are those of a *harness* that this repository does not hold:
//! its folder is an argument. It is copied to `target/bench/harness` and built there. The rooms: `harness` runs it,
//! `candidates` makes our pages for it, `servers` loads servers with `wrk`, `figures` reads, `report` writes
//! `docs/performance.md`. See there how to get the figures.

mod candidates;
mod figures;
mod harness;
mod offer;
mod our_server;
mod report;
mod servers;
mod usage;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::project::say;

pub(crate) const HELP: &str = "\
cargo xtask bench --harness DIR [options]

  measures our pages and our server beside those of the harness in DIR, and writes docs/performance.md; takes about
  an hour and a half on two cores, and wants the machine for itself

  --check           only whether our pages pass the harness's functional checks: two minutes, no figures
  --quick           few rounds and seconds, to look; prints the report and writes it to target/bench/performance.md
  --pages           only pages        --servers   only servers; the other section stays as it is
  --rounds N        for each page and profile; the first does not count (15)
  --connections N   to every server at once (64)
";

/// How long to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Care {
    /// Only whether pages work.
    Check,
    /// A few rounds.
    Quick,
    /// What a report is made of.
    Whole,
}

/// What to measure.
#[derive(Debug, PartialEq)]
pub(crate) struct Wish {
    harness: PathBuf,
    care: Care,
    pages: bool,
    servers: bool,
    connections: u32,
    rounds: u32,
}

/// Reads the options above.
pub(crate) fn wish(words: &[&str]) -> Result<Wish> {
    let mut wish = Wish {
        harness: PathBuf::new(),
        care: Care::Whole,
        pages: true,
        servers: true,
        connections: 64,
        rounds: 15,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--harness" => wish.harness = words.next().context("--harness needs a folder")?.into(),
            "--connections" => {
                wish.connections = words.next().context("--connections needs a number")?.parse()?;
            }
            "--rounds" => wish.rounds = words.next().context("--rounds needs a number")?.parse()?,
            "--quick" => (wish.care, wish.rounds) = (Care::Quick, 4),
            "--check" => wish.care = Care::Check,
            "--pages" => wish.servers = false,
            "--servers" => wish.pages = false,
            other => bail!("unknown: bench {other}\n\n{HELP}"),
        }
    }
    ensure!(!wish.harness.as_os_str().is_empty(), "the harness is needed: --harness DIR\n\n{HELP}");
    ensure!(wish.pages || wish.servers, "--pages and --servers leave nothing to measure");
    ensure!((2..=10_000).contains(&wish.connections), "--connections is 2 to 10000");
    ensure!((2..=100).contains(&wish.rounds), "--rounds is 2 to 100");
    Ok(wish)
}

/// Measures what is wished and writes the report; fails, after that, when a page of ours does not pass the harness's
/// functional checks, because then it was not measured.
pub(crate) fn bench(wish: &Wish) -> Result<()> {
    let harness = harness::copy(&wish.harness)?;
    if wish.care == Care::Check {
        return harness.check(&candidates::write(harness.folder())?);
    }
    let pages = if wish.pages {
        Some(harness.measure(&candidates::write(harness.folder())?, wish.rounds)?)
    } else {
        None
    };
    let servers = if wish.servers { servers::measure(&harness, wish)? } else { Vec::new() };
    let text = report::text(pages.as_ref(), &servers, wish, &report::before(wish))?;
    let file = report::write(&text, wish)?;
    println!("{text}");
    say(&format!("written to {}", file.display()));
    let failures = pages.map(|pages| pages.failures_of_ours()).unwrap_or_default();
    ensure!(
        failures.is_empty(),
        "not measured, for the harness's functional checks failed:\n{}",
        failures.join("\n")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nonsense_is_refused() {
        let expected = Wish {
            harness: "h".into(),
            care: Care::Quick,
            pages: false,
            servers: true,
            connections: 128,
            rounds: 4,
        };
        assert_eq!(
            wish(&["--harness", "h", "--quick", "--servers", "--connections", "128"]).unwrap(),
            expected
        );
        for bad in [&[][..], &["--harness"], &["--harness", "h", "--pages", "--servers"], &["--fast"]] {
            assert!(wish(bad).is_err(), "{bad:?}");
        }
    }
}
