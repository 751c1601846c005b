//! What was examined and found, for people and for machines.

use serde::Serialize;
use std::fmt;

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Not tried, because something it needs failed or was not given.
    Skip,
    /// Works, but somebody will suffer from it.
    Warn,
    /// Does not work: shoppers see no offer, or accept in vain.
    Fail,
}

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable, such as `webhook.delivery`; several checks may share it.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to do; for a warning or failure only.
    pub advice: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, seen: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, seen: seen.into(), advice: None }
    }

    pub(super) fn skip(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Skip, seen: why.into(), advice: None }
    }

    pub(super) fn warn(name: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, seen: seen.into(), advice: Some(advice.into()) }
    }

    pub(super) fn fail(name: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fail, seen: seen.into(), advice: Some(advice.into()) }
    }
}

/// One line: verdict, name, what was seen, and after an arrow what to do.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Skip => "skip",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(f, "{verdict:<5} {:<18} {}", self.name, self.seen)?;
        self.advice.iter().try_for_each(|advice| write!(f, " → {advice}"))
    }
}

/// Everything that was examined.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The worst of the checks.
    pub verdict: Verdict,
    /// In the order of the examination.
    pub checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>) -> Self {
        let worst = checks.iter().map(|check| check.verdict).max();
        Self { verdict: worst.unwrap_or(Verdict::Ok), checks }
    }

    /// True when something does not work.
    pub fn has_failed(&self) -> bool {
        self.verdict == Verdict::Fail
    }
}

/// One line a check, and a last one that counts them.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        let count = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        let (ok, skipped) = (count(Verdict::Ok), count(Verdict::Skip));
        let (warnings, failures) = (count(Verdict::Warn), count(Verdict::Fail));
        writeln!(f, "{ok} ok, {skipped} skipped, {warnings} to think about, {failures} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_one_line_and_the_worst_one_decides() {
        let report = Report::new(vec![
            Check::ok("database", "SQLite"),
            Check::fail("dodo.key", "refused with 401", "copy it again"),
            Check::warn("cors", "none", "name one"),
        ]);
        assert!(report.has_failed());
        let text = report.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "FAIL  dodo.key           refused with 401 → copy it again");
        assert_eq!(lines[3], "1 ok, 0 skipped, 1 to think about, 1 failed");
    }

    #[test]
    fn warnings_alone_are_no_failure() {
        assert!(!Report::new(vec![Check::warn("cors", "none", "name one")]).has_failed());
        assert!(!Report::new(Vec::new()).has_failed());
    }
}
