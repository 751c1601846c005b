//! What the harness measured of pages, and the ratios in it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

/// Everything measured of all pages in one run.
pub(super) struct Pages {
    results: Value,
    ours: Vec<String>,
}

impl Pages {
    pub(super) fn read(text: &str, ours: Vec<String>) -> Result<Self> {
        Ok(Self { results: serde_json::from_str(text).context("the harness's results")?, ours })
    }

    /// The machine, in the harness's words.
    pub(super) fn machine(&self) -> &str {
        self.results.get("machine").and_then(Value::as_str).unwrap_or("unknown machine")
    }

    /// Rounds that count, and milliseconds that the server thinks.
    pub(super) fn rounds_and_think(&self) -> (u64, u64) {
        let option = |name: &str| self.results.pointer(&format!("/options/{name}")).and_then(Value::as_u64);
        (option("rounds").unwrap_or(1).saturating_sub(1), option("think").unwrap_or_default())
    }

    /// Network profiles, slowest last.
    pub(super) fn profiles(&self) -> Vec<&'static str> {
        ["desktop", "fast4g", "slow4g"]
            .into_iter()
            .filter(|name| self.page(name, "vanilla").is_some())
            .collect()
    }

    /// Every page that was measured.
    pub(super) fn names(&self) -> Vec<String> {
        let first =
            self.results.get("results").and_then(Value::as_object).and_then(|all| all.values().next());
        first.and_then(Value::as_object).map(|all| all.keys().cloned().collect()).unwrap_or_default()
    }

    /// Ours.
    pub(super) fn ours(&self) -> &[String] {
        &self.ours
    }

    /// A figure of a page in every round, such as `cold/visible`.
    pub(super) fn rounds(&self, profile: &str, page: &str, figure: &str) -> Vec<Option<f64>> {
        let rounds = self.page(profile, page).map(Vec::as_slice).unwrap_or_default();
        rounds.iter().map(|round| round.pointer(&format!("/{figure}")).and_then(Value::as_f64)).collect()
    }

    /// Its median.
    pub(super) fn median(&self, profile: &str, page: &str, figure: &str) -> Option<f64> {
        median(self.rounds(profile, page, figure).into_iter().flatten().collect())
    }

    /// The median of a page's ratios to another, taken round by round, so that a slow spell of the machine cancels out.
    pub(super) fn ratio(&self, profile: &str, figure: &str, page: &str, to: &str) -> Option<f64> {
        let pairs = self.rounds(profile, page, figure).into_iter().zip(self.rounds(profile, to, figure));
        median(pairs.filter_map(|(page, to)| Some(page? / to?)).collect())
    }

    /// A figure of what somebody without an offer downloads, such as `untilIdle/total`.
    pub(super) fn ineligible(&self, page: &str, figure: &str) -> Option<f64> {
        self.results.pointer(&format!("/ineligible/{page}/{figure}")).and_then(Value::as_f64)
    }

    /// `page: check: message` of every functional check that a page of ours failed.
    pub(super) fn failures_of_ours(&self) -> Vec<String> {
        let empty = BTreeMap::new();
        let failures: BTreeMap<String, Option<Vec<Value>>> = self
            .results
            .get("failures")
            .cloned()
            .and_then(|all| serde_json::from_value(all).ok())
            .unwrap_or(empty);
        let mut said = Vec::new();
        for (page, list) in failures {
            for failure in list.unwrap_or_default().iter().filter(|_| self.ours.contains(&page)) {
                let word = |name: &str| failure.get(name).and_then(Value::as_str).unwrap_or_default();
                said.push(format!("{page}: {}: {}", word("check"), word("message")));
            }
        }
        said
    }

    fn page(&self, profile: &str, page: &str) -> Option<&Vec<Value>> {
        self.results.pointer(&format!("/results/{profile}/{page}")).and_then(Value::as_array)
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { *values.get(middle.checked_sub(1)?)? } else { upper };
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULTS: &str = r#"{"machine":"2 cores","options":{"rounds":4,"think":20},
        "results":{"desktop":{"vanilla":[{"cold":{"visible":10}},{"cold":{"visible":20}},{"cold":{"visible":40}}],
        "mine":[{"cold":{"visible":5}},{"cold":{"visible":20}},{"cold":{"visible":null}}]}},
        "failures":{"mine":[{"check":"French","message":"no"}],"lit":[{"check":"x","message":"y"}],"free":null}}"#;

    #[test]
    fn ratios_are_taken_round_by_round_and_missing_figures_are_left_out() {
        let pages = Pages::read(RESULTS, vec!["mine".to_owned()]).unwrap();
        assert_eq!(pages.profiles(), ["desktop"]);
        assert_eq!(pages.median("desktop", "vanilla", "cold/visible"), Some(20.0));
        assert_eq!(pages.ratio("desktop", "cold/visible", "mine", "vanilla"), Some(0.75));
        assert_eq!(pages.ratio("desktop", "cold/visible", "mine", "absent"), None);
        assert_eq!(pages.rounds_and_think(), (3, 20));
        assert_eq!(pages.failures_of_ours(), ["mine: French: no"]);
    }
}
