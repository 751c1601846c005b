//! Refunds as a list.

use super::age::age;
use super::attempt::{mark, words};
use super::table::{row, table};
use crate::attempt::Refund;
use crate::upsell::Attention;
use aftercart_contract::{OfferId, PaymentId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// The newest refunds: steps that were paid twice.
#[derive(Clone, Debug, Serialize)]
pub struct RefundList {
    /// When the list was made; ages count from here.
    pub at: Timestamp,
    /// Newest first.
    pub refunds: Vec<RefundLine>,
}

/// One payment that is given back.
#[derive(Clone, Debug, Serialize)]
pub struct RefundLine {
    /// As in the metadata of the refund at Dodo.
    pub id: String,
    /// One of [`super::STATES`]; `succeeded`: the money is on its way back.
    pub state: &'static str,
    /// Dodo's code, where it is dead.
    pub failure_code: Option<String>,
    /// Whether it, or the end of its subscription, is to be made by hand.
    pub attention: Attention,
    /// The later of the two payments, which is given back.
    pub payment_id: PaymentId,
    /// The subscription that payment began: to be cancelled by hand, whatever `attention` says.
    pub subscription_id: Option<String>,
    /// The purchase that the offer followed.
    pub occasion_id: String,
    /// The offer that was paid twice.
    pub offer_id: OfferId,
    /// 0, then 1 for its downsell, and so on.
    pub step: u32,
    /// When both payments were first seen.
    pub claimed_at: Timestamp,
    /// When the reconciler looks at it next; null when nothing is left to find out.
    pub next_look_at: Option<Timestamp>,
}

impl RefundLine {
    pub(super) fn of(refund: &Refund) -> Self {
        Self {
            id: refund.id.clone(),
            state: refund.state.kind(),
            failure_code: refund.state.failure_code().map(str::to_owned),
            attention: Attention::of_refund(refund),
            payment_id: refund.payment.clone(),
            subscription_id: refund.subscription.clone(),
            occasion_id: refund.step.occasion.to_string(),
            offer_id: refund.step.offer.clone(),
            step: refund.step.number,
            claimed_at: refund.claimed_at,
            next_look_at: refund.look_at,
        }
    }

    /// What a person has to do.
    pub(super) fn by_hand(&self) -> Option<String> {
        let refund =
            (self.attention == Attention::RefundByHand).then(|| words(Some(self.attention)).to_owned());
        let cancel = self.subscription_id.as_ref().map(|id| format!("CANCEL SUBSCRIPTION {id} BY HAND"));
        let parts: Vec<_> = refund.into_iter().chain(cancel).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// One line a refund; those that leave something to be done by hand begin with `!`.
impl fmt::Display for RefundList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.refunds.is_empty() {
            return writeln!(f, "no refunds: nothing was paid twice");
        }
        let header = ["", "AGE", "STATE", "GIVEN BACK", "OFFER", "PURCHASE", "REFUND", ""];
        let lines = self.refunds.iter().map(|line| {
            let by_hand = line.by_hand();
            row([
                mark(by_hand.as_ref().map(|_| line.attention)),
                &age(line.claimed_at, self.at),
                line.state,
                line.payment_id.as_str(),
                line.offer_id.as_str(),
                line.occasion_id.as_str(),
                &line.id,
                by_hand.as_deref().unwrap_or_default(),
            ])
        });
        table(f, &std::iter::once(row(header)).chain(lines).collect::<Vec<_>>())
    }
}
