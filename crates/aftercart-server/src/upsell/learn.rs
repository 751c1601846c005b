//! Taking in what Dodo says, from whichever door: webhook, read-back, search, or the charge's answer.
//!
//! Every change of an attempt or checkout goes through [`Core::learn`] or
//! [`Core::learn_checkout_payment`], which apply the one transition function and write with compare-and-swap.

use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, Checkout, Fact, Noted, Source, look_after_change};
use crate::dodo::{DodoError, Initiated, Payment, Purpose, brand_name};
use crate::purchase::{Purchase, is_ours, shortened};
use jiff::Timestamp;

impl Core {
    /// Stores what a payment says. `told_at` is when Dodo says it happened; it dates a new purchase.
    pub(crate) async fn take_in(
        &self,
        payment: &Payment,
        told_at: Timestamp,
        source: Source,
    ) -> Result<(), Refusal> {
        if is_ours(payment) {
            return self.take_in_ours(payment, source).await;
        }
        let purchase = self.purchase_of(payment, told_at).await?;
        self.store.put_purchase(&purchase, self.now()).await?;
        // Not the whole id: for some minutes it is all that is needed to accept an offer.
        tracing::info!(
            payment.id = shortened(&purchase.payment),
            payment.status = purchase.status,
            refused = purchase.refused,
            "purchase noted"
        );
        Ok(())
    }

    /// The purchase that a payment of somebody else's is.
    pub(super) async fn purchase_of(
        &self,
        payment: &Payment,
        told_at: Timestamp,
    ) -> Result<Purchase, Refusal> {
        let mut products = payment.products();
        if products.is_empty()
            && payment.has_succeeded()
            && let Some(subscription) = &payment.subscription_id
        {
            match self.dodo.subscription_product(subscription).await {
                Ok(product) => products.push(product),
                Err(error) if error.is_outage() => return Err(Refusal::DodoUnavailable(error)),
                Err(error) => {
                    tracing::warn!(payment.id = %payment.payment_id, %error, "subscription of a payment cannot be read");
                }
            }
        }
        let paid_at = told_at.min(self.now());
        Ok(Purchase::of(payment, products, paid_at))
    }

    async fn take_in_ours(&self, payment: &Payment, source: Source) -> Result<(), Refusal> {
        let known = match (payment.metadata_text(Purpose::CHECKOUT), payment.metadata_text(Purpose::ATTEMPT))
        {
            (Some(checkout), _) => self.learn_checkout_payment(checkout, payment).await?.is_some(),
            (None, Some(attempt)) => match self.store.attempt(attempt).await? {
                Some(attempt) => {
                    let learnt = self.learn_payment(attempt, payment, source).await?;
                    if let Some(change) = learnt.change.filter(|_| !learnt.state.is_settled()) {
                        self.take_in_subscription(&learnt.payable.customer, &change.subscription).await?;
                    }
                    true
                }
                None => false,
            },
            (None, None) => false,
        };
        if !known {
            tracing::warn!(payment.id = %payment.payment_id, "a payment carries our metadata but belongs to nothing in this database");
        }
        Ok(())
    }

    /// What a payment says about the attempt that made it.
    pub(super) async fn learn_payment(
        &self,
        attempt: Attempt,
        payment: &Payment,
        source: Source,
    ) -> Result<Attempt, Refusal> {
        self.learn_payment_because(attempt, payment, source, None).await
    }

    /// As [`Self::learn_payment`], with the operator's reason.
    pub(super) async fn learn_payment_because(
        &self,
        attempt: Attempt,
        payment: &Payment,
        source: Source,
        reason: Option<&str>,
    ) -> Result<Attempt, Refusal> {
        if attempt.change.is_some() {
            return self.learn_change_payment(attempt, payment, source, reason).await;
        }
        let fact = payment.fact(self.now(), |url| self.config.may_send_to(url));
        let reason = reason.map(str::to_owned);
        let noted = Noted { at: self.now(), source, fact, state: String::new(), reason };
        let learnt = self
            .learn_noted(attempt, noted, |attempt| {
                // On the bank's page a second payment may follow a failed one: the paid one counts.
                let is_first_paid = payment.has_succeeded() && attempt.charged.is_none();
                if is_first_paid || attempt.payment.is_none() {
                    attempt.payment = Some(payment.payment_id.clone());
                }
                if attempt.session.is_none() {
                    attempt.session.clone_from(&payment.checkout_session_id);
                }
                if payment.has_succeeded() && attempt.payment.as_ref() == Some(&payment.payment_id) {
                    attempt.charged = payment.total();
                }
            })
            .await?;
        if payment.has_succeeded() && learnt.charged != Some(learnt.quoted) {
            tracing::error!(
                attempt.id = learnt.id, payment.id = %payment.payment_id,
                quoted = learnt.quoted.to_decimal(), charged = learnt.charged.map(aftercart_contract::Money::to_decimal),
                "the amount charged is not the amount quoted"
            );
        }
        Ok(learnt)
    }

