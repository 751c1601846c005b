//! One click: check, claim, charge once, tell.
//!
//! 1. The token proves who may accept what, at which price. Nothing else in the request does.
//! 2. A repeat is answered with the first click's outcome, however late it comes: that is looked at
//!    before any expiry.
//! 3. Dodo is asked for the purchase and for the price again. A purchase that Dodo does not confirm, paid
//!    and of this customer, charges nobody, whatever a webhook said. A price too old or different is shown
//!    anew and nothing is charged. So are other words than those that the accept names; and without the
//!    tick that the law wants, nothing is claimed.
//! 4. The claim is stored. Whoever does not get it never charges. It is refused for a step that has an
//!    attempt, for a key that claimed another step, and for a product that the customer is buying at one.
//! 5. What was claimed is sent as `charge.rs` says, or waits for the end of its undo window (`undo.rs`).

use super::arrival::Arrival;
use super::chain::Look;
use super::charge::Order;
use super::present::payable;
use super::quote::Quoted;
use super::{Core, Refusal};
use crate::attempt::{Attempt, AttemptState, Card, Step, next_look};
use crate::dodo::SavedMethod;
use crate::law::Agreed;
use crate::occasion::{Occasion, OccasionId};
use crate::purchase::is_ours;
use crate::rules::Rule;
use crate::shopper::sentence;
use crate::store::Claim;
use crate::token::{OfferClaims, is_expired};
use aftercart_contract::{AcceptRequest, Failure, IdempotencyKey, MethodRef, Money, Outcome, Subject};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a repeat waits for the first click's outcome before it says `processing`.
const REPEAT_WAIT: Duration = Duration::from_secs(4);
const REPEAT_LOOK_EVERY: Duration = Duration::from_millis(60);

/// What pays an accept.
enum Payer<'a> {
    Method(&'a SavedMethod),
    /// Nothing saved can pay, or the button led there.
    Checkout,
    /// The method on the button is gone, and there are others.
    AnotherThanShown,
}

/// One request to accept.
#[derive(Debug)]
pub(crate) struct Acceptance {
    pub(crate) subject: Subject,
    pub(crate) key: IdempotencyKey,
    pub(crate) request: AcceptRequest,
}

impl Core {
    /// Answers one click, and counts the answer.
    pub(crate) async fn accept(self: &Arc<Self>, click: Acceptance) -> Result<Outcome, Refusal> {
        // On the heap: every step of a click together is a large future.
        let claims = self.offer_claims(&click.subject, click.request.token.as_ref(), &click.request.offer_id);
        let claims = claims.inspect_err(|_| self.metrics.accepted(None))?;
        let step = claims.named_step();
        let vouched = claims.vouched;
        let arrival = self.arrivals.enter(claims.occasion.as_str(), claims.customer.as_str());
        let told = Box::pin(self.answer(click, claims, step.clone(), arrival)).await;
        self.metrics.accepted(told.as_ref().ok());
        match told {
            Ok(outcome) => Ok(self.with_remedy(outcome, &step, vouched).await),
            Err(refusal) => Err(refusal),
        }
    }

