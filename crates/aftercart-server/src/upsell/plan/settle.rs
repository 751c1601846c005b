//! How a plan change went: its payment is looked for, its subscription read back, and both are facts.

use super::super::settle::CLOCK_SKEW;
use super::super::{Core, Refusal};
use crate::attempt::{AgreedChange, Attempt, AttemptState, Effective, Fact, Noted, Source};
use crate::dodo::{DodoError, Payment, Purpose, Subscription};
use aftercart_contract::{CustomerId, Money};
use jiff::{SignedDuration, Timestamp};

/// A change whose day has come may be under way at Dodo for so long before its absence says anything.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(96);

/// What one look at Dodo found.
#[derive(Debug)]
pub(in crate::upsell) struct Seen {
    pub(in crate::upsell) attempt: Attempt,
    /// True when Dodo shows a payment of this change.
    pub(in crate::upsell) has_payment: bool,
}

impl Core {
    /// Asks Dodo once. An error when not all of it could be read.
    pub(in crate::upsell) async fn look_at_change(
        &self,
        attempt: Attempt,
        change: &AgreedChange,
    ) -> Result<Result<Seen, DodoError>, Refusal> {
        let read = tokio::try_join!(
            self.find_change_payment(&attempt, change),
            self.dodo.subscription(&change.subscription)
        );
        let (payment, subscription) = match read {
            Ok(read) => read,
            Err(error) => return Ok(Err(error)),
        };
        let mut seen = Seen { attempt, has_payment: payment.is_some() };
        if let Some(payment) = &payment {
            seen.attempt = self.learn_change_payment(seen.attempt, payment, Source::ReadBack, None).await?;
        }
        if let Some(subscription) = &subscription
            && let Some(fact) = told_by(subscription, &seen.attempt, change, self.now())
        {
            seen.attempt = self.learn(seen.attempt, fact, Source::ReadBack, |_| {}).await?;
        }
        Ok(Ok(seen))
    }

    /// As [`Self::look_at_change`]; when Dodo cannot be asked, the attempt stays as it is.
    pub(in crate::upsell) async fn asked_of_change(
        &self,
        attempt: Attempt,
        change: &AgreedChange,
    ) -> Result<Attempt, Refusal> {
        match self.look_at_change(attempt.clone(), change).await? {
            Ok(seen) => Ok(seen.attempt),
            Err(error) => {
                tracing::warn!(attempt.id, %error, "a plan change cannot be read");
                Ok(attempt)
            }
        }
    }

    /// The payment of a change: by its id, else the subscription's `plan_change` payment since the claim that
    /// carries this attempt's id. One that Dodo makes itself at the billing date carries none.
    async fn find_change_payment(
        &self,
        attempt: &Attempt,
        change: &AgreedChange,
    ) -> Result<Option<Payment>, DodoError> {
        if let Some(payment) = &attempt.payment
            && let Some(found) = self.dodo.payment(payment).await?
        {
            return Ok(Some(found));
        }
        let since = attempt.claimed_at.saturating_sub(CLOCK_SKEW).unwrap_or(attempt.claimed_at);
        let made_it = |payment: &Payment| {
            let of = payment.metadata_text(Purpose::ATTEMPT);
            let is_ours = of == Some(attempt.id.as_str());
            let is_the_planned_one = change.effective == Effective::NextBillingDate && of.is_none();
            payment.charge_type.as_deref() == Some("plan_change") && (is_ours || is_the_planned_one)
        };
        self.dodo.change_payment(&change.subscription, since, made_it).await
    }

    /// What a payment says about the change it is for: paid is not yet changed.
    pub(in crate::upsell) async fn learn_change_payment(
        &self,
        attempt: Attempt,
        payment: &Payment,
        source: Source,
        reason: Option<&str>,
    ) -> Result<Attempt, Refusal> {
        if payment.charge_type.as_deref().is_some_and(|kind| kind != "plan_change") {
            // A later renewal may carry what the subscription carries.
            return Ok(attempt);
        }
        let fact = match payment.fact(self.now(), |url| self.config.may_send_to(url)) {
            Fact::Payment { as_of, .. } if payment.has_succeeded() => Fact::ChangePaid { as_of },
            fact => fact,
        };
        let reason = reason.map(str::to_owned);
        let noted = Noted { at: self.now(), source, fact, state: String::new(), reason };
        let learnt = self
            .learn_noted(attempt, noted, |attempt| {
                attempt.payment.get_or_insert_with(|| payment.payment_id.clone());
                if payment.has_succeeded() {
                    attempt.charged = payment.total();
                }
            })
            .await?;
        let is_immediate =
            learnt.change.as_ref().is_some_and(|change| change.effective == Effective::Immediately);
        if is_immediate && payment.has_succeeded() && learnt.charged != Some(learnt.quoted) {
            tracing::error!(
                attempt.id = learnt.id, payment.id = %payment.payment_id,
                quoted = learnt.quoted.to_decimal(), charged = learnt.charged.map(Money::to_decimal),
                "the amount charged for a plan change is not the amount quoted"
            );
        }
        Ok(learnt)
    }

    /// A webhook about a subscription: a hint to read it back, for every open change of it.
    pub(crate) async fn take_in_subscription(
        &self,
        customer: &CustomerId,
        subscription: &str,
    ) -> Result<(), Refusal> {
        for attempt in self.store.changes_of(customer).await? {
            let Some(change) = attempt.change.clone().filter(|change| change.subscription == subscription)
            else {
                continue;
            };
            // What was never sent has nothing to do with this event.
            if attempt.state.is_settled() || attempt.state.is_unsent() {
                continue;
            }
            if let Err(error) = self.look_at_change(attempt, &change).await? {
                return Err(Refusal::DodoUnavailable(error));
            }
        }
        Ok(())
    }
}

/// What a subscription says about the change that was agreed to; `None`: nothing yet.
fn told_by(
    subscription: &Subscription,
    attempt: &Attempt,
    change: &AgreedChange,
    now: Timestamp,
) -> Option<Fact> {
    let as_of = attempt.claimed_at;
    if subscription.product_id == change.to && subscription.quantity == attempt.payable.quantity {
        return Some(Fact::PlanChanged { as_of });
    }
    if change.effective == Effective::Immediately {
        return None;
    }
    if is_our_schedule(subscription, attempt, change) {
        return Some(Fact::PlanScheduled { as_of });
    }
    let is_planned = matches!(attempt.state, AttemptState::Scheduled { .. });
    let is_under_way =
        now >= change.effective_at && now < change.effective_at.saturating_add(UNDER_WAY).unwrap_or(now);
    (is_planned && !is_under_way).then_some(Fact::PlanCalledOff { as_of })
}

/// True for the schedule that this attempt made: to its plan, and not older than its claim.
pub(super) fn is_our_schedule(subscription: &Subscription, attempt: &Attempt, change: &AgreedChange) -> bool {
    let since = attempt.claimed_at.saturating_sub(CLOCK_SKEW).unwrap_or(attempt.claimed_at);
    let planned = subscription.scheduled_change.as_ref();
    planned.is_some_and(|planned| planned.product_id == change.to && planned.created_at >= since)
}
