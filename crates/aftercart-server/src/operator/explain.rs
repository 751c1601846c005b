//! An explanation as tables.

use super::table::{row, table};
use super::{Check, Explanation};
use std::fmt;

/// The answer in one line, then one line a check; those that failed begin with `!`.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing =
            || self.reason.as_ref().map_or("nothing".to_owned(), |why| format!("nothing: {}", why.code()));
        let answer = self.offer_id.as_ref().map_or_else(nothing, |offer| format!("the offer {offer}"));
        writeln!(f, "{} is shown {answer}\n", self.subject)?;
        let mut rows = vec![row(["", "OFFER", "CHECK", "SEEN", "WANTED", "REASON"])];
        rows.extend(self.checks.iter().map(|check| line("-", check)));
        for offer in &self.offers {
            rows.extend(offer.checks.iter().map(|check| line(offer.offer_id.as_str(), check)));
        }
        table(f, &rows)
    }
}

fn line(offer: &str, check: &Check) -> Vec<String> {
    let (mark, reason) = if check.passed { ("", "") } else { ("!", check.reason.code()) };
    row([mark, offer, check.check, &check.seen, &check.wanted, reason])
}
