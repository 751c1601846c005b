//! Reading and checking `offers.toml`: every mistake at once, each with its line.

use super::chains::check_chains;
use super::document::{OfferEntry, OffersFile};
use super::entry::{rule, whole};
use super::offer_book::OfferBook;
use super::texts::is_language_tag;
use super::undo::check_undo;
use crate::complaint::{Checked, Complaint};
use std::collections::BTreeSet;
use std::path::Path;
use toml::Spanned;

/// The longest chain unless the file says otherwise: an offer, its downsell, and one more.
const STEPS: u32 = 3;

/// Reads the offers, or every reason why they cannot be used.
pub fn load_offers(path: &Path) -> Result<OfferBook, Vec<Complaint>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Complaint::file(
            path,
            format!("cannot be read: {error}; create it or name another file with `offers`"),
        )]
    })?;
    check_offers(path, &text)
}

fn check_offers(path: &Path, text: &str) -> Result<OfferBook, Vec<Complaint>> {
    let mut checked = Checked::new(path, text);
    let file: OffersFile = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            checked.note_toml(&error);
            return Err(checked.complaints);
        }
    };
    if !is_language_tag(file.default_locale.get_ref()) {
        checked.note(&file.default_locale.span(), "default_locale is a language tag such as `en` or `fr-CA`");
    }
    let steps = file.max_steps.as_ref();
    let max_steps = steps.and_then(|steps| whole(steps, "max_steps", 1..=5, &mut checked)).unwrap_or(STEPS);
    let rules = file.offers.iter().filter_map(|entry| rule(entry, &file, &mut checked)).collect();
    check_undo(&file, &mut checked);
    check_ids(&file.offers, &mut checked);
    check_chains(&file.offers, max_steps, &mut checked);
    if checked.complaints.is_empty() {
        Ok(OfferBook { default_locale: file.default_locale.into_inner(), max_steps, rules })
    } else {
        checked.complaints.sort_by_key(Complaint::line);
        Err(checked.complaints)
    }
}

