//! What became of offers, counted.

use super::rows::Rows;
use crate::attempt::AttemptState;
use crate::store::figures::{Counted, Figure};
use aftercart_contract::{Currency, Money, OfferId, PaymentId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Rows {
    pub(super) fn figures_since(&self, at: Timestamp) -> Vec<Figure> {
        let attempts = || self.attempts.iter().map(|(attempt, _)| attempt).filter(|one| one.claimed_at >= at);
        let checkouts =
            || self.checkouts.iter().map(|(checkout, _)| checkout).filter(|one| one.opened_at >= at);
        let shown = self.shown.iter().filter(|shown| shown.at >= at);
        let shown: BTreeSet<_> = shown.map(|shown| (&shown.offer, &shown.subject)).collect();
        let shown = shown.iter().map(|(offer, _)| *offer);
        let declined = self.declines.iter().filter(|(_, _, decline)| decline.declined_at >= at);
        let steps = attempts().map(|one| &one.payable.step).chain(checkouts().map(|one| &one.payable.step));
        let places: BTreeSet<_> =
            steps.map(|step| (&step.offer, step.occasion.as_str(), step.place().number)).collect();
        let revoked = attempts().filter(|one| one.state.kind() == "revoked");
        let paid = |state: &AttemptState, payment: Option<&PaymentId>| {
            let is_given_back = self.refunds.iter().any(|refund| Some(&refund.payment) == payment);
            state.kind() == "succeeded" && !is_given_back
        };
        let clicks = attempts().filter(|one| paid(&one.state, one.payment.as_ref()));
        let clicks = clicks.map(|one| (&one.payable.step.offer, one.charged.unwrap_or(one.quoted)));
        let by_hand = checkouts().filter(|one| paid(&one.state, one.payment.as_ref()));
        let by_hand = by_hand.filter_map(|one| Some((&one.payable.step.offer, one.charged?)));
        let mut figures = counts(shown, Counted::Shown);
        figures.extend(counts(declined.map(|(_, offer, _)| offer), Counted::Declined));
        figures.extend(counts(places.iter().map(|(offer, ..)| *offer), Counted::Accepted));
        figures.extend(counts(revoked.map(|one| &one.payable.step.offer), Counted::TakenBack));
        figures.extend(sales(clicks, false));
        figures.extend(sales(by_hand, true));
        figures
    }
}

fn counts<'a>(offers: impl Iterator<Item = &'a OfferId>, what: Counted) -> Vec<Figure> {
    let mut numbers = BTreeMap::new();
    for offer in offers {
        *numbers.entry(offer).or_default() += 1;
    }
    numbers.into_iter().map(|(offer, number)| Figure { offer: offer.clone(), what, number }).collect()
}

fn sales<'a>(sold: impl Iterator<Item = (&'a OfferId, Money)>, at_checkout: bool) -> Vec<Figure> {
    let mut sums: BTreeMap<(&OfferId, Currency), (u64, i64)> = BTreeMap::new();
    for (offer, money) in sold {
        let (number, amount) = sums.entry((offer, money.currency)).or_default();
        *number += 1;
        *amount += money.amount_minor.get();
    }
    let figure = |((offer, currency), (number, amount)): ((&OfferId, Currency), (u64, i64))| Figure {
        offer: offer.clone(),
        what: Counted::Sold { amount, currency, at_checkout },
        number,
    };
    sums.into_iter().map(figure).collect()
}