    async fn answer(
        self: &Arc<Self>,
        click: Acceptance,
        claims: OfferClaims,
        step: Step,
        mut arrival: Arrival<'_>,
    ) -> Result<Outcome, Refusal> {
        if click.request.quantity.is_some_and(|quantity| quantity != claims.quantity) {
            return Err(Refusal::QuantityOutOfRange);
        }
        if let Some(first) = self.store.attempt_at(&step).await? {
            arrival.is_known();
            return self.repeat(first, &click.key).await;
        }
        if let Some(outcome) = self.stands_before(&step).await? {
            // It may be this very try, claimed by another click meanwhile.
            return match self.store.attempt_at(&step).await? {
                Some(first) => self.repeat(first, &click.key).await,
                None => Ok(Outcome::AlreadyAccepted { outcome: Box::new(outcome) }),
            };
        }
        if let Some(outcome) = self.paid_at_checkout(&step).await? {
            return Ok(Outcome::AlreadyAccepted { outcome: Box::new(outcome) });
        }
        self.refuse_expired(&claims)?;
        let (occasion, rule) = self.occasion_and_rule(&claims).await?;
        if rule.ends_at.is_some_and(|end| self.now() >= end) {
            return Err(Refusal::Ended);
        }
        if let Some(change) = &rule.change {
            let changed = self.accept_change(&click, &claims, &step, (&occasion, rule, change), arrival);
            return Box::pin(changed).await;
        }
        if claims.change.is_some() {
            // Quoted as a plan change, and sold as a purchase since.
            return Err(Refusal::UnknownOffer);
        }
        if self.store.owns(&occasion.customer, &rule.product).await? {
            return self.repeat_or(Refusal::AlreadyOwned, &step, &click.key).await;
        }
        let quote = self.quote(&occasion, rule, claims.quantity);
        let mut quoted = match tokio::try_join!(quote, self.confirm(&occasion)) {
            Ok((quoted, ())) => quoted,
            Err(refusal) => return self.repeat_or(refusal, &step, &click.key).await,
        };
        quoted.methods = self.untried(&step, quoted.methods).await?;
        let is_as_shown = quoted.due_now() == promised(&claims) && quoted.renewal() == claims.renewal;
        if self.now().as_second() >= claims.quote_exp || (!is_as_shown && self.minds_the_price()) {
            return self.requote(&occasion, rule, &step, &quoted, &claims).await;
        }
        let method = match self.payer(&quoted, &claims, &click.request)? {
            Payer::Method(method) => method,
            Payer::Checkout => {
                return self.pay_at_checkout(&occasion, &step, &quoted, &claims.locale).await;
            }
            Payer::AnotherThanShown => {
                return self.requote(&occasion, rule, &step, &quoted, &claims).await;
            }
        };
        let Some(agreed) =
            self.agreed(&occasion, rule, quoted.product.is_recurring, &claims.locale, &click.request)?
        else {
            return self.requote(&occasion, rule, &step, &quoted, &claims).await;
        };
        let attempt =
            Attempt { agreed, ..self.new_attempt(&occasion, &step, &quoted, method, &claims, &click.key) };
        let attempt = self.with_window(attempt, rule);
        if arrival.is_late() {
            return Err(Refusal::Busy);
        }
        let claim = self.store.claim(&attempt).await?;
        arrival.is_known();
        match claim {
            Claim::Taken => {}
            Claim::KeyTaken => return Err(Refusal::KeyReused),
            Claim::ProductTaken => return Err(Refusal::AlreadyOwned),
            Claim::StepTaken => return self.repeat_or(Refusal::NotAccepted, &step, &click.key).await,
        }
        tracing::info!(attempt.id, offer.id = %step.offer, "offer accepted");
        let (cart, method_id) = (quoted.cart.clone(), method.payment_method_id.clone());
        self.charge_or_wait(attempt, Order::Charge { cart, method_id }).await
    }

    /// The token's claims, if they are for this subject and offer.
    pub(super) fn offer_claims(
        &self,
        subject: &Subject,
        token: Option<&aftercart_contract::OfferToken>,
        offer: &aftercart_contract::OfferId,
    ) -> Result<OfferClaims, Refusal> {
        let token = token.ok_or(Refusal::TokenMissing)?;
        let claims = self.config.token_keys.verify_offer(token.reveal())?;
        let same_subject = match subject {
            Subject::Payment(payment) => claims.occasion.purchase() == Some(payment),
            Subject::Customer(customer) => claims.customer == *customer,
        };
        if same_subject && claims.offer == *offer { Ok(claims) } else { Err(Refusal::TokenForAnother) }
    }

    pub(super) fn refuse_expired(&self, claims: &OfferClaims) -> Result<(), Refusal> {
        if is_expired(claims.exp, self.now()) { Err(Refusal::TokenExpired) } else { Ok(()) }
    }

    pub(super) async fn occasion_and_rule(&self, claims: &OfferClaims) -> Result<(Occasion, &Rule), Refusal> {
        let occasion = self.occasion(&claims.occasion).await?.ok_or(Refusal::UnknownSubject)?;
        let occasion = Occasion { vouched: claims.vouched, ..occasion };
        let rule = self.book.rule(&claims.offer).filter(|rule| rule.product == claims.product);
        let rule = rule.ok_or(Refusal::UnknownOffer)?;
        if rule.change.is_none() && !rule.takes(claims.quantity) {
            return Err(Refusal::QuantityOutOfRange);
        }
        Ok((occasion, rule))
    }

    /// Dodo's own word that this customer paid this purchase: a webhook alone makes nobody pay. A trigger
    /// came with the merchant's key, so only that there is such a customer is asked.
    pub(super) async fn confirm(&self, occasion: &Occasion) -> Result<(), Refusal> {
        let OccasionId::Purchase(purchase) = &occasion.id else {
            let known = self.dodo.has_customer(&occasion.customer).await;
            let known = known.map_err(Refusal::DodoUnavailable)?;
            return if known { Ok(()) } else { Err(Refusal::UnknownSubject) };
        };
        let payment = self.dodo.payment(purchase).await.map_err(Refusal::DodoUnavailable)?;
        let confirmed = payment.is_some_and(|payment| {
            payment.has_succeeded() && payment.customer.customer_id == occasion.customer && !is_ours(&payment)
        });
        if confirmed {
            return Ok(());
        }
        tracing::error!(payment.id = %purchase, "Dodo does not confirm a purchase that a webhook told of: is the webhook key known to others?");
        Err(Refusal::UnknownSubject)
    }