    /// The 200 answer of the charge: ids, no success.
    pub(super) async fn learn_initiated(
        &self,
        attempt: Attempt,
        answer: &Initiated,
    ) -> Result<Attempt, Refusal> {
        self.learn(attempt, self.fact_of_200(), Source::Charge, |attempt| {
            attempt.session.get_or_insert_with(|| answer.session_id.clone());
            if attempt.payment.is_none() {
                attempt.payment.clone_from(&answer.payment_id);
            }
        })
        .await
    }

    /// Applies a fact to an attempt, whatever it has become since it was read, and stores both.
    pub(super) async fn learn(
        &self,
        attempt: Attempt,
        fact: Fact,
        source: Source,
        amend: impl Fn(&mut Attempt),
    ) -> Result<Attempt, Refusal> {
        let noted = Noted { at: self.now(), source, fact, state: String::new(), reason: None };
        self.learn_noted(attempt, noted, amend).await
    }

    /// As [`Self::learn`], with the operator's reason in `noted`, whose state is filled in here.
    pub(super) async fn learn_noted(
        &self,
        attempt: Attempt,
        mut noted: Noted,
        amend: impl Fn(&mut Attempt),
    ) -> Result<Attempt, Refusal> {
        let (mut before, mut is_just_read) = (attempt, false);
        loop {
            let mut after = before.clone();
            after.state = before.state.clone().after(&noted.fact);
            after.state.kind().clone_into(&mut noted.state);
            amend(&mut after);
            // What is stored proves by its version that it is the newest; what stays as it is must be read for that.
            if after == before && is_just_read {
                self.store.note_fact(&before.id, &noted).await?;
                return Ok(before);
            }
            if after != before {
                if after.state != before.state {
                    after.look_at = look_after_change(&after.state, before.look_at, self.now());
                }
                if self.store.replace_attempt(&after, &noted).await? {
                    after.version += 1;
                    log_change(&after.id, &before.state, &after.state);
                    return Ok(after);
                }
            }
            // Claims are kept for ever.
            before = self.store.attempt(&before.id).await?.ok_or(Refusal::NotAccepted)?;
            is_just_read = true;
        }
    }

    /// What a payment says about the standard checkout it was made in. `None`: no such checkout.
    pub(super) async fn learn_checkout_payment(
        &self,
        checkout_id: &str,
        payment: &Payment,
    ) -> Result<Option<Checkout>, Refusal> {
        let fact = payment.fact(self.now(), |url| self.config.may_send_to(url));
        loop {
            let Some(before) = self.store.checkout(checkout_id).await? else { return Ok(None) };
            let mut after = before.clone();
            after.state = before.state.clone().after(&fact);
            // One page may see several payments: the one that set the state is the one we keep.
            if after.state != before.state || after.payment.is_none() {
                after.payment = Some(payment.payment_id.clone());
                after.charged = payment.total();
                after.card.last4.clone_from(&payment.card_last_four);
                after.card.brand = payment.card_network.as_deref().and_then(brand_name);
            }
            if after == before {
                return Ok(Some(before));
            }
            if after.state != before.state && after.state.is_paid() {
                after.look_at = Some(self.now());
            }
            if self.store.replace_checkout(&after).await? {
                after.version += 1;
                log_change(checkout_id, &before.state, &after.state);
                return Ok(Some(after));
            }
        }
    }

    /// A payment that we were not told about yet, read from Dodo and taken in.
    pub(super) async fn fetch_and_take_in(
        &self,
        id: &aftercart_contract::PaymentId,
    ) -> Result<Option<Payment>, Refusal> {
        let payment = self.dodo.payment(id).await.map_err(|error: DodoError| {
            tracing::warn!(payment.id = %id, %error, "a payment cannot be read");
            Refusal::DodoUnavailable(error)
        })?;
        if let Some(payment) = &payment {
            self.take_in(payment, payment.created_at, Source::ReadBack).await?;
        }
        Ok(payment)
    }
}

fn log_change(id: &str, before: &AttemptState, after: &AttemptState) {
    if before != after {
        tracing::info!(attempt.id = id, from = before.kind(), to = after.kind(), "attempt moved");
    }
}
