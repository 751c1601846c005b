//! The arithmetic of a plan change, in minor units, before and after tax.
//!
//! 1. A mode says which part of the old and of the new price counts, and whether the cycle begins anew.
//! 2. Each part is rounded half up; their difference is the net amount.
//! 3. A net amount below zero becomes credit and nothing is charged.
//! 4. A positive one is first paid from credit; tax is on the rest; a rest below the smallest amount
//!    that can be charged is raised to it, and what is too much becomes credit.

use jiff::Timestamp;
use serde::Deserialize;

use crate::core::tax::tax_on;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Which of the conflicting generations of Dodo's documentation the sandbox follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proration {
    /// `prorated_immediately` charges a full new cycle less the unused old one, and every mode that
    /// charges begins a new cycle, except the one named after keeping it.
    #[default]
    Current,
    /// `prorated_immediately` charges for the days left; it and `difference_immediately` keep the cycle.
    Legacy,
}

/// Dodo's `proration_billing_mode`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    ProratedImmediately,
    ProratedImmediatelyKeepCycle,
    FullImmediately,
    DifferenceImmediately,
    DoNotBill,
}

/// A part of a billing cycle, in whole days. A day that has begun counts as left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// From 0 to `whole`.
    left: i32,
    /// At least 1.
    whole: i32,
}

/// Which parts of the two prices a change counts. None means that the plan is not on the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prorated {
    pub(crate) old: Option<Share>,
    pub(crate) new: Option<Share>,
    pub(crate) restarts_cycle: bool,
}

/// What is charged, with its tax inside, and how the credit moves: negative is spent, positive is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) total: i64,
    pub(crate) tax: i64,
    pub(crate) credits: i64,
}

/// The parts that `mode` counts when `left` of the cycle remains.
pub(crate) fn prorate(profile: Proration, mode: Mode, left: Share) -> Prorated {
    let counted = |old, new, restarts_cycle| Prorated { old, new, restarts_cycle };
    let whole = Some(Share::WHOLE);
    match (mode, profile) {
        (Mode::DifferenceImmediately, _) => counted(whole, whole, profile == Proration::Current),
        (Mode::ProratedImmediately, Proration::Current) => counted(Some(left), whole, true),
        (Mode::ProratedImmediately, Proration::Legacy) | (Mode::ProratedImmediatelyKeepCycle, _) => {
            counted(Some(left), Some(left), false)
        }
        (Mode::FullImmediately, _) => counted(None, whole, true),
        (Mode::DoNotBill, _) => counted(None, None, false),
    }
}

/// Turns a net amount into a charge. `balance` is the credit at hand, `smallest` the least that can be
/// charged.
pub(crate) fn bill(net: i64, balance: i64, tax_percent: i64, tax_inclusive: bool, smallest: i64) -> Bill {
    if net <= 0 {
        return Bill { total: 0, tax: 0, credits: -net };
    }
    let spent = balance.min(net);
    let rest = net - spent;
    let tax = tax_on(rest, tax_percent, tax_inclusive);
    let due = if tax_inclusive { rest } else { rest + tax };
    let raised = if due > 0 { (smallest - due).max(0) } else { 0 };
    Bill { total: due + raised, tax, credits: raised - spent }
}

impl Prorated {
    /// The new price's part less the old price's part.
    pub(crate) fn net(&self, old_price: i64, new_price: i64) -> i64 {
        self.new.map_or(0, |share| share.of(new_price)) - self.old.map_or(0, |share| share.of(old_price))
    }
}

impl Share {
    pub(crate) const WHOLE: Self = Self { left: 1, whole: 1 };

    /// What is left at `now` of the cycle from `begin` to `end`.
    pub(crate) fn left_of(begin: Timestamp, end: Timestamp, now: Timestamp) -> Self {
        let days = |from: Timestamp, to: Timestamp| {
            i32::try_from(to.duration_since(from).as_secs() / DAY_SECONDS).unwrap_or(i32::MAX)
        };
        let whole = days(begin, end).max(1);
        Self { left: whole - days(begin, now).clamp(0, whole), whole }
    }

    /// Dodo's `proration_factor`, for the document only.
    pub(crate) fn factor(self) -> f64 {
        f64::from(self.left) / f64::from(self.whole)
    }

