//! Configuration and offers: the same complaints as `check`.

use super::report::Check;
use crate::complaint::Complaint;
use crate::config::Config;
use crate::rules::{OfferBook, load_offers};
use std::path::Path;

/// Reads both files. `None` when there is nothing to examine; every mistake is a check then.
pub(super) fn read(
    path: &Path,
    env: &dyn Fn(&str) -> Option<String>,
    checks: &mut Vec<Check>,
) -> Option<(Config, OfferBook)> {
    let mut wrong = |name, complaints: Vec<Complaint>| {
        let advice = "correct it; `aftercart-server check` reads the files alone";
        checks.extend(complaints.iter().map(|complaint| Check::fail(name, complaint.to_string(), advice)));
    };
    let config = Config::load(path, env).map_err(|complaints| wrong("settings", complaints)).ok();
    // The usual place, so that one run names the mistakes of both files.
    let offers =
        config.as_ref().map_or_else(|| path.with_file_name("offers.toml"), |config| config.offers.clone());
    let book = load_offers(&offers).map_err(|complaints| wrong("offers", complaints)).ok();
    if config.is_some() {
        checks.push(Check::ok("settings", path.display().to_string()));
    }
    if let Some(book) = &book {
        let seen = format!("{}: {} offers", offers.display(), book.len());
        checks.push(if book.is_empty() {
            Check::warn("offers", seen, "add an `[[offer]]`, or nothing is ever shown")
        } else {
            Check::ok("offers", seen)
        });
    }
    // Broken offers keep nothing else from being examined: no products are asked for then.
    config.map(|config| (config, book.unwrap_or_default()))
}
