//! What a shopper is and will do, drawn before the purchase.

use fastrand::Rng;

/// One visit.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The sandbox's scenario: how Dodo takes the charge.
    pub(crate) scenario: &'static str,
    /// What was bought before the offer.
    pub(crate) product: &'static str,
    /// How long the shopper looks at the offer.
    pub(crate) thinks_ms: u64,
    /// What they do about it.
    pub(crate) answer: Answer,
    /// How often they ask how it went before they leave.
    pub(crate) polls: u32,
    /// What they do where one click was not enough.
    pub(crate) checkout: Checkout,
    /// What they tell their bank.
    pub(crate) bank: Bank,
    /// Whether the page is loaded once more at the end.
    pub(crate) reloads: bool,
}

/// The answer to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing.
    Leave,
    /// No, and then what `then_accepts` says to the next offer.
    Decline { then_accepts: bool },
    /// Yes.
    Accept,
    /// Yes, so many times at once; with one key, as a double click, or with a key each, as several tabs.
    AcceptAtOnce { times: usize, one_key: bool },
    /// Yes, and the page is closed after so many milliseconds.
    AcceptAndLeave { after_ms: u64 },
}

/// What happens at the fallback checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checkout {
    Leave,
    Pay,
    /// With a card that is declined.
    Fail,
}

/// What happens on the bank's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bank {
    Leave,
    Approve,
    Refuse,
}

/// Scenarios by how many of 100 shoppers have them.
const SCENARIOS: [(&str, u32); 23] = [
    ("paid", 36),
    ("many_cards", 4),
    ("de", 2),
    ("jp", 1),
    ("kw", 1),
    ("declined", 7),
    ("generic_decline", 3),
    ("fraud", 2),
    ("network", 3),
    ("3ds", 7),
    ("3ds_no_link", 2),
    ("processing", 6),
    ("processing_fails", 3),
    ("slow", 2),
    ("lost_answer", 4),
    ("error_after_commit", 4),
    ("conflict", 2),
    ("rate_limited", 2),
    ("foreign_method", 1),
    ("unsupported", 1),
    ("expired_card", 2),
    ("no_method", 3),
    ("not_recurring", 2),
];

/// First purchases by their share: each opens another offer, in another currency, or a plan.
const PRODUCTS: [(&str, u32); 5] = [
    ("pdt_presets", 70),
    ("pdt_guide", 12),
    ("pdt_lut_eur", 6),
    ("pdt_brush_jpy", 6),
    ("pdt_archive_kwd", 6),
];

impl Plan {
    /// Draws one.
    pub(crate) fn draw(random: &mut Rng) -> Self {
        Self {
            scenario: draw(random, &SCENARIOS),
            product: draw(random, &PRODUCTS),
            thinks_ms: random.u64(0..600),
            answer: match random.u32(..100) {
                ..8 => Answer::Leave,
                8..23 => Answer::Decline { then_accepts: random.bool() },
                23..63 => Answer::Accept,
                63..76 => Answer::AcceptAtOnce { times: 2, one_key: true },
                76..89 => Answer::AcceptAtOnce { times: 2, one_key: false },
                89..92 => Answer::AcceptAtOnce { times: 4, one_key: random.bool() },
                _ => Answer::AcceptAndLeave { after_ms: random.u64(1..150) },
            },
            polls: random.u32(1..4),
            checkout: match random.u32(..100) {
                ..45 => Checkout::Leave,
                45..85 => Checkout::Pay,
                _ => Checkout::Fail,
            },
            bank: match random.u32(..100) {
                ..20 => Bank::Leave,
                20..80 => Bank::Approve,
                _ => Bank::Refuse,
            },
            reloads: random.u32(..100) < 25,
        }
    }
}

fn draw(random: &mut Rng, shares: &[(&'static str, u32)]) -> &'static str {
    let whole = shares.iter().map(|(_, share)| share).sum::<u32>();
    let mut left = random.u32(..whole);
    for (name, share) in shares {
        if left < *share {
            return name;
        }
        left -= share;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_and_product_is_drawn() {
        let mut random = Rng::with_seed(1);
        let plans: Vec<Plan> = (0..5_000).map(|_| Plan::draw(&mut random)).collect();
        let scenarios: BTreeSet<&str> = plans.iter().map(|plan| plan.scenario).collect();
        let products: BTreeSet<&str> = plans.iter().map(|plan| plan.product).collect();
        assert_eq!((scenarios.len(), products.len()), (SCENARIOS.len(), PRODUCTS.len()));
    }
}
