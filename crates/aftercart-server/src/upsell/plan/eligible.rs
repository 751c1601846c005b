//! Which of a customer's subscriptions an offer would change, or why none.

use super::super::{Core, Refusal};
use crate::dodo::{DodoError, Subscription};
use crate::rules::{ChangeRule, Rule};
use aftercart_contract::{CustomerId, Reason};

/// What stands in the way of a change that could not be priced, or should not be.
#[derive(Debug)]
pub(in crate::upsell) enum NoChange {
    /// The shopper cannot have it now.
    Because(Reason),
    /// Dodo or the store failed.
    Refused(Refusal),
}

impl From<Refusal> for NoChange {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl NoChange {
    /// The answer to a click: nothing was sent.
    pub(super) fn at_accept(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Because(Reason::AlreadyOwned) => Refusal::AlreadyOwned,
            Self::Because(Reason::ChangePending) => Refusal::ChangePending,
            Self::Because(Reason::NoQuote) => Refusal::NoQuote,
            Self::Because(_) => Refusal::NotChangeable,
        }
    }
}

impl Core {
    /// The subscription, read whole, that this offer would change.
    pub(super) async fn changeable(
        &self,
        customer: &CustomerId,
        rule: &Rule,
        change: &ChangeRule,
    ) -> Result<Subscription, NoChange> {
        let all = self.dodo.subscriptions_of(customer).await.map_err(unread)?;
        let active: Vec<_> = all.into_iter().filter(Subscription::is_active).collect();
        if active.iter().any(|subscription| subscription.product_id == rule.product) {
            return Err(NoChange::Because(Reason::AlreadyOwned));
        }
        let mut obstacle = Reason::NoSubscription;
        for listed in active.iter().filter(|listed| change.from.contains(&listed.product_id)) {
            let whole = self.dodo.subscription(&listed.subscription_id).await.map_err(unread)?;
            let Some(whole) = whole.filter(|whole| is_candidate(whole, customer, change)) else { continue };
            match obstacle_of(&whole) {
                None => return Ok(whole),
                Some(reason) if obstacle == Reason::NoSubscription => obstacle = reason,
                Some(_) => {}
            }
        }
        Err(NoChange::Because(obstacle))
    }
}

/// Still what the list said, and really this customer's.
fn is_candidate(whole: &Subscription, customer: &CustomerId, change: &ChangeRule) -> bool {
    let is_theirs = whole.customer.customer_id == *customer;
    is_theirs && whole.is_active() && change.from.contains(&whole.product_id)
}

fn obstacle_of(subscription: &Subscription) -> Option<Reason> {
    if subscription.on_demand {
        Some(Reason::OnDemand)
    } else if subscription.cancel_at_next_billing_date {
        Some(Reason::Cancelling)
    } else if subscription.scheduled_change.is_some() {
        Some(Reason::ChangePending)
    } else {
        None
    }
}

/// Whatever Dodo said to a read: nobody can be offered a change now.
pub(super) fn unread(error: DodoError) -> NoChange {
    tracing::warn!(%error, "a plan change cannot be read");
    if error.is_outage() {
        NoChange::Refused(Refusal::DodoUnavailable(error))
    } else {
        NoChange::Because(Reason::NoQuote)
    }
}
