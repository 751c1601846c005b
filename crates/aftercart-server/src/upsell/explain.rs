//! Why a subject is shown what it is: every check of every offer, with what it saw.
//!
//! Reads what a page would have read, and beyond that prices and saved methods. Changes nothing: no checkout is
//! opened, nothing is stored, nothing is sent.

use super::chain::{Look, Trail};
use super::eligible::Check;
use super::recognise::Recognised;
use super::{Core, Refusal};
use crate::attempt::Step;
use crate::occasion::{Cause, Occasion, OccasionId};
use crate::purchase::{Purchase, is_ours};
use crate::rules::Rule;
use aftercart_contract::{OfferAnswer, OfferId, OfferKind, PaymentId, Reason, Subject};
use serde::Serialize;

/// Everything that decides what a subject is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Who was asked about.
    pub subject: String,
    /// The offer that a page gets, if it gets one.
    pub offer_id: Option<OfferId>,
    /// Why it gets none.
    pub reason: Option<Reason>,
    /// What was asked about the subject itself.
    pub checks: Vec<Check>,
    /// The purchase or trigger that the offers below are looked at for.
    pub occasion_id: Option<String>,
    /// Every offer of the shop, in the file's order.
    pub offers: Vec<Explained>,
}

/// One offer, and every check of it.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The offer.
    pub offer_id: OfferId,
    /// What kind it is.
    pub kind: OfferKind,
    /// Whether all checks passed.
    pub passed: bool,
    /// The first reason why not.
    pub reason: Option<Reason>,
    /// In the order they are asked.
    pub checks: Vec<Check>,
}

impl Core {
    /// Asks everything about every offer for this subject.
    pub(crate) async fn explain(&self, subject: &Subject) -> Result<Explanation, Refusal> {
        let (checks, occasions) = match subject {
            Subject::Payment(payment) => self.explain_payment(payment).await?,
            Subject::Customer(customer) => (Vec::new(), self.occasions_of(customer).await?),
        };
        let failed = checks.iter().find(|check| check.has_failed());
        let mut explanation = Explanation {
            subject: subject.as_str().to_owned(),
            offer_id: None,
            reason: failed.map(|check| check.reason.clone()),
            checks,
            occasion_id: None,
            offers: Vec::new(),
        };
        let is_stopped = explanation.reason.is_some();
        for occasion in occasions {
            let mut trail = Trail::default();
            let answer = self.walk(&occasion, None, Look::ToExplain, &mut trail).await?;
            let (offer, reason, is_told) = match answer {
                OfferAnswer::Offer(offer) => (Some(offer.offer_id), None, true),
                OfferAnswer::Ineligible(nothing) => (None, nothing.reason, nothing.outcome.is_some()),
            };
            // The newest one's reason stays, unless an older one has something to show or to tell.
            if explanation.occasion_id.is_some() && !is_told {
                continue;
            }
            if !is_stopped {
                (explanation.offer_id, explanation.reason) = (offer, reason);
            }
            explanation.occasion_id = Some(occasion.id.to_string());
            explanation.offers = self.explain_offers(&occasion, &trail.passed).await?;
            if is_told {
                break;
            }
        }
        if explanation.occasion_id.is_none() && explanation.reason.is_none() {
            explanation.reason = Some(Reason::NoRule);
        }
        Ok(explanation)
    }

    /// What a payment's id opens, and the purchase behind it.
    async fn explain_payment(&self, payment: &PaymentId) -> Result<(Vec<Check>, Vec<Occasion>), Refusal> {
        match self.looked_up(payment).await? {
            Recognised::Nothing => {
                let known = Check::of(
                    "known",
                    "neither we nor Dodo know it",
                    "a payment of this shop",
                    false,
                    Reason::UnknownSubject,
                );
                Ok((vec![known], Vec::new()))
            }
            Recognised::Ours(step) => {
                let seen = format!("the charge of the offer {}", step.offer);
                let own = Check::of("a_purchase", seen, "a purchase", false, Reason::OwnPayment);
                Ok((vec![own], Vec::new()))
            }
            Recognised::Purchase(purchase) => Ok(self.explain_purchase(purchase)),
        }
    }