    /// This part of a price, rounded half up. Prices are below 2^31, so nothing here overflows.
    fn of(self, price: i64) -> i64 {
        let (left, whole) = (i64::from(self.left), i64::from(self.whole));
        (price * left * 2 + whole) / (whole * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Share = Share { left: 15, whole: 30 };

    /// Charge and credit without tax, credit at hand or minimum.
    fn settled(profile: Proration, mode: Mode, old: i64, new: i64) -> (i64, i64, bool) {
        let prorated = prorate(profile, mode, HALF);
        let bill = bill(prorated.net(old, new), 0, 0, false, 1);
        (bill.total, bill.credits, prorated.restarts_cycle)
    }

    #[test]
    fn every_mode_bills_dodos_worked_examples() {
        use Mode::*;
        use Proration::{Current, Legacy};
        for (profile, mode, old, new, charge, credit, restarts) in [
            (Current, DifferenceImmediately, 3000, 8000, 5000, 0, true),
            (Current, DifferenceImmediately, 8000, 2000, 0, 6000, true),
            (Current, DifferenceImmediately, 8000, 3000, 0, 5000, true),
            (Legacy, DifferenceImmediately, 3000, 8000, 5000, 0, false),
            (Legacy, DifferenceImmediately, 8000, 3000, 0, 5000, false),
            (Current, ProratedImmediately, 3000, 8000, 6500, 0, true),
            (Current, ProratedImmediately, 8000, 2000, 0, 2000, true),
            (Current, ProratedImmediately, 8000, 3000, 0, 1000, true),
            (Legacy, ProratedImmediately, 3000, 8000, 2500, 0, false),
            (Legacy, ProratedImmediately, 8000, 2000, 0, 3000, false),
            (Legacy, ProratedImmediately, 8000, 3000, 0, 2500, false),
            (Current, ProratedImmediatelyKeepCycle, 3000, 8000, 2500, 0, false),
            (Legacy, ProratedImmediatelyKeepCycle, 3000, 8000, 2500, 0, false),
            (Current, FullImmediately, 3000, 8000, 8000, 0, true),
            (Legacy, FullImmediately, 8000, 3000, 3000, 0, true),
            (Current, FullImmediately, 8000, 2000, 2000, 0, true),
            (Current, DoNotBill, 3000, 8000, 0, 0, false),
            (Legacy, DoNotBill, 8000, 3000, 0, 0, false),
        ] {
            let found = settled(profile, mode, old, new);
            assert_eq!(found, (charge, credit, restarts), "{profile:?} {mode:?} {old} to {new}");
        }
    }

    #[test]
    fn credit_pays_renewals_until_it_is_used_up() {
        for (credit, price, charged) in [
            (6000, 2000, vec![0, 0, 0, 2000]),
            (5000, 3000, vec![0, 1000, 3000]),
            (3000, 2000, vec![0, 1000]),
        ] {
            let mut balance = credit;
            for (cycle, expected) in charged.into_iter().enumerate() {
                let bill = bill(price, balance, 0, false, 50);
                balance += bill.credits;
                assert_eq!(bill.total, expected, "{credit} of credit, {price} in cycle {cycle}");
            }
            assert_eq!(balance, 0);
        }
    }

    #[test]
    fn tax_is_on_what_credit_leaves() {
        let exclusive = Bill { total: 1100, tax: 100, credits: -2000 };
        assert_eq!(bill(3000, 2000, 10, false, 50), exclusive);
        let inclusive = Bill { total: 1190, tax: 190, credits: -2000 };
        assert_eq!(bill(3190, 2000, 19, true, 50), inclusive);
    }

    #[test]
    fn a_rest_too_small_to_charge_is_raised_and_kept_as_credit() {
        assert_eq!(bill(2020, 2000, 0, false, 50), Bill { total: 50, tax: 0, credits: 30 - 2000 });
        assert_eq!(bill(2000, 2000, 0, false, 50), Bill { total: 0, tax: 0, credits: -2000 });
    }

    #[test]
    fn a_day_that_has_begun_is_left_and_parts_round_half_up() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (begin, end) = (at("2026-01-01T00:00:00Z"), at("2026-01-31T00:00:00Z"));
        for (now, left) in [
            ("2026-01-01T00:00:00Z", 30),
            ("2026-01-16T00:00:00Z", 15),
            ("2026-01-16T23:59:59Z", 15),
            ("2026-01-30T12:00:00Z", 1),
            ("2026-03-01T00:00:00Z", 0),
            ("2025-12-01T00:00:00Z", 30),
        ] {
            assert_eq!(Share::left_of(begin, end, at(now)), Share { left, whole: 30 }, "{now}");
        }
        assert_eq!(HALF.of(1001), 501);
        assert_eq!(Share { left: 20, whole: 30 }.of(8000), 5333);
    }
}
