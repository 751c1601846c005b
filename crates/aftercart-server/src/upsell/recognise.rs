//! What a `pay_…` is: a purchase, one of our own payments, or nothing we know.

use super::{Core, Refusal};
use crate::attempt::Step;
use crate::occasion::{Occasion, OccasionId};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, OfferToken, PaymentId, Subject};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long a webhook that is on its way is waited for, before Dodo is asked.
const WEBHOOK_WAIT: Duration = Duration::from_millis(1_500);
const WEBHOOK_LOOK_EVERY: Duration = Duration::from_millis(75);
/// How long a lookup waits for its turn.
const LOOKUP_WAIT: Duration = Duration::from_secs(3);

/// A payment id, recognised.
#[derive(Debug)]
pub(super) enum Recognised {
    /// A purchase that is not ours.
    Purchase(Purchase),
    /// An accepted offer, or a payment in a checkout that we opened.
    Ours(Step),
    /// Neither we nor Dodo know it.
    Nothing,
}

impl Core {
    /// Looks in the store, waits a little for the webhook, then asks Dodo once, if there is enough left of its limit:
    /// whoever makes up ids must not use up what accepts need.
    pub(super) async fn recognise(&self, id: &PaymentId) -> Result<Recognised, Refusal> {
        let deadline = Instant::now() + WEBHOOK_WAIT;
        loop {
            match self.recall(id).await? {
                Recognised::Purchase(purchase) if purchase.paid_at.is_none() => break,
                Recognised::Nothing if Instant::now() < deadline => sleep(WEBHOOK_LOOK_EVERY).await,
                Recognised::Nothing => break,
                known => return Ok(known),
            }
        }
        let turn = timeout(LOOKUP_WAIT, self.lookups.acquire()).await.map_err(|_| Refusal::Busy)?;
        let _turn = turn.map_err(|_| Refusal::Busy)?;
        if !self.dodo.budget().may_look_up() {
            return Err(Refusal::Busy);
        }
        self.fetch_and_take_in(id).await?;
        self.recall(id).await
    }

    /// The occasion of this id, if it is known.
    pub(super) async fn occasion(&self, id: &OccasionId) -> Result<Option<Occasion>, Refusal> {
        match id {
            OccasionId::Purchase(payment) => Ok(self.store.purchase(payment).await?.map(Occasion::of)),
            OccasionId::Trigger(trigger) => {
                let Some(trigger) = self.store.trigger(trigger).await? else { return Ok(None) };
                let purchases = self.store.purchases_of(&trigger.customer).await?;
                Ok(Some(billed(Occasion::told(trigger), &purchases)))
            }
        }
    }

    /// What may lead this customer to an offer, newest first. For those who came with the merchant's token or key.
    pub(super) async fn occasions_of(&self, customer: &CustomerId) -> Result<Vec<Occasion>, Refusal> {
        let purchases = self.store.purchases_of(customer).await?;
        let triggers = self.store.triggers_of(customer).await?;
        let told = triggers.into_iter();
        let told = told.map(|trigger| (trigger.told_at, billed(Occasion::told(trigger), &purchases)));
        let mut dated: Vec<_> = told.collect();
        let paid = purchases.iter().filter_map(|purchase| Some((purchase.paid_at?, purchase)));
        dated.extend(paid.map(|(paid_at, purchase)| (paid_at, Occasion::of(purchase.clone()))));
        dated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let vouched = |occasion| Occasion { vouched: true, ..occasion };
        Ok(dated.into_iter().map(|(_, occasion)| vouched(occasion)).collect())
    }

    /// Keeps what a page reported, under the customer that its subject is of.
    ///
    /// Nothing is kept about an offer, a purchase or a customer that nobody here knows: none of them can have been shown
    /// anything. Of a customer's own page only what comes with their token is, for `show_at_most` counts it.
    pub(crate) async fn keep_reported(&self, subject: &Subject, batch: &EventBatch) -> Result<(), Refusal> {
        let Some(rule) = self.book.rule(&batch.offer_id) else { return Ok(()) };
        let customer = match subject {
            Subject::Customer(customer) => {
                let token = batch.token.as_ref().map(OfferToken::reveal);
                let is_theirs = self.check_subject_token(token, customer).is_ok();
                (is_theirs && self.has_occasion(customer).await?).then(|| customer.clone())
            }
            Subject::Payment(payment) => {
                self.store.purchase(payment).await?.map(|purchase| purchase.customer)
            }
        };
        let Some(customer) = customer else { return Ok(()) };
        let counts = rule.show_at_most.is_some();
        Ok(self.store.put_events(subject.as_str(), Some(&customer), batch, counts, self.now()).await?)
    }

    /// True for a customer whom something may have been offered.
    async fn has_occasion(&self, customer: &CustomerId) -> Result<bool, Refusal> {
        Ok(!self.store.purchases_of(customer).await?.is_empty()
            || !self.store.triggers_of(customer).await?.is_empty())
    }

    /// Looks in the store only.
    pub(super) async fn recall(&self, id: &PaymentId) -> Result<Recognised, Refusal> {
        if let Some(attempt) = self.store.attempt_by_payment(id).await? {
            return Ok(Recognised::Ours(attempt.payable.step));
        }
        if let Some(checkout) = self.store.checkout_by_payment(id).await? {
            return Ok(Recognised::Ours(checkout.payable.step));
        }
        Ok(self.store.purchase(id).await?.map_or(Recognised::Nothing, Recognised::Purchase))
    }
}

/// A trigger is billed as the customer's newest purchase was; until there is one, as was known when it was told.
fn billed(mut told: Occasion, purchases: &[Purchase]) -> Occasion {
    if let Some(newest) = purchases.iter().find(|purchase| !purchase.billing.is_null()) {
        told.billing.clone_from(&newest.billing);
    }
    told
}
