//! What a process uses, as `/proc` tells it, and whether that grows.

use anyhow::{Context, Result};
use std::fs;

/// A server of this size needs no more.
const MOST_MIB: f64 = 512.0;
/// How much more than in the second third of a run may be used in the last: the first is for warming up.
const GROWTH: f64 = 1.25;
/// So few descriptors more are no growth.
const SPARE_DESCRIPTORS: f64 = 16.0;
/// Thirds of fewer samples, a second each, say nothing.
const FEWEST: usize = 60;

/// One look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vitals {
    /// Memory in use.
    pub(crate) resident_mib: f64,
    /// Files and sockets.
    pub(crate) descriptors: f64,
}

/// Looks at a process. Errors: it is gone, or this is not Linux.
pub(crate) fn look(process: u32) -> Result<Vitals> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the server is gone")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    let kib: u32 = kib.context("no VmRSS")?.trim().parse()?;
    let count = fs::read_dir(format!("/proc/{process}/fd")).context("the server's descriptors")?.count();
    let descriptors = f64::from(u32::try_from(count)?);
    Ok(Vitals { resident_mib: f64::from(kib) / 1024.0, descriptors })
}

/// Why these samples are those of a process that leaks.
pub(crate) fn leaks(samples: &[Vitals]) -> Vec<String> {
    let mut found = Vec::new();
    let most = samples.iter().map(|vitals| vitals.resident_mib).fold(0.0, f64::max);
    if most > MOST_MIB {
        found.push(format!("the server used {most:.0} MiB, more than {MOST_MIB:.0}"));
    }
    let third = samples.len() / 3;
    if samples.len() < FEWEST {
        return found;
    }
    let mean = |of: fn(&Vitals) -> f64, skip: usize| {
        let (sum, count) =
            samples.iter().skip(skip).take(third).map(of).fold((0.0, 0.0), |(s, n), x| (s + x, n + 1.0));
        sum / count
    };
    let (before, after) = (mean(|v| v.resident_mib, third), mean(|v| v.resident_mib, 2 * third));
    if after > before * GROWTH {
        found.push(format!("memory grows: {before:.1} MiB in the second third, {after:.1} MiB in the last"));
    }
    let (before, after) = (mean(|v| v.descriptors, third), mean(|v| v.descriptors, 2 * third));
    if after > before * GROWTH + SPARE_DESCRIPTORS {
        found.push(format!("descriptors grow: {before:.0} in the second third, {after:.0} in the last"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident: impl Fn(f64) -> f64, descriptors: impl Fn(f64) -> f64) -> Vec<Vitals> {
        let seconds = (0..300).map(f64::from);
        seconds.map(|at| Vitals { resident_mib: resident(at), descriptors: descriptors(at) }).collect()
    }

    #[test]
    fn warming_up_is_no_leak_and_growing_is() {
        assert_eq!(leaks(&samples(|at| if at < 90.0 { at } else { 90.0 }, |_| 80.0)), Vec::<String>::new());
        assert_eq!(leaks(&samples(|at| at, |_| 80.0)).len(), 1);
        assert_eq!(leaks(&samples(|_| 90.0, |at| at)).len(), 1);
        assert_eq!(leaks(&samples(|_| 600.0, |_| 80.0)).len(), 1);
    }

    #[test]
    fn this_process_can_be_looked_at() {
        let own = look(std::process::id()).unwrap();
        assert!(own.resident_mib > 1.0 && own.descriptors >= 3.0, "{own:?}");
    }
}
