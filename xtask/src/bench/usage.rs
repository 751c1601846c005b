//! What a process and its children have used so far, from `/proc`.

use std::fs;

use anyhow::{Context, Result};

/// The kernel's ticks in a second, on every Linux of today.
const TICKS: f64 = 100.0;

/// Seconds on a core, and resident memory in MB, shared pages counted for each process.
pub(super) struct Usage {
    pub(super) cpu_seconds: f64,
    pub(super) memory_mb: f64,
}

impl Usage {
    pub(super) fn of(process: u32) -> Result<Self> {
        let mut usage = Self { cpu_seconds: 0.0, memory_mb: 0.0 };
        for entry in fs::read_dir("/proc")? {
            let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // Processes end while we look.
            let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
            let Some((parent, ticks)) = parent_and_ticks(&stat) else { continue };
            if id == process || parent == process {
                usage.cpu_seconds += ticks / TICKS;
                usage.memory_mb += resident_mb(id).unwrap_or_default();
            }
        }
        Ok(usage)
    }
}

/// The fields after the name in brackets, which may hold anything.
fn parent_and_ticks(stat: &str) -> Option<(u32, f64)> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((fields.get(1)?.parse().ok()?, ticks(11)? + ticks(12)?))
}

fn resident_mb(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no resident memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_moves_no_field() {
        let stat = "42 (a (b) c) S 7 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 1000 9 9";
        assert_eq!(parent_and_ticks(stat), Some((7, 300.0)));
    }
}
