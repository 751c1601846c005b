//! Damaged documents against every reader of foreign data, for as long as asked.
//!
//! Each reader's test lives beside it and runs two seconds under plain `cargo test`; here it gets minutes and new
//! inputs. What breaks a rule is made small and kept in `fixtures/fuzz`, where every later run tries it first.

use anyhow::{Result, bail};

use crate::project::{cargo, run};

/// How long, which, and how many at once.
#[derive(Debug, PartialEq)]
pub(crate) struct Wish {
    minutes: f64,
    only: Option<String>,
    jobs: usize,
    seed: Option<u64>,
}

/// Where the readers' tests are: the arguments of `cargo test` up to the filter.
const PLACES: [&[&str]; 3] = [
    &["--package=aftercart-contract", "--test=fuzz"],
    &["--package=aftercart", "--test=fuzz"],
    &["--package=aftercart-server", "--lib"],
];

/// In the server the tests sit among others, each in a module of this name.
const MODULE: &str = "fuzz::";

/// Reads `--minutes N`, `--only PARSER`, `--jobs N`, `--seed N`.
pub(crate) fn wish(words: &[&str]) -> Result<Wish> {
    let mut wish = Wish { minutes: 1.0, only: None, jobs: 1, seed: None };
    for pair in words.chunks(2) {
        match pair {
            ["--minutes", minutes] => wish.minutes = minutes.parse()?,
            ["--only", parser] => wish.only = Some((*parser).to_owned()),
            ["--jobs", jobs] => wish.jobs = jobs.parse()?,
            ["--seed", seed] => wish.seed = Some(seed.parse()?),
            other => bail!("unknown: fuzz {}", other.join(" ")),
        }
    }
    if !(wish.minutes > 0.0 && wish.minutes <= 1e6 && wish.jobs > 0) {
        bail!("--minutes and --jobs are above 0");
    }
    Ok(wish)
}

/// Runs every reader's test, or those whose name contains `only`; goes on after a failure and fails at the end.
pub(crate) fn fuzz(wish: &Wish) -> Result<()> {
    let seconds = (wish.minutes * 60.0).ceil();
    let failed = PLACES.iter().filter(|place| run_place(wish, seconds, place).is_err()).count();
    if failed > 0 {
        bail!("a reader broke a rule: see above, and `git diff fixtures/fuzz`");
    }
    Ok(())
}

fn run_place(wish: &Wish, seconds: f64, place: &[&str]) -> Result<()> {
    let mut command = cargo(&["test", "--quiet", "--no-fail-fast"]);
    command.args(place).args(["--", "--nocapture"]).arg(format!("--test-threads={}", wish.jobs));
    command.args(filter(place, wish.only.as_deref()));
    command.env("AFTERCART_FUZZ_SECONDS", format!("{seconds}")).env("RUST_BACKTRACE", "0");
    if let Some(seed) = wish.seed {
        command.env("AFTERCART_FUZZ_SEED", seed.to_string());
    }
    run(&mut command)
}

/// The test names to run: a reader's test is the last part of its path.
fn filter(place: &[&str], only: Option<&str>) -> Option<String> {
    let module = place.contains(&"--lib").then_some(MODULE);
    match (module, only) {
        (None, None) => None,
        (Some(module), None) => Some(module.to_owned()),
        (module, Some(parser)) => Some(format!("{}{parser}", module.unwrap_or("::"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nonsense_is_refused() {
        let expected = Wish { minutes: 10.0, only: Some("web_url".to_owned()), jobs: 2, seed: Some(7) };
        let words = ["--minutes", "10", "--only", "web_url", "--jobs", "2", "--seed", "7"];
        assert_eq!(wish(&words).unwrap(), expected);
        for bad in [&["--minutes"][..], &["--minutes", "0"], &["--minutes", "inf"], &["--fast", "1"]] {
            assert!(wish(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn in_the_server_only_the_readers_tests_run() {
        assert_eq!(filter(PLACES[2], None).as_deref(), Some("fuzz::"));
        assert_eq!(filter(PLACES[2], Some("token")).as_deref(), Some("fuzz::token"));
        assert_eq!(filter(PLACES[0], Some("web_url")).as_deref(), Some("::web_url"));
        assert_eq!(filter(PLACES[0], None), None);
    }
}
