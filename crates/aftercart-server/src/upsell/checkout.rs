//! The standard checkout for an offer: after a dead attempt, or where no saved method can pay.

use super::core::after;
use super::quote::Quoted;
use super::{Core, Refusal};
use crate::attempt::{AttemptState, Card, Checkout, Payable, Step, next_checkout_look};
use crate::dodo::{Cart, Purpose};
use crate::occasion::Occasion;
use crate::rules::Rule;
use aftercart_contract::WebUrl;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::sleep;

const WAIT_FOR_OTHER: Duration = Duration::from_millis(100);
const WAITS: usize = 30;
/// Nobody opens a page for longer: Dodo's time-out, and room for clocks that differ.
const OPENING_TAKES: Duration = Duration::from_mins(2);
/// From here on a page is certainly closed: Dodo keeps one open for 24 hours, and its clock may be behind ours. Not
/// earlier, so that nobody can pay in two.
const PAGE_IS_OPEN: Duration = Duration::from_mins(24 * 60 + 5);

/// A claimed row whose page is being opened. Who asked may be gone before it is: then the row is given up, so that the
/// next who asks opens one. What Dodo may have opened meanwhile, nobody has the address of.
struct Unopened<'a> {
    core: &'a Core,
    /// The row's; `None` when it is not ours, or has its page.
    id: Option<String>,
}

impl Drop for Unopened<'_> {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), Handle::try_current()) else { return };
        let store = Arc::clone(&self.core.store);
        let given_up = async move {
            if let Err(error) = store.drop_unopened_checkout(&id).await {
                tracing::warn!(checkout.id = id, %error, "a checkout that nobody waits for stays claimed for a while");
            }
        };
        self.core.charges.spawn_on(given_up, &runtime);
    }
}

impl Core {
    /// The step's checkout, opened if there is none yet: one per step, however many ask. `None` when
    /// Dodo cannot open it now, and the next question tries again; or when the step's is for something else. A page
    /// that has run out is replaced.
    pub(super) async fn open_checkout(
        &self,
        payable: &Payable,
        attempt: Option<&str>,
    ) -> Result<Option<Checkout>, Refusal> {
        // One for all tries of a place.
        let payable = &Payable { step: payable.step.place(), ..payable.clone() };
        let mut row = Checkout {
            id: self.ids.next(),
            payable: payable.clone(),
            session: None,
            url: None,
            state: AttemptState::Claimed,
            charged: None,
            payment: None,
            card: Card::default(),
            opened_at: self.now(),
            look_at: None,
            version: 0,
        };
        let mut claim = Unopened { core: self, id: Some(row.id.clone()) };
        if !self.store.claim_checkout(&row).await? {
            claim.id = None;
            return self.checkout_of_another(payable, attempt).await;
        }
        let Some((session, url)) = self.new_session(payable, attempt, &row.id).await? else {
            self.store.drop_unopened_checkout(&row.id).await?;
            claim.id = None;
            return Ok(None);
        };
        (row.session, row.url) = (Some(session), Some(url));
        row.look_at = next_checkout_look(&row.state, row.opened_at, self.now());
        let is_written = self.store.replace_checkout(&row).await?;
        claim.id = None;
        if !is_written {
            // The row was taken for abandoned: the step's page is another one, and nobody may pay in both.
            return self.checkout_of_another(payable, attempt).await;
        }
        row.version += 1;
        tracing::info!(checkout.id = row.id, offer.id = %payable.step.offer, "checkout opened");
        Ok(Some(row))
    }

    /// What is paid at the step's checkout, where that is the only way to pay and is open in another quantity.
    pub(super) async fn quoted_at_checkout(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &Quoted,
    ) -> Result<Option<Quoted>, Refusal> {
        if !quoted.methods.is_empty() {
            return Ok(None);
        }
        let open = self.store.checkout_at(&step.place()).await?.map(|checkout| checkout.payable.quantity);
        let Some(open) = open.filter(|open| *open != quoted.cart.quantity && rule.takes(*open)) else {
            return Ok(None);
        };
        let quoted = Box::pin(self.quote(occasion, rule, open)).await?;
        Ok(Some(Quoted { methods: Vec::new(), ..quoted }))
    }

