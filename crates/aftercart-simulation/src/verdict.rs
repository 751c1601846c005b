//! What must hold: what a page says when it says it, and how everything ends.

use crate::shopper::Site;
use crate::tab::Tab;
use aftercart::model::State;
use aftercart_contract::OfferId;
use dodo_sandbox::core::{Core, Payment, PaymentStatus};
use jiff::{SignedDuration, Timestamp};

/// The server may tell what it read from Dodo this long ago: one read takes so long, tried twice.
const READ_TAKES: SignedDuration = SignedDuration::from_secs(17);

/// What went wrong in a history.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) double: Vec<String>,
    pub(crate) lost: Vec<String>,
    pub(crate) untrue: Vec<String>,
    pub(crate) stuck: Vec<String>,
}

impl Verdict {
    pub(crate) fn is_good(&self) -> bool {
        [&self.double, &self.lost, &self.untrue, &self.stuck].iter().all(|list| list.is_empty())
    }
}

/// What a history came to, to see that the histories are about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// An offer was accepted and its claim stored.
    Claimed,
    /// The one-click charge was paid.
    Charged,
    /// The charge ended dead.
    Dead,
    /// It was given up on the way.
    GivenUp,
    /// A standard checkout was paid.
    CheckoutPaid,
    /// A step was paid twice and one payment given back.
    Refunded,
}

/// All of them, in the order of the report.
pub(crate) const ENDINGS: [Ending; 6] =
    [Ending::Claimed, Ending::Charged, Ending::Dead, Ending::GivenUp, Ending::CheckoutPaid, Ending::Refunded];

/// True if this history came to that.
pub(crate) fn came_to(site: &Site, ending: Ending) -> bool {
    let database = &site.world.database;
    let attempts = database.attempts();
    match ending {
        Ending::Claimed => !attempts.is_empty(),
        Ending::Charged => attempts.iter().any(|attempt| attempt.state == "succeeded"),
        Ending::Dead => attempts.iter().any(|attempt| attempt.is_dead),
        Ending::GivenUp => attempts.iter().any(|attempt| attempt.was_given_up),
        Ending::CheckoutPaid => database.checkouts().iter().any(|checkout| checkout.state == "succeeded"),
        Ending::Refunded => !database.refunds().is_empty(),
    }
}

/// Notes it when a page tells its shopper something else than Dodo's ledger said when the server spoke.
pub(crate) fn judge(site: &Site, tab: &Tab, made_at: Option<Timestamp>) {
    let Some(made_at) = made_at else { return };
    let world = &site.world;
    let offer = tab.offer.as_ref().map(OfferId::as_str);
    let is_its = |payment: &&Payment| text(payment, OFFER) == offer;
    match &tab.state {
        State::Succeeded { .. } => {
            let paid = world
                .ledger(|core| ours(core, site).filter(is_its).any(|payment| was_paid(payment, made_at)));
            if !paid {
                world.tell_untrue(format!("tab {} says paid, and nothing is", tab.number));
            }
        }
        State::Failed { failure, .. } if failure.code == "not_received" => {
            if let Some(key) = &tab.last_key {
                world.tell_not_received(key.as_str().to_owned());
            }
        }
        State::Failed { failure, .. } if failure.code != "unknown" => {
            let known = made_at.saturating_sub(READ_TAKES).unwrap_or(made_at);
            let charged = |core: &Core| {
                ours(core, site)
                    .filter(is_its)
                    .any(|payment| is_one_click(payment) && was_paid(payment, known))
            };
            if world.ledger(charged) {
                world.tell_untrue(format!("tab {} says {}, and it was charged", tab.number, failure.code));
            }
        }
        _ => {}
    }
}

/// The pages, by number, that wait although there is nothing to wait for, long after the last fault.
pub(crate) fn stuck_pages(site: &Site) -> Vec<(usize, &'static str)> {
    let attempts = site.world.database.attempts();
    let is_over = attempts.iter().all(|attempt| attempt.is_settled || attempt.is_dead);
    let is_stuck = |state: &State| match state {
        State::Loading | State::Charging { .. } | State::Declining { .. } => true,
        State::Unknown(_) | State::Processing(_) => is_over,
        _ => false,
    };
    let stuck = site.open_pages().into_iter().filter(|(_, state)| is_stuck(state));
    stuck.map(|(number, state)| (number, state.name())).collect()
}

/// The books at the end: Dodo's ledger against the database.
pub(crate) fn judge_books(site: &Site, verdict: &mut Verdict) {
    let database = &site.world.database;
    let (attempts, checkouts, refunds) = (database.attempts(), database.checkouts(), database.refunds());
    site.world.ledger(|core| {
        count_money(core, site, verdict);
        for attempt in &attempts {
            let made =
                |payment: &&Payment| text(payment, ATTEMPT) == Some(&attempt.id) && is_one_click(payment);
            let payments: Vec<_> = core.ledger.payments.iter().filter(made).collect();
            if payments.len() > 1 {
                verdict.double.push(format!("attempt {} made {} payments", attempt.id, payments.len()));
            }
            let says = attempt.state;
            let truth = payments.iter().any(|payment| payment.status == PaymentStatus::Succeeded);
            if truth != (says == "succeeded") {
                verdict.lost.push(format!("attempt {} is {says}, paid: {truth}", attempt.id));
            }
            if !attempt.is_settled && !attempt.is_dead {
                verdict.stuck.push(format!("attempt {} stays {says}", attempt.id));
            }
            if site.world.not_received().contains(&attempt.key) && truth {
                verdict.untrue.push(format!("click {} did arrive, and was charged", attempt.key));
            }
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
    verdict.untrue.extend(site.world.untrue());
}

/// At most one payment per offer stays paid.
fn count_money(core: &Core, site: &Site, verdict: &mut Verdict) {
    for offer in ["course", "guide", "portfolio"] {
        let kept = ours(core, site).filter(|payment| {
            text(payment, OFFER) == Some(offer)
                && payment.status == PaymentStatus::Succeeded
                && !core.ledger.refunds.iter().any(|refund| refund.payment_id == payment.id)
        });
        let kept = kept.count();
        if kept > 1 {
            verdict.double.push(format!("{kept} payments are kept for {offer}"));
        }
    }
}

const ATTEMPT: &str = "aftercart_attempt";
const CHECKOUT: &str = "aftercart_checkout";
const OFFER: &str = "aftercart_offer";

fn ours<'a>(core: &'a Core, site: &'a Site) -> impl Iterator<Item = &'a Payment> {
    let follows = |payment: &&Payment| text(payment, "aftercart_purchase") == Some(site.purchase.as_str());
    core.ledger.payments.iter().filter(follows)
}

fn is_one_click(payment: &Payment) -> bool {
    text(payment, CHECKOUT).is_none()
}

fn was_paid(payment: &Payment, by: Timestamp) -> bool {
    payment.status == PaymentStatus::Succeeded && payment.updated_at.is_some_and(|at| at <= by)
}

fn text<'a>(payment: &'a Payment, key: &str) -> Option<&'a str> {
    payment.metadata.get(key).and_then(|value| value.as_str())
}
