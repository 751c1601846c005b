//! Another try at the same place, with another saved method.
//!
//! 1. It is offered only when Dodo itself said that the try before failed, for a reason that another method
//!    may not have. Doubt, a charge that was given up, and a checkout that is being paid offer none.
//! 2. It is an offer of its own: the next step number, its own token, a price of now. Nothing is charged
//!    without a click on it.
//! 3. No method is tried twice at one place, so there are at most as many tries as methods.
//! 4. It is offered for as long after the failure as a purchase's id opens an offer.
//! 5. All tries of a place share one checkout. Whatever of them is paid beside another is given back
//!    (`refund.rs`).

use super::chain::Look;
use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, PollPolicy, Step, outcome};
use crate::dodo::SavedMethod;
use crate::occasion::Occasion;
use crate::shopper::{Remedy, remedy};
use crate::store::StoreError;
use aftercart_contract::{Failure, Offer, Outcome};

impl Core {
    /// What stands in the way of this try: anything but failures before it. `None`: it may be claimed.
    pub(super) async fn stands_before(&self, step: &Step) -> Result<Option<Outcome>, Refusal> {
        if step.tries_before() == 0 {
            return Ok(None);
        }
        Ok(match self.outcome_at(step).await? {
            None | Some(Outcome::Failed(_)) => None,
            outcome => outcome,
        })
    }

    /// How it goes in the place's own checkout, as Dodo says now: paid, or being paid. `None`: nobody pays there.
    pub(super) async fn paid_at_checkout(&self, step: &Step) -> Result<Option<Outcome>, Refusal> {
        let Some(checkout) = self.store.checkout_at(&step.place()).await? else { return Ok(None) };
        let seen = match self.payment_in(&checkout).await.map_err(Refusal::DodoUnavailable)? {
            Some(payment) => self.learn_checkout_payment(&checkout.id, &payment).await?.unwrap_or(checkout),
            None => checkout,
        };
        let outcome = outcome(None, Some(&seen), PollPolicy::DEFAULT, self.now());
        Ok(outcome.filter(|outcome| !matches!(outcome, Outcome::Failed(_))))
    }

    /// The methods that were not tried at this place before this try.
    pub(super) async fn untried(
        &self,
        step: &Step,
        methods: Vec<SavedMethod>,
    ) -> Result<Vec<SavedMethod>, StoreError> {
        if step.tries_before() == 0 {
            return Ok(methods);
        }
        let before = self.store.tries_at(step).await?.into_iter();
        let before = before.filter(|tried| tried.payable.step.number < step.number);
        let tried: Vec<_> = before.filter_map(|tried| tried.method).collect();
        Ok(methods.into_iter().filter(|method| !tried.contains(&method.payment_method_id)).collect())
    }

    /// The offer for the methods that none of a place's tries had, if another may help. `vouched`: as of an
    /// occasion.
    pub(super) async fn retry(
        &self,
        failure: &Failure,
        tries: &[Attempt],
        vouched: bool,
    ) -> Result<Option<Offer>, Refusal> {
        let may_help = matches!(remedy(&failure.code), Remedy::OtherMethod | Remedy::UpdateMethod);
        let Some(last) = tries.last().filter(|_| may_help) else { return Ok(None) };
        // Who reads long afterwards how it went opens nothing by that.
        let moments = [Some(last.claimed_at), last.state.as_of()];
        if !moments.into_iter().flatten().any(|moment| self.is_fresh(moment)) {
            return Ok(None);
        }
        let (step, next) = (&last.payable.step, last.payable.step.next_try());
        let has_failed = |tried: &Attempt| matches!(tried.state, AttemptState::Failed { .. });
        let is_known = tries.iter().all(|tried| has_failed(tried) && tried.method.is_some());
        if !is_known || last.change.is_some() || next.tries_before() >= Step::TRIES {
            return Ok(None);
        }
        let rule = self.book.rule(&step.offer).filter(|rule| {
            rule.product == last.payable.product && rule.change.is_none() && rule.takes(last.payable.quantity)
        });
        let occasion = self.occasion(&step.occasion).await?;
        let (Some(rule), Some(occasion)) = (rule, occasion) else { return Ok(None) };
        let occasion = Occasion { vouched, ..occasion };
        let is_over = rule.ends_at.is_some_and(|end| self.now() >= end);
        if is_over || self.store.decline_of(&occasion.customer, &rule.id).await?.is_some() {
            return Ok(None);
        }
        let mut quoted = self.quote(&occasion, rule, last.payable.quantity).await?;
        let was_tried = |id: &String| tries.iter().any(|tried| tried.method.as_ref() == Some(id));
        quoted.methods.retain(|method| !was_tried(&method.payment_method_id));
        if quoted.methods.is_empty() {
            return Ok(None);
        }
        self.dress(&occasion, rule, &next, &quoted, Some(&last.payable.locale), Look::ToShow).await
    }
}
