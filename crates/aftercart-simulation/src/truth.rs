//! What a page says when it says it, against Dodo at the moment at which the server spoke.

use crate::books::{is_one_click, offer_of, ours};
use crate::journey::Journey;
use crate::shopper::Site;
use crate::subscription::Standing;
use crate::tab::Tab;
use aftercart::model::{Phase, State};
use aftercart_contract::{OfferId, Outcome, PlanChange, Receipt};
use dodo_sandbox::core::{ChargeType, Payment, PaymentStatus};
use jiff::{SignedDuration, Timestamp};

/// The server may tell what it read from Dodo this long ago: one read takes so long, tried twice.
const READ_TAKES: SignedDuration = SignedDuration::from_secs(17);

/// The oldest look at Dodo that an answer of this moment may rest on.
fn read_at(made_at: Timestamp) -> Timestamp {
    made_at.saturating_sub(READ_TAKES).unwrap_or(made_at)
}

/// Notes it when a page tells its shopper something else than Dodo's ledger said when the server spoke.
pub(crate) fn judge(site: &Site, tab: &Tab, made_at: Option<Timestamp>) {
    let Some(made_at) = made_at else { return };
    let number = tab.number;
    let untrue = match &tab.state {
        State::Accepted(attempt) => accepted(site, tab, &attempt.phase, made_at),
        State::Offered(sheet) => sheet.offer.after.as_deref().and_then(|told| after(site, told, made_at)),
        _ => None,
    };
    if let Some(words) = untrue {
        site.world.tell_untrue(format!("tab {number} says {words}"));
    }
}

fn accepted(site: &Site, tab: &Tab, phase: &Phase, made_at: Timestamp) -> Option<String> {
    match phase {
        Phase::Succeeded { change: Some(change), receipt, .. } => {
            changed(site, change, made_at).or_else(|| charged(site, tab, receipt.as_ref(), made_at))
        }
        Phase::Succeeded { receipt, .. } => {
            if any_paid(site, tab, made_at, |_| true) {
                charged(site, tab, receipt.as_ref(), made_at)
            } else {
                Some("paid, and nothing is".into())
            }
        }
        Phase::Revoked { was_change: true } => {
            site.world.notes().told_called_off = true;
            let gone = stood(site, Standing::Before, made_at, Some(READ_TAKES));
            (!gone).then(|| "called off, and it is planned".into())
        }
        // A page that was loaded since a planned change was called off is told so too.
        Phase::Revoked { was_change: false } if site.world.plan.journey == Journey::TakeBack => {
            site.world.notes().told_taken_back = true;
            None
        }
        Phase::Waiting { .. } => {
            let known = read_at(made_at);
            any_paid(site, tab, known, is_one_click).then(|| "it waits, and it was charged".into())
        }
        Phase::Failed { failure, .. } => failed(site, tab, &failure.code, made_at),
        _ => None,
    }
}

/// A plan is said to be changed when it is, and to be planned when it was planned.
fn changed(site: &Site, change: &PlanChange, made_at: Timestamp) -> Option<String> {
    let is_changed = stood(site, Standing::After, made_at, None);
    let is_planned = stood(site, Standing::Planned, made_at, None);
    match change.is_scheduled {
        false if !is_changed => Some("changed, and the plan is the old one".into()),
        true if !is_planned && !is_changed => Some("planned, and nothing is".into()),
        _ => None,
    }
}

/// The amount on a receipt was charged: by us, or by Dodo itself on the day of a planned change.
fn charged(site: &Site, tab: &Tab, receipt: Option<&Receipt>, made_at: Timestamp) -> Option<String> {
    let amount = receipt?.amount.get();
    let is_it = any_paid(site, tab, made_at, |payment| payment.total_amount == amount);
    let notes = site.world.notes();
    let plan = notes.timeline.as_ref().map(|timeline| timeline.subscription.clone());
    drop(notes);
    let on_its_day = |payment: &Payment| {
        payment.charge_type == Some(ChargeType::PlanChange)
            && payment.subscription_ids.iter().any(|paid| Some(paid) == plan.as_ref())
            && (payment.total_amount == amount && was_paid(payment, made_at))
    };
    let is_it = is_it || site.world.ledger(|core| core.ledger.payments.iter().any(on_its_day));
    (!is_it).then(|| format!("{amount} was charged, and it was not"))
}

/// What stands over the next offer: how the one before went.
fn after(site: &Site, told: &Outcome, made_at: Timestamp) -> Option<String> {
    let Outcome::Succeeded { change: None, .. } = told else { return None };
    let paid = site.world.ledger(|core| ours(core).any(|payment| was_paid(payment, made_at)));
    (!paid).then(|| "the offer before is paid, and nothing is".into())
}

fn failed(site: &Site, tab: &Tab, code: &str, made_at: Timestamp) -> Option<String> {
    if code == "not_received" {
        let key = tab.last_key.as_ref()?.as_str().to_owned();
        site.world.notes().not_received.push(key);
        return None;
    }
    if code == "unknown" {
        return None;
    }
    let known = read_at(made_at);
    if any_paid(site, tab, known, is_one_click) {
        return Some(format!("{code}, and it was charged"));
    }
    let is_changed = stood(site, Standing::After, known, None);
    let is_planned = stood(site, Standing::Planned, known, Some(SignedDuration::ZERO));
    (is_changed || is_planned).then(|| format!("{code}, and the plan was changed"))
}

fn stood(site: &Site, standing: Standing, until: Timestamp, back: Option<SignedDuration>) -> bool {
    let notes = site.world.notes();
    notes.timeline.as_ref().is_some_and(|timeline| timeline.stood(standing, until, back))
}

/// True if such a payment of the page's offer was paid by then.
fn any_paid(site: &Site, tab: &Tab, by: Timestamp, is_such: impl Fn(&Payment) -> bool) -> bool {
    let offer = tab.offer.as_ref().map(OfferId::as_str);
    site.world.ledger(|core| {
        let mut its = ours(core).filter(|payment| offer_of(payment) == offer);
        its.any(|payment| was_paid(payment, by) && is_such(payment))
    })
}

fn was_paid(payment: &Payment, by: Timestamp) -> bool {
    payment.status == PaymentStatus::Succeeded && payment.updated_at.is_some_and(|at| at <= by)
}
