//! Damaged `offers.toml`: every mistake is told, none is kept.

use super::{OfferBook, load_offers};
use aftercart_fuzz::{Corpus, fuzz};
use std::collections::BTreeSet;
use std::fs;

/// The invariants that [`OfferBook`] promises.
fn is_sound(book: &OfferBook) -> Result<(), String> {
    let ids: BTreeSet<&str> = book.rules.iter().map(|rule| rule.id.as_str()).collect();
    if ids.len() != book.len() {
        return Err("two offers of one id".to_owned());
    }
    for rule in &book.rules {
        let declined = std::iter::successors(Some(rule), |rule| book.after_decline(rule)).take(6).count();
        let accepted = std::iter::successors(Some(rule), |rule| book.after_accept(rule)).take(6).count();
        if declined.max(accepted) > book.max_steps() as usize
            || rule.on_decline.is_some() != book.after_decline(rule).is_some()
        {
            return Err(format!("{} declines into {:?}", rule.id, rule.on_decline));
        }
        let (locale, texts) = book.texts(rule, None);
        if !rule.texts.contains_key(&locale) || texts.features.len() > 8 {
            return Err(format!("{} has no words in {locale}", rule.id));
        }
        let is_unsourced = |texts: &super::offer_book::Texts| {
            texts.social_proof.as_ref().is_some_and(|proof| proof.source.trim().is_empty())
        };
        if rule.texts.values().any(is_unsourced) {
            return Err("praise without a source".to_owned());
        }
    }
    Ok(())
}

#[test]
fn offers_toml() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("offers.toml");
    let corpus = Corpus::of(&[
        include_str!("../../../../examples/shop/offers.toml"),
        "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.purchased = [\"pdt_b\"]\non_decline = \"b\"\n\
         [offer.locale.en]\nfeatures = [\"A\"]\nsocial_proof = { text = \"t\", source = \"s\" }\ncopy = { decline = \"No\" }\n\
         [[offer]]\nid = \"b\"\nproduct = \"pdt_c\"\n[offer.locale.en]\n",
        "default_locale = \"en\"\n",
        "default_locale = \"en\"\nmax_steps = 4\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\nwhen.milestone = [\"m\"]\nwhen.plan_limit = 80\n\
         when.onboarding_done = true\non_accept = \"b\"\nbeside = [\"b\"]\nquantity = { default = 2, min = 1, max = 3 }\ntrial_days = 14\n\
         ends_at = 2026-12-31T23:59:59Z\nlowest_price_30_days = 100\nshow_at_most = 3\nagain_after_days = 90\n[offer.locale.en]\n\
         [[offer]]\nid = \"b\"\nkind = \"upgrade\"\nproduct = \"pdt_c\"\n[offer.locale.en]\n",
    ]);
    let words = [
        "\n[[offer]]\n",
        "[offer.locale.en]",
        "[offer.locale.fr]",
        "id = \"a\"",
        "on_decline = \"a\"",
        "kind = \"downsell\"",
        "when.purchased = []",
        "= ",
        "\"\"\"",
        "'''",
        "a.b.c",
        "{",
        "}",
        "[",
        "]",
        "1979-05-27T07:32:00Z",
        "inf",
        "# ",
        "\"pdt_a\"",
        "\\U00110000",
    ];
    fuzz("offers_toml", &corpus.words(&words), |input| {
        fs::write(&path, input).map_err(|error| error.to_string())?;
        let lines = String::from_utf8_lossy(input).split('\n').count();
        match load_offers(&path) {
            Ok(book) => is_sound(&book),
            Err(complaints) if complaints.is_empty() => Err("refused without a word".to_owned()),
            Err(complaints) => complaints.iter().try_for_each(|complaint| {
                let is_there = complaint.line().is_none_or(|line| (1..=lines).contains(&line));
                if is_there && !complaint.message.trim().is_empty() {
                    Ok(())
                } else {
                    Err(complaint.to_string())
                }
            }),
        }
    });
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    aftercart_fuzz::on_a_small_stack(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("offers.toml");
        for (open, close) in [("[", "]"), ("{a=", "}"), ("a.", ""), ("[[", ""), ("[a.", ""), ("{a.", "}")] {
            let (open, close) = (open.repeat(aftercart_fuzz::DEEP), close.repeat(aftercart_fuzz::DEEP));
            for text in [format!("x = {open}1{close}"), format!("{open}x = 1"), format!("[{open}x]\n")] {
                fs::write(&path, text).unwrap();
                assert!(load_offers(&path).is_err());
            }
        }
    });
}
