//! How everything ends: Dodo's ledger against the database, and against what shoppers agreed to.

use crate::journey::Journey;
use crate::plan::Fault;
use crate::shopper::Site;
use crate::subscription::{Standing, Timeline};
use crate::verdict::Verdict;
use aftercart_server::simulation::Record;
use dodo_sandbox::core::{Core, Payment, PaymentStatus};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What `offers.toml` gives to who wants to take an accept back.
const WINDOW: SignedDuration = SignedDuration::from_secs(20);

/// The books at the end.
pub(crate) fn judge_books(site: &Site, verdict: &mut Verdict) {
    let database = &site.world.database;
    let (attempts, checkouts, refunds) = (database.attempts(), database.checkouts(), database.refunds());
    site.world.ledger(|core| {
        count_money(core, verdict);
        for attempt in &attempts {
            judge_attempt(core, site, attempt, verdict);
        }
        for checkout in &checkouts {
            let truth = core.ledger.payments.iter().any(|payment| {
                text(payment, CHECKOUT) == Some(&checkout.id) && payment.status == PaymentStatus::Succeeded
            });
            if truth != (checkout.state == "succeeded") {
                verdict.lost.push(format!("checkout {} is {}, paid: {truth}", checkout.id, checkout.state));
            }
        }
        for (payment, state) in &refunds {
            let truth = core.ledger.refunds.iter().any(|refund| refund.payment_id == *payment);
            if truth != (*state == "succeeded") {
                verdict.lost.push(format!("the refund of {payment} is {state}, given back: {truth}"));
            }
        }
    });
    let notes = site.world.notes();
    for (attempt, count) in notes.orders.iter().filter(|(_, count)| **count > 1) {
        verdict.double.push(format!("attempt {attempt} was sent {count} times"));
    }
    verdict.untrue.extend(notes.untrue.iter().cloned());
}

/// One attempt: what it says, what it did, and what its button said.
fn judge_attempt(core: &Core, site: &Site, attempt: &Record, verdict: &mut Verdict) {
    let made = |payment: &&Payment| text(payment, ATTEMPT) == Some(&attempt.id) && is_one_click(payment);
    let payments: Vec<_> = core.ledger.payments.iter().filter(made).collect();
    let (id, says) = (&attempt.id, attempt.state);
    if payments.len() > 1 {
        verdict.double.push(format!("attempt {id} made {} payments", payments.len()));
    }
    let is_paid = payments.iter().any(|payment| payment.status == PaymentStatus::Succeeded);
    let notes = site.world.notes();
    let plan = notes.timeline.as_ref().filter(|_| attempt.changes_plan).map(Timeline::last);
    let (truth, is_told) = match plan {
        Some(Standing::After) => (true, says == "succeeded"),
        Some(Standing::Planned) => (true, says == "scheduled"),
        Some(Standing::Before) => (is_paid, !matches!(says, "succeeded" | "scheduled")),
        None => (is_paid, is_paid == (says == "succeeded")),
    };
    if !is_told {
        verdict.lost.push(format!("attempt {id} is {says}, paid: {is_paid}, plan: {plan:?}"));
    }
    if plan == Some(Standing::Before) && is_paid {
        verdict.lost.push(format!("attempt {id} is paid, and the plan is the old one"));
    }
    let waits_rightly = plan == Some(Standing::Planned) && says == "scheduled";
    if !attempt.is_settled && !attempt.is_dead && !waits_rightly {
        verdict.stuck.push(format!("attempt {id} stays {says}"));
    }
    if notes.not_received.contains(&attempt.key) && truth {
        verdict.untrue.push(format!("click {} did arrive, and was charged", attempt.key));
    }
    if notes.told_called_off && plan.is_some_and(|plan| plan != Standing::Before) {
        verdict.untrue.push(format!("attempt {id} was called off, and the plan is {plan:?}"));
    }
    let is_sent = notes.orders.contains_key(id);
    if (says == "revoked" || notes.told_taken_back) && (truth || is_sent) {
        verdict
            .untrue
            .push(format!("attempt {id} was taken back, and was sent: {is_sent}, charged: {truth}"));
    }
    let Some(button) = notes.buttons.get(&attempt.key) else { return };
    if site.world.plan.journey == Journey::TakeBack && !site.world.plan.faults.has(Fault::ClockSkew) {
        for payment in &payments {
            let waited = payment.created_at.duration_since(button.clicked_at);
            if waited < WINDOW {
                verdict.untrue.push(format!("attempt {id} was charged {waited:#} after the click"));
            }
        }
    }
    // A price that moves between Dodo's preview and the charge is beyond anybody's reach.
    let moved_since = |payment: &Payment| {
        notes.price_moved.is_some_and(|at| button.clicked_at <= at && at <= payment.created_at)
    };
    for payment in payments.into_iter().filter(|payment| !moved_since(payment)) {
        let quantity: i64 = payment.cart.iter().map(|line| line.quantity).sum();
        let (amount, currency) = (button.due_now.amount_minor.get(), button.due_now.currency.code());
        if (payment.total_amount, &*payment.currency, quantity) != (amount, currency, button.quantity.into())
        {
            verdict.untrue.push(format!(
                "the button said {} × {amount} {currency}, and {quantity} × {} {} was charged",
                button.quantity, payment.total_amount, payment.currency
            ));
        }
    }
}

/// At most one payment per occasion and offer stays paid, and at most one click per product.
fn count_money(core: &Core, verdict: &mut Verdict) {
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for payment in ours(core) {
        let is_kept = payment.status == PaymentStatus::Succeeded
            && !core.ledger.refunds.iter().any(|refund| refund.payment_id == payment.id);
        if !is_kept {
            continue;
        }
        let offer = offer_of(payment).zip(text(payment, OCCASION));
        let offer = offer.map(|(offer, occasion)| format!("offer {offer} of {occasion}"));
        let products = payment.cart.iter().filter(|_| is_one_click(payment));
        let products = products.map(|line| format!("one click on {}", line.product_id));
        for what in offer.into_iter().chain(products) {
            *kept.entry(what).or_default() += 1;
        }
    }
    for (what, count) in kept.into_iter().filter(|(_, count)| *count > 1) {
        verdict.double.push(format!("{count} payments are kept for {what}"));
    }
}

const ATTEMPT: &str = "aftercart_attempt";
const CHECKOUT: &str = "aftercart_checkout";
const OCCASION: &str = "aftercart_purchase";

/// The payments that offers led to.
pub(crate) fn ours(core: &Core) -> impl Iterator<Item = &Payment> {
    core.ledger.payments.iter().filter(|payment| text(payment, OCCASION).is_some())
}

/// The offer that a payment is for.
pub(crate) fn offer_of(payment: &Payment) -> Option<&str> {
    text(payment, "aftercart_offer")
}

/// True for a charge of a saved method, false for a checkout.
pub(crate) fn is_one_click(payment: &Payment) -> bool {
    text(payment, CHECKOUT).is_none()
}

fn text<'a>(payment: &'a Payment, key: &str) -> Option<&'a str> {
    payment.metadata.get(key).and_then(|value| value.as_str())
}