    /// As the store knows it; what it does not know, or not as paid, as Dodo does. Nothing is kept.
    async fn looked_up(&self, id: &PaymentId) -> Result<Recognised, Refusal> {
        let known = self.recall(id).await?;
        if matches!(&known, Recognised::Ours(_))
            || matches!(&known, Recognised::Purchase(purchase) if purchase.paid_at.is_some())
        {
            return Ok(known);
        }
        match self.dodo.payment(id).await.map_err(Refusal::DodoUnavailable)? {
            Some(payment) if !is_ours(&payment) => {
                Ok(Recognised::Purchase(self.purchase_of(&payment, payment.created_at).await?))
            }
            _ => Ok(known),
        }
    }

    fn explain_purchase(&self, purchase: Purchase) -> (Vec<Check>, Vec<Occasion>) {
        let paid = purchase.paid_at.is_some();
        let mut checks = vec![Check::of("paid", &purchase.status, "succeeded", paid, Reason::NotPaid)];
        checks.extend(purchase.paid_at.map(|paid_at| self.fresh_check(paid_at)));
        let (seen, is_new) = match &purchase.refused {
            Some(refused) => (refused.as_str(), false),
            None => ("bought by hand", true),
        };
        let reason = Reason::Other("not_a_new_purchase".to_owned());
        checks.push(Check::of("a_new_purchase", seen, "bought by hand", is_new, reason));
        (checks, vec![Occasion::of(purchase)])
    }

    async fn explain_offers(&self, occasion: &Occasion, passed: &[Step]) -> Result<Vec<Explained>, Refusal> {
        let mut offers = Vec::new();
        for rule in self.book.rules() {
            let step = passed.iter().find(|step| step.offer == rule.id);
            let mut checks = vec![opened(occasion, rule, step.is_some())];
            if let Some(step) = step {
                checks.push(self.not_accepted(step).await?);
            }
            checks.extend(self.checks_of(occasion, rule).await?);
            checks.extend(self.asked_of_dodo(occasion, rule, step).await?);
            let failed = checks.iter().find(|check| check.has_failed());
            let reason = failed.map(|check| check.reason.clone());
            let (offer_id, passed) = (rule.id.clone(), reason.is_none());
            offers.push(Explained { offer_id, kind: rule.kind, passed, reason, checks });
        }
        Ok(offers)
    }

    async fn not_accepted(&self, step: &Step) -> Result<Check, Refusal> {
        let outcome = self.outcome_known(step).await?;
        let seen = match &outcome {
            Some(_) => format!("accepted at step {}", step.number),
            None => format!("at step {}", step.number),
        };
        Ok(Check::of("not_accepted", seen, "not accepted", outcome.is_none(), Reason::AlreadyAccepted))
    }
}

/// Whether the occasion, or another offer, leads to this one.
fn opened(occasion: &Occasion, rule: &Rule, is_reached: bool) -> Check {
    let seen = match (&occasion.cause, &occasion.id) {
        (Cause::Purchase { products, .. }, OccasionId::Purchase(payment)) => {
            let products: Vec<&str> = products.iter().map(aftercart_contract::ProductId::as_str).collect();
            format!("{payment} of {}", products.join(", "))
        }
        (cause, id) => {
            let (kind, name, percent) = cause.columns();
            let value = name.map(str::to_owned).or(percent.map(|percent| format!("{percent} %")));
            format!("{id}: {kind} {}", value.unwrap_or_default()).trim_end().to_owned()
        }
    };
    let mut ways = Vec::new();
    let names: Vec<&str> = rule.when.purchased.iter().map(aftercart_contract::ProductId::as_str).collect();
    if !names.is_empty() {
        ways.push(format!("purchase of {}", names.join(" or ")));
    }
    if !rule.when.milestones.is_empty() {
        ways.push(format!("milestone {}", rule.when.milestones.join(" or ")));
    }
    ways.extend(rule.when.plan_limit.map(|percent| format!("plan_limit {percent} %")));
    ways.extend(rule.when.onboarding_done.then(|| "onboarding_done".to_owned()));
    ways.push("another offer that leads here".to_owned());
    let is_opened = is_reached || rule.when.is_met_by(&occasion.cause);
    Check::of("opened", seen, ways.join(", or "), is_opened, Reason::NoRule)
}
