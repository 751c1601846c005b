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
    /// The subscription that payment began.
    pub subscription_id: Option<String>,
    /// When it was seen to be over; null while it goes on.
    pub subscription_ended_at: Option<Timestamp>,
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
    pub(super) fn of(refund: &Refund, now: Timestamp) -> Self {
        let left = refund.subscription.as_ref();
        Self {
            id: refund.id.clone(),
            state: refund.state.kind(),
            failure_code: refund.state.failure_code().map(str::to_owned),
            attention: Attention::of_refund(refund, now),
            payment_id: refund.payment.clone(),
            subscription_id: left.map(|left| left.id.clone()),
            subscription_ended_at: left.and_then(|left| left.ended_at),
            occasion_id: refund.step.occasion.to_string(),
            offer_id: refund.step.offer.clone(),
            step: refund.step.number,
            claimed_at: refund.claimed_at,
            next_look_at: refund.look_at,
        }
    }

    fn is_by_hand(&self) -> bool {
        self.attention != Attention::PaidTwice
    }

    /// What a person has to do, and what became of the subscription.
    pub(super) fn left(&self) -> Option<String> {
        let refund =
            (self.attention == Attention::RefundByHand).then(|| words(Some(self.attention)).to_owned());
        let subscription = self.subscription_id.as_ref().map(|id| match self.subscription_ended_at {
            Some(_) => format!("subscription {id} has ended"),
            None if self.is_by_hand() => format!("CANCEL SUBSCRIPTION {id} BY HAND"),
            None => format!("subscription {id} is being cancelled"),
        });
        let parts: Vec<_> = refund.into_iter().chain(subscription).collect();
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
            row([
                mark(line.is_by_hand().then_some(line.attention)),
                &age(line.claimed_at, self.at),
                line.state,
                line.payment_id.as_str(),
                line.offer_id.as_str(),
                line.occasion_id.as_str(),
                &line.id,
                &line.left().unwrap_or_default(),
            ])
        });
        table(f, &std::iter::once(row(header)).chain(lines).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::{AttemptState, LeftSubscription, Step};
    use crate::occasion::OccasionId;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_line_says_who_ends_the_subscription_and_when_it_is_over() {
        let payment = || PaymentId::new("pay_1").unwrap();
        let refund = |state, ended_at| Refund {
            id: "r1".into(),
            step: Step {
                occasion: OccasionId::Purchase(payment()),
                offer: OfferId::new("plan").unwrap(),
                number: 0,
            },
            payment: payment(),
            subscription: Some(LeftSubscription { id: "sub_1".into(), ended_at }),
            state,
            claimed_at: at(0),
            sent_at: Some(at(0)),
            look_at: None,
            version: 0,
        };
        let printed = |state, ended_at, now| {
            let list =
                RefundList { at: at(now), refunds: vec![RefundLine::of(&refund(state, ended_at), at(now))] };
            list.to_string().lines().nth(1).unwrap().to_owned()
        };
        let given_back = || AttemptState::Succeeded { as_of: at(0) };
        let trying = printed(given_back(), None, 3_600);
        assert!(trying.contains("subscription sub_1 is being cancelled") && !trying.starts_with('!'));
        let given_up = printed(given_back(), None, 86_400);
        assert!(given_up.contains("CANCEL SUBSCRIPTION sub_1 BY HAND") && given_up.starts_with('!'));
        let over = printed(given_back(), Some(at(9)), 86_400);
        assert!(over.contains("subscription sub_1 has ended") && !over.starts_with('!'));
        let refused = printed(AttemptState::GivenUp { at: at(0) }, None, 60);
        assert!(refused.contains("REFUND BY HAND; CANCEL SUBSCRIPTION sub_1 BY HAND"), "{refused}");
    }
}
