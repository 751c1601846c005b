//! `undo_seconds`: how long an accept waits before it is charged, so that the shopper can take it back.
//!
//! Of the file for all offers, of one offer for itself, `0` for none. A change that waits for the next billing
//! date has no window: it can be called off until its day.

use super::change::ChangeRule;
use super::document::{OfferEntry, OffersFile};
use crate::attempt::Effective;
use crate::complaint::Checked;
use toml::Spanned;

/// Reads the window of one offer.
pub(super) fn undo_seconds(
    entry: &OfferEntry,
    file: &OffersFile,
    change: Option<&ChangeRule>,
    checked: &mut Checked<'_>,
) -> Option<u8> {
    let own = entry.undo_seconds.as_ref().map(|own| seconds(own, checked));
    let of_all = || file.undo_seconds.as_ref().and_then(|of_all| read(*of_all.get_ref()));
    let is_planned = change.is_some_and(|change| change.effective == Effective::NextBillingDate);
    own.unwrap_or_else(of_all).filter(|_| !is_planned)
}

/// Checks the window of the file, once.
pub(super) fn check_undo(file: &OffersFile, checked: &mut Checked<'_>) {
    if let Some(of_all) = &file.undo_seconds {
        seconds(of_all, checked);
    }
}

fn seconds(value: &Spanned<i64>, checked: &mut Checked<'_>) -> Option<u8> {
    let read = read(*value.get_ref());
    if read.is_none() && *value.get_ref() != 0 {
        checked
            .note(&value.span(), "`undo_seconds` is a whole number from 10 to 60, or 0 for no undo window");
    }
    read
}

fn read(seconds: i64) -> Option<u8> {
    u8::try_from(seconds).ok().filter(|seconds| (10..=60).contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{book, complaints, offer};

    #[test]
    fn an_offer_has_its_own_window_or_that_of_all_and_a_planned_change_has_none() {
        let when = "when.purchased = [\"pdt_x\"]\n";
        let planned = format!(
            "{when}kind = \"downgrade\"\nchange.from = [\"pdt_y\"]\nchange.effective_at = \"next_billing_date\""
        );
        let text = format!(
            "default_locale = \"en\"\nundo_seconds = 20\n{}{}{}{}",
            offer("all", when),
            offer("own", &format!("{when}undo_seconds = 60")),
            offer("none", &format!("{when}undo_seconds = 0")),
            offer("planned", &planned),
        );
        let windows: Vec<_> = book(&text).rules().iter().map(|rule| rule.undo_seconds).collect();
        assert_eq!(windows, [Some(20), Some(60), None, None]);
    }

    #[test]
    fn a_window_that_is_too_short_or_too_long_is_refused_where_it_stands() {
        let when = "when.purchased = [\"pdt_x\"]\n";
        for (of_all, own, line) in [(9, 10, 2), (61, 10, 2), (10, 9, 7), (10, -1, 7), (10, 266, 7)] {
            let entry = offer("a", &format!("{when}undo_seconds = {own}"));
            let found = complaints(&format!("default_locale = \"en\"\nundo_seconds = {of_all}\n{entry}"));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&format!("offers.toml:{line}: `undo_seconds`")), "{}", found[0]);
        }
    }
}
