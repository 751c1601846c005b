//! One confirmation of a plan change: read again, preview again, claim, send once.
//!
//! The rules are those of a charge (`upsell/accept.rs`). A change that is not exactly what the token says, in
//! amount, credit, plan, addons or day, is shown anew, and nothing is sent.

use super::super::accept::{Acceptance, promised};
use super::super::arrival::Arrival;
use super::super::charge::Order;
use super::super::{Core, Refusal};
use super::eligible::NoChange;
use super::present::payable;
use super::quote::QuotedChange;
use crate::attempt::{Attempt, AttemptState, Card, Step, next_look};
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use crate::store::Claim;
use crate::token::OfferClaims;
use aftercart_contract::Outcome;
use std::sync::Arc;

impl Core {
    /// Goes on where the token, the key and the expiry have been looked at.
    pub(in crate::upsell) async fn accept_change(
        self: &Arc<Self>,
        click: &Acceptance,
        claims: &OfferClaims,
        step: &Step,
        (occasion, rule, change): (&Occasion, &Rule, &ChangeRule),
        mut arrival: Arrival<'_>,
    ) -> Result<Outcome, Refusal> {
        let quote = async { self.quote_change(occasion, rule, change).await.map_err(NoChange::at_accept) };
        let quoted = match tokio::try_join!(quote, self.confirm(occasion)) {
            Ok((quoted, ())) => quoted,
            Err(refusal) => return self.repeat_or(refusal, step, &click.key).await,
        };
        let is_as_shown = quoted.due_now() == promised(claims)
            && quoted.renewal() == claims.renewal
            && quoted.method.as_ref().and_then(|method| self.method_ref(method)) == claims.method
            && claims.change.as_ref() == Some(&self.change_claims(&quoted));
        if self.now().as_second() >= claims.quote_exp || !is_as_shown {
            if let Some(first) = self.store.attempt_at(step).await? {
                return self.repeat(first, &click.key).await;
            }
            return self.requote_change(occasion, rule, step, &quoted, claims);
        }
        let Some(agreed) = self.agreed(occasion, rule, true, &claims.locale, &click.request)? else {
            return self.requote_change(occasion, rule, step, &quoted, claims);
        };
        let now = self.now();
        let attempt = Attempt {
            id: self.ids.next(),
            payable: payable(occasion, step, &quoted, &claims.locale),
            quoted: promised(claims),
            renewal: claims.renewal,
            key: click.key.clone(),
            card: quoted
                .method
                .as_ref()
                .map_or_else(Card::default, |method| Card { brand: method.brand(), last4: method.last4() }),
            method: None,
            state: AttemptState::Claimed,
            charged: None,
            payment: None,
            session: None,
            change: Some(Box::new(quoted.agreed())),
            agreed,
            claimed_at: now,
            look_at: next_look(&AttemptState::Claimed, now, now),
            version: 0,
        };
        let attempt = self.with_window(attempt, rule);
        if arrival.is_late() {
            return Err(Refusal::Busy);
        }
        let claim = self.store.claim(&attempt).await?;
        arrival.is_known();
        match claim {
            Claim::Taken => {}
            Claim::KeyTaken => return Err(Refusal::KeyReused),
            Claim::ProductTaken => return Err(Refusal::ChangePending),
            Claim::StepTaken => return self.repeat_or(Refusal::NotAccepted, step, &click.key).await,
        }
        tracing::info!(attempt.id, offer.id = %step.offer, "plan change accepted");
        self.charge_or_wait(attempt, Order::Change(quoted.body)).await
    }

    fn requote_change(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &QuotedChange,
        claims: &OfferClaims,
    ) -> Result<Outcome, Refusal> {
        let offer = self.dress_change(occasion, rule, step, quoted, Some(&claims.locale))?;
        let offer = self.for_no_longer(offer, claims)?;
        Ok(Outcome::Requote { offer: Box::new(offer) })
    }
}