    /// The shopper's choice, or what the button named: never a method that was not on the card.
    fn payer<'a>(
        &self,
        quoted: &'a Quoted,
        claims: &OfferClaims,
        request: &AcceptRequest,
    ) -> Result<Payer<'a>, Refusal> {
        if quoted.methods.is_empty() {
            return Ok(Payer::Checkout);
        }
        let named = |wanted: &MethodRef| {
            quoted.methods.iter().find(|method| self.method_ref(method).as_ref() == Some(wanted))
        };
        match (&request.payment_method, &claims.method) {
            (Some(wanted), _) => named(wanted).map(Payer::Method).ok_or(Refusal::UnknownMethod),
            (None, Some(shown)) => Ok(named(shown).map_or(Payer::AnotherThanShown, Payer::Method)),
            (None, None) => Ok(Payer::Checkout),
        }
    }

    fn new_attempt(
        &self,
        occasion: &Occasion,
        step: &Step,
        quoted: &Quoted,
        method: &SavedMethod,
        claims: &OfferClaims,
        key: &IdempotencyKey,
    ) -> Attempt {
        let now = self.now();
        Attempt {
            id: self.ids.next(),
            payable: payable(occasion, step, quoted, &claims.locale),
            quoted: promised(claims),
            renewal: claims.renewal,
            key: key.clone(),
            card: Card { brand: method.brand(), last4: method.last4() },
            method: Some(method.payment_method_id.clone()),
            agreed: Agreed::default(),
            state: AttemptState::Claimed,
            charged: None,
            payment: None,
            session: None,
            change: None,
            claimed_at: now,
            look_at: next_look(&AttemptState::Claimed, now, now),
            version: 0,
        }
    }

    async fn requote(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &Quoted,
        claims: &OfferClaims,
    ) -> Result<Outcome, Refusal> {
        let offer = self
            .dress(occasion, rule, step, quoted, Some(&claims.locale), Look::ToShow)
            .await?
            .ok_or(Refusal::NoQuote)?;
        let offer = self.for_no_longer(offer, claims)?;
        Ok(Outcome::Requote { offer: Box::new(offer) })
    }

    /// No saved method can pay: nothing is claimed, the standard checkout is named.
    async fn pay_at_checkout(
        &self,
        occasion: &Occasion,
        step: &Step,
        quoted: &Quoted,
        locale: &str,
    ) -> Result<Outcome, Refusal> {
        let checkout = self.open_checkout(&payable(occasion, step, quoted, locale), None).await?;
        let code = "no_payment_method".to_owned();
        let message = sentence(&code, locale);
        let checkout_url = checkout.and_then(|checkout| checkout.url);
        Ok(Outcome::Failed(Failure { message, checkout_url, ..Failure::of(code) }))
    }

    /// What is in the way may be what another click at this very step did between two looks: that click's outcome is
    /// the answer then, and the refusal otherwise.
    pub(super) async fn repeat_or(
        &self,
        refusal: Refusal,
        step: &Step,
        key: &IdempotencyKey,
    ) -> Result<Outcome, Refusal> {
        match self.store.attempt_at(step).await? {
            Some(first) => self.repeat(first, key).await,
            None => Err(refusal),
        }
    }

    /// Another click came first: wait a little for its outcome.
    pub(super) async fn repeat(&self, first: Attempt, key: &IdempotencyKey) -> Result<Outcome, Refusal> {
        let step = first.payable.step.clone();
        let same_intent = first.key == *key;
        let deadline = Instant::now() + REPEAT_WAIT;
        let mut current = first;
        while is_under_way(&current) && Instant::now() < deadline {
            sleep(REPEAT_LOOK_EVERY).await;
            current = self.store.attempt(&current.id).await?.unwrap_or(current);
        }
        let outcome = self.outcome_at(&step).await?.ok_or(Refusal::NotAccepted)?;
        Ok(if same_intent { outcome } else { Outcome::AlreadyAccepted { outcome: Box::new(outcome) } })
    }
}

pub(super) fn promised(claims: &OfferClaims) -> Money {
    Money { amount_minor: claims.amount, currency: claims.currency }
}

fn is_under_way(attempt: &Attempt) -> bool {
    let state = &attempt.state;
    // A paid change is told when its plan is read back, a moment later.
    let is_changing = attempt.change.is_some() && matches!(state, AttemptState::Processing { .. });
    is_changing
        || matches!(state, AttemptState::Claimed | AttemptState::Sent)
        || matches!(state, AttemptState::Processing { as_of } if *as_of == jiff::Timestamp::UNIX_EPOCH)
}