    async fn new_session(
        &self,
        payable: &Payable,
        attempt: Option<&str>,
        checkout_id: &str,
    ) -> Result<Option<(aftercart_contract::SessionId, WebUrl)>, Refusal> {
        let billing = self.occasion(&payable.step.occasion).await?.map(|occasion| occasion.billing);
        let rule = self.book.rule(&payable.step.offer);
        let cart = Cart {
            trial_days: rule.and_then(|rule| rule.trial_days),
            customer: payable.customer.clone(),
            product: payable.product.clone(),
            quantity: payable.quantity,
            billing: billing.unwrap_or(Value::Null),
        };
        let purpose = Purpose {
            occasion: payable.step.occasion.clone(),
            offer: payable.step.offer.to_string(),
            step: payable.step.number,
            attempt: attempt.map(str::to_owned),
            checkout: Some(checkout_id.to_owned()),
        };
        let opened = match self.dodo.open_checkout(&cart, &purpose, self.config.success_url.as_ref()).await {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(offer.id = %payable.step.offer, %error, "a checkout cannot be opened");
                return Ok(None);
            }
        };
        let url = opened.checkout_url.and_then(|url| WebUrl::new(url).ok());
        let Some(url) = url.filter(|url| self.config.may_send_to(url)) else {
            tracing::error!("Dodo gave a checkout address that is not in redirect_hosts: add its host there");
            return Ok(None);
        };
        Ok(Some((opened.session_id, url)))
    }

    /// True when nobody can pay in its page any more, and nobody has.
    pub(super) fn has_run_out(&self, checkout: &Checkout) -> bool {
        let is_unpaid = checkout.state == AttemptState::Claimed || checkout.state.is_dead();
        is_unpaid && checkout.url.is_some() && self.now() >= after(checkout.opened_at, PAGE_IS_OPEN)
    }

    /// Another page in the place of one that has run out. Dodo is asked first whether it was paid in time, or is being
    /// paid; while it cannot be asked there is none. Of several that open one at once, the one that is stored counts.
    async fn reopened(&self, old: Checkout, attempt: Option<&str>) -> Result<Option<Checkout>, Refusal> {
        let old = match self.payment_in(&old).await {
            Ok(None) => old,
            Ok(Some(payment)) => match self.learn_checkout_payment(&old.id, &payment).await? {
                Some(seen) if seen.state.is_dead() && self.has_run_out(&seen) => seen,
                seen => return Ok(seen.filter(|seen| !self.has_run_out(seen))),
            },
            Err(error) => {
                tracing::warn!(checkout.id = old.id, %error, "a checkout's payment cannot be read");
                return Ok(None);
            }
        };
        let Some((session, url)) = self.new_session(&old.payable, attempt, &old.id).await? else {
            return Ok(None);
        };
        let now = self.now();
        let look_at = next_checkout_look(&old.state, now, now);
        let mut row = Checkout { session: Some(session), url: Some(url), opened_at: now, look_at, ..old };
        if !self.store.replace_checkout(&row).await? {
            let stored = self.store.checkout_at(&row.payable.step).await?;
            return Ok(stored.filter(|stored| !self.has_run_out(stored)));
        }
        row.version += 1;
        tracing::info!(checkout.id = row.id, offer.id = %row.payable.step.offer, "checkout opened anew");
        Ok(Some(row))
    }

    /// Somebody else is opening it: wait a little for the address.
    async fn checkout_of_another(
        &self,
        payable: &Payable,
        attempt: Option<&str>,
    ) -> Result<Option<Checkout>, Refusal> {
        for _ in 0..WAITS {
            match self.store.checkout_at(&payable.step).await? {
                Some(checkout) if !checkout.is_for(payable) => {
                    tracing::warn!(checkout.id, "the step's checkout is for another product or quantity");
                    return Ok(None);
                }
                Some(checkout) if self.has_run_out(&checkout) => {
                    // On the heap, as all that is seldom needed: this future is part of many.
                    return Box::pin(self.reopened(checkout, attempt)).await;
                }
                Some(checkout) if checkout.url.is_some() => return Ok(Some(checkout)),
                Some(_) => sleep(WAIT_FOR_OTHER).await,
                None => return Ok(None),
            }
        }
        // Left by a process that died while opening: free the step for the next question.
        let left = self.store.checkout_at(&payable.step).await?;
        if let Some(left) = left.filter(|left| self.now() >= after(left.opened_at, OPENING_TAKES)) {
            self.store.drop_unopened_checkout(&left.id).await?;
        }
        Ok(None)
    }
}
