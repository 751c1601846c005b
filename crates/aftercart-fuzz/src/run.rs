//! One parser's run: kept inputs first, then damaged documents until the time is over.

use crate::corpus::Corpus;
use crate::damage::damaged;
use crate::regressions::{keep, kept};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::Cell;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// The rules of one parser: what is wrong with how this input was read, if anything.
pub trait Check: Fn(&[u8]) -> Result<(), String> {}
impl<F: Fn(&[u8]) -> Result<(), String>> Check for F {}

/// Inputs between two looks at the clock.
const BATCH: u32 = 64;
/// A plain `cargo test` tries at most this many inputs, the same ones every time …
const SHORT_INPUTS: u64 = 2_000;
/// … and at most this long.
const SHORT: Duration = Duration::from_secs(2);
/// A parser that takes longer for one input hangs a page or a server. Generous: machines are shared.
const TOO_LONG: Duration = Duration::from_secs(10);

/// Tries a parser's kept inputs, then damaged documents of its corpus, until the time is over.
///
/// Panics with the smallest input that breaks a rule, after keeping it.
pub fn fuzz(parser: &str, corpus: &Corpus, check: impl Check) {
    for input in kept(parser) {
        if let Err(why) = attempt(&check, &input) {
            panic!("{parser} breaks a rule again: {why}\n{}", shown(&input));
        }
    }
    let plan = Plan::from_environment();
    let (started, tried) = (Instant::now(), Cell::new(0_u64));
    for batch in 0_u64.. {
        if started.elapsed() > plan.time || tried.get() >= plan.inputs {
            break;
        }
        if let Err((why, input)) = run_batch(plan.seed, batch, corpus, &check, &tried) {
            let place = keep(parser, &input);
            panic!("{parser} breaks a rule (seed {}): {why}\n{}\n{place}", plan.seed, shown(&input));
        }
    }
    println!(
        "fuzz: {parser}: {} inputs in {} s, seed {}",
        tried.get(),
        started.elapsed().as_secs(),
        plan.seed
    );
}

/// How long, and with which inputs.
struct Plan {
    seed: u64,
    time: Duration,
    inputs: u64,
}

impl Plan {
    fn from_environment() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse::<u64>().ok());
        match number("AFTERCART_FUZZ_SECONDS") {
            Some(seconds) => {
                let seed = number("AFTERCART_FUZZ_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
                Self { seed, time: Duration::from_secs(seconds), inputs: u64::MAX }
            }
            None => Self { seed: 0, time: SHORT, inputs: SHORT_INPUTS },
        }
    }
}

/// Why a rule is broken, and the smallest input that breaks it.
type Failure = (String, Vec<u8>);

fn run_batch(
    seed: u64,
    batch: u64,
    corpus: &Corpus,
    check: &impl Check,
    tried: &Cell<u64>,
) -> Result<(), Failure> {
    let config =
        Config { cases: BATCH, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    let mut bytes = [0; 32];
    for (slot, byte) in bytes.iter_mut().zip(seed.to_le_bytes().into_iter().chain(batch.to_le_bytes())) {
        *slot = byte;
    }
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = runner.run(&damaged(corpus), |input| {
        tried.set(tried.get() + 1);
        attempt(check, &input).map_err(TestCaseError::fail)
    });
    match result {
        Ok(()) => Ok(()),
        Err(TestError::Fail(why, input)) => Err((why.to_string(), input)),
        Err(TestError::Abort(why)) => panic!("the run itself stopped: {why}"),
    }
}

/// One input; a panic of the parser and an answer that comes too late are broken rules too.
fn attempt(check: &impl Check, input: &[u8]) -> Result<(), String> {
    let started = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| check(input)));
    if started.elapsed() > TOO_LONG {
        return Err(format!("took {} s", started.elapsed().as_secs()));
    }
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", text.unwrap_or("without words")))
    })
}

fn shown(input: &[u8]) -> String {
    const MOST: usize = 2_000;
    let mut text = String::from_utf8_lossy(input.get(..MOST).unwrap_or(input)).into_owned();
    if input.len() > MOST {
        let _ = write!(text, "… {} bytes in all", input.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_failure(check: impl Check) -> Option<Failure> {
        let corpus = Corpus::of(&[r#"{"amount":1,"status":"processing"}"#]);
        (0..50).find_map(|batch| run_batch(1, batch, &corpus, &check, &Cell::new(0)).err())
    }

    #[test]
    fn a_rule_that_is_broken_is_found_and_its_input_is_small() {
        let (why, input) = first_failure(|input| {
            let text = String::from_utf8_lossy(input);
            if text.contains("2147483648") { Err("too much".to_owned()) } else { Ok(()) }
        })
        .unwrap();
        assert!(why.contains("too much"), "{why}");
        assert!(input.len() < 60, "{}", shown(&input));
    }

    #[test]
    fn a_panic_is_a_broken_rule() {
        let (why, _) = first_failure(|input| {
            assert!(input.starts_with(b"{"), "no brace");
            Ok(())
        })
        .unwrap();
        assert!(why.contains("no brace"), "{why}");
    }

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let inputs = |seed| {
            let seen = Cell::new(Vec::new());
            let note = |input: &[u8]| {
                let mut all = seen.take();
                all.push(input.to_vec());
                seen.set(all);
                Ok(())
            };
            run_batch(seed, 3, &Corpus::of(&["{}", "[1]"]), &note, &Cell::new(0)).unwrap();
            seen.take()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }
}