fn check_ids(offers: &[Spanned<OfferEntry>], checked: &mut Checked<'_>) {
    let mut seen = BTreeSet::new();
    for entry in offers {
        let id = &entry.get_ref().id;
        if !seen.insert(id.get_ref().clone()) {
            checked
                .note(&id.span(), format!("a second offer with the id `{}`: ids are unique", id.get_ref()));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::rules) fn complaints(text: &str) -> Vec<String> {
        check_offers(Path::new("offers.toml"), text)
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    pub(in crate::rules) fn book(text: &str) -> OfferBook {
        check_offers(Path::new("offers.toml"), text).unwrap()
    }

    pub(in crate::rules) fn offer(id: &str, rest: &str) -> String {
        format!(
            "[[offer]]\nid = \"{id}\"\nproduct = \"pdt_{id}\"\n{rest}\n[offer.locale.en]\nfeatures = [\"A\"]\n"
        )
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = format!(
            "default_locale = \"en\"\n{}{}",
            offer("a", "when.purchased = [\"prod_x\"]\non_decline = \"nobody\""),
            offer("b", "")
        );
        let found = complaints(&text);
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].starts_with("offers.toml:5: `prod_x` is not a Dodo product id"), "{}", found[0]);
        assert!(found[1].starts_with("offers.toml:6: there is no offer `nobody`"), "{}", found[1]);
        assert!(found[2].starts_with("offers.toml:9: offer `b` is never shown"), "{}", found[2]);
    }

    #[test]
    fn a_chain_may_not_run_in_a_circle() {
        let when = "when.purchased = [\"pdt_x\"]\n";
        let text = format!(
            "default_locale = \"en\"\n{}{}",
            offer("a", &format!("{when}on_decline = \"b\"")),
            offer("b", "on_decline = \"a\"")
        );
        assert!(complaints(&text).iter().any(|line| line.contains("circle")), "{:#?}", complaints(&text));
    }

    #[test]
    fn unknown_keys_wrong_types_and_broken_syntax_are_refused() {
        for (text, line) in [
            ("default_locale = \"en\"\ncolour = 1\n", ":2:"),
            ("default_locale = 3\n", ":1:"),
            ("default_locale = \"en\"\n[[offer]\n", ":2:"),
            ("default_locale = \"en\"\n[[offer]]\nid = \"a\"\n", ":2:"),
        ] {
            let found = complaints(text);
            assert!(found.len() == 1 && found[0].contains(line), "{text}: {found:?}");
        }
    }

    #[test]
    fn social_proof_without_a_source_and_an_offer_for_itself_are_refused() {
        let text = "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_a\"]\n\
                    [offer.locale.en]\nsocial_proof = { text = \"Best\", source = \" \" }\n";
        let found = complaints(text);
        assert!(found[0].contains("just bought it") && found[1].contains("source"), "{found:?}");
    }

    #[test]
    fn words_follow_the_wish_then_its_language_then_the_default() {
        let text = "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_b\"]\n\
                    [offer.locale.en]\nfeatures = [\"English\"]\n[offer.locale.fr]\nfeatures = [\"Français\"]\n";
        let book = check_offers(Path::new("offers.toml"), text).unwrap();
        let rule = &book.rules()[0];
        let chosen = |wish| {
            let (locale, texts) = book.texts(rule, wish);
            (locale, texts.features[0].clone())
        };
        assert_eq!(chosen(Some("fr-CA")), ("fr-CA".into(), "Français".into()));
        assert_eq!(chosen(Some("ja")), ("en".into(), "English".into()));
        assert_eq!(chosen(None), ("en".into(), "English".into()));
    }

    /// The complaint about one more line in an offer that is good without it.
    fn complaint_about(line: &str) -> String {
        let text = format!(
            "default_locale = \"en\"\n{}{}",
            offer("a", &format!("when.purchased = [\"pdt_x\"]\n{line}")),
            offer("b", "when.milestone = [\"export\"]")
        );
        let found = complaints(&text);
        assert!(found.len() <= 1, "{found:?}");
        found.into_iter().next().unwrap_or_default()
    }

    #[test]
    fn what_opens_an_offer_is_checked() {
        for (line, says) in [
            ("when.milestone = []", "`when.milestone` is empty"),
            ("when.milestone = [\" \"]", "a milestone's name"),
            ("when.plan_limit = 0", "`when.plan_limit` is a whole number from 1 to 100"),
            ("when.plan_limit = 101", "`when.plan_limit` is a whole number from 1 to 100"),
            ("when.onboarding_done = false", "`when.onboarding_done` is true"),
            ("when.onboarding_done = true\nwhen.plan_limit = 80\nwhen.milestone = [\"export\"]", ""),
            ("kind = \"upgrade\"\nchange.from = [\"pdt_y\"]", ""),
            ("kind = \"downgrade\"", "add `[offer.change]`"),
        ] {
            let found = complaint_about(line);
            assert!(if says.is_empty() { found.is_empty() } else { found.contains(says) }, "{line}: {found}");
        }
    }

    #[test]
    fn limits_of_an_offer_are_checked_with_their_line() {
        for (line, says) in [
            ("quantity = { default = 1, min = 0, max = 5 }", "a quantity is 1"),
            ("quantity = { default = 6, min = 1, max = 5 }", "a quantity is 1"),
            ("quantity = { default = 1, min = 1, max = 1001 }", "a quantity is 1"),
            ("trial_days = 0", "`trial_days` is a whole number from 1"),
            ("ends_at = \"tomorrow\"", "ends_at: a time with its offset"),
            ("ends_at = 2026-12-31T23:59:59", "ends_at: a time with its offset"),
            ("lowest_price_30_days = -1", "`lowest_price_30_days` is a whole number from 0"),
            ("show_at_most = 0", "`show_at_most` is a whole number from 1"),
            ("again_after_days = 0", "`again_after_days` is a whole number from 1"),
        ] {
            let found = complaint_about(line);
            assert!(found.starts_with("offers.toml:6: ") && found.contains(says), "{line}: {found}");
        }
        let good = "quantity = { default = 2, min = 1, max = 5 }\ntrial_days = 14\nends_at = 2026-12-31T23:59:59+01:00\n\
                    lowest_price_30_days = 4900\nshow_at_most = 3\nagain_after_days = 90";
        assert_eq!(complaint_about(good), "");
        assert_eq!(complaint_about("ends_at = \"2026-12-31T23:59:59Z\""), "");
    }

    #[test]
    fn what_stands_beside_an_offer_is_checked() {
        for (line, says) in [
            ("beside = [\"nobody\"]", "there is no offer `nobody`"),
            ("beside = [\"a\"]", "does not stand beside itself"),
            ("beside = [\"b\", \"b\"]", "stands there twice"),
            ("beside = [\"b\"]", ""),
        ] {
            let found = complaint_about(line);
            assert!(if says.is_empty() { found.is_empty() } else { found.contains(says) }, "{line}: {found}");
        }
        let when = "when.purchased = [\"pdt_x\"]\n";
        let text = format!(
            "default_locale = \"en\"\n{}{}{}{}",
            offer("a", &format!("{when}beside = [\"b\", \"c\", \"d\"]")),
            offer("b", "beside = [\"c\"]"),
            offer("c", ""),
            offer("d", "")
        );
        let found = complaints(&text);
        for says in ["`b` has offers beside it itself", "at most two"] {
            assert!(found.iter().any(|line| line.contains(says)), "{says}: {found:?}");
        }
    }

    #[test]
    fn chains_are_as_long_as_the_file_allows_and_end() {
        let chain = |steps: &str, first: &str, second: &str, third: &str| {
            let when = "when.onboarding_done = true\n";
            complaints(&format!(
                "default_locale = \"en\"\n{steps}\n{}{}{}",
                offer("a", &format!("{when}{first} = \"b\"")),
                offer("b", &format!("{second} = \"c\"")),
                offer("c", third)
            ))
        };
        let is_refused = |found: Vec<String>| found.iter().any(|line| line.contains("circle"));
        assert_eq!(chain("", "on_accept", "on_decline", ""), Vec::<String>::new());
        assert!(is_refused(chain("max_steps = 2", "on_accept", "on_decline", "")));
        assert!(
            is_refused(chain("", "on_accept", "on_decline", "on_accept = \"a\"")),
            "a circle of both edges"
        );
        assert!(is_refused(chain("max_steps = 2", "on_decline", "on_accept", "")));
        assert_eq!(chain("max_steps = 5", "on_decline", "on_accept", ""), Vec::<String>::new());
        for steps in ["max_steps = 0", "max_steps = 6"] {
            let found = chain(steps, "on_accept", "on_accept", "");
            assert!(
                found[0].starts_with("offers.toml:2: `max_steps` is a whole number from 1 to 5"),
                "{found:?}"
            );
        }
    }
}
