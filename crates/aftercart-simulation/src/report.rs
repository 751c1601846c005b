//! Playing many histories and saying what came of them.

use crate::Arguments;
use crate::ending::ENDINGS;
use crate::history::Stage;
use crate::journey::JOURNEYS;
use crate::plan::FAULTS;
use crate::verdict::Verdict;
use anyhow::{Result, anyhow};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// So many failing seeds are printed.
const SHOWN: usize = 10;

#[derive(Default)]
struct Sum {
    played: u64,
    journeys: [u64; JOURNEYS.len()],
    hits: [u64; FAULTS.len()],
    endings: [u64; ENDINGS.len()],
    double: u64,
    lost: u64,
    untrue: u64,
    stuck: u64,
    bad: Vec<(u64, Verdict)>,
}

/// Plays them all. True when none went wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let stage = Stage::set(arguments.broken)?;
    let (next, sum) = (AtomicU64::new(0), Mutex::new(Sum::default()));
    let began = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.threads.max(1))
            .map(|_| scope.spawn(|| work(arguments, &stage, &next, &sum, began)))
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("a history panicked"))?)
    })?;
    let mut sum = sum.into_inner().map_err(|_| anyhow!("a history panicked"))?;
    print(arguments, &mut sum, began);
    Ok(sum.bad.is_empty())
}

#[allow(clippy::cast_precision_loss, reason = "a rate for the eye")]
fn work(
    arguments: &Arguments,
    stage: &Stage,
    next: &AtomicU64,
    sum: &Mutex<Sum>,
    began: Instant,
) -> Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= arguments.histories {
            return Ok(());
        }
        let seed = arguments.seed + number;
        let played = stage.play(seed, arguments.trace)?;
        for line in &played.trace {
            println!("{line}");
        }
        let mut sum = sum.lock().map_err(|_| anyhow!("a history panicked"))?;
        sum.played += 1;
        for (count, journey) in sum.journeys.iter_mut().zip(JOURNEYS) {
            *count += u64::from(played.journey == journey);
        }
        for (count, fault) in sum.hits.iter_mut().zip(FAULTS) {
            *count += u64::from(played.hits.has(fault));
        }
        for (count, ending) in sum.endings.iter_mut().zip(played.endings) {
            *count += u64::from(ending);
        }
        let verdict = &played.verdict;
        sum.double += u64::from(!verdict.double.is_empty());
        sum.lost += u64::from(!verdict.lost.is_empty());
        sum.untrue += u64::from(!verdict.untrue.is_empty());
        sum.stuck += u64::from(!verdict.stuck.is_empty());
        if !verdict.is_good() {
            sum.bad.push((seed, played.verdict));
        }
        if sum.played % 10_000 == 0 {
            let rate = sum.played as f64 / began.elapsed().as_secs_f64();
            eprintln!("{} played, {rate:.0} a second, {} bad", sum.played, sum.bad.len());
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "shares for the eye")]
fn print(arguments: &Arguments, sum: &mut Sum, began: Instant) {
    let share = |count: u64| count as f64 * 100.0 / sum.played.max(1) as f64;
    println!("{:<22} share of histories that are about it", "journey");
    for (count, journey) in sum.journeys.iter().zip(JOURNEYS) {
        println!("{:<22} {:>5.1} %", format!("{journey:?}"), share(*count));
    }
    println!("{:<22} share of histories that it struck", "fault");
    for (count, fault) in sum.hits.iter().zip(FAULTS) {
        println!("{:<22} {:>5.1} %", format!("{fault:?}"), share(*count));
    }
    println!("{:<22} share of histories that came to it", "ending");
    for (count, ending) in sum.endings.iter().zip(ENDINGS) {
        println!("{:<22} {:>5.1} %", format!("{ending:?}"), share(*count));
    }
    sum.bad.sort_by_key(|(seed, _)| *seed);
    for (seed, verdict) in sum.bad.iter().take(SHOWN) {
        let words = [&verdict.double, &verdict.lost, &verdict.untrue, &verdict.stuck];
        let words: Vec<_> = words.into_iter().flatten().cloned().collect();
        println!("seed {seed}: {}", words.join("; "));
        let again = arguments.broken.map(|broken| format!(" --break {}", name(broken))).unwrap_or_default();
        println!("  again: cargo xtask simulate --histories 1 --seed {seed}{again} --trace");
    }
    println!("{:.0} s, {} threads", began.elapsed().as_secs_f64(), arguments.threads);
    println!(
        "histories {}: double charges {}, lost {}, untrue {}, stuck {}",
        sum.played, sum.double, sum.lost, sum.untrue, sum.stuck
    );
}

fn name(broken: crate::Break) -> String {
    use clap::ValueEnum;
    broken.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}
