//! Which offer of a chain a shopper is at.
//!
//! 1. A chain begins with the first offer, in the file's order, that the occasion opens and that may be
//!    shown. An accepted and paid step leads on by `on_accept`, a declined one by `on_decline`; what cannot
//!    be shown (owned, ended, shown often, no such plan to change) is passed by the edge that the chain came
//!    by. Where only a price or a method is missing, the chain ends.
//! 2. An accepted step that is not paid ends the chain: nothing else is offered while it is open, and
//!    nothing after it failed.
//! 3. A step's number is its place on the way, what was passed included: it is the same on every look.
//! 4. Offers beside one are looked at as it is. The card stays while one of them can be shown.
//! 5. After a paid step, trouble with the next offer never hides how that step went.

use super::eligible::Check;
use super::present::{none, with_outcome};
use super::quote::Quoted;
use super::{Core, Refusal};
use crate::attempt::Step;
use crate::occasion::{Cause, Occasion};
use crate::rules::Rule;
use crate::token::OfferClaims;
use aftercart_contract::{AmountMinor, Offer, OfferAnswer, OfferId, OfferToken, Outcome, Reason};
use serde::{Deserialize, Serialize};

/// What a chain is followed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// To show what it leads to: asks how charges went, and opens checkouts.
    ToShow,
    /// To explain it: changes nothing, here or at Dodo.
    ToExplain,
}

/// How the chain came to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Opened,
    Accepted,
    Declined,
}

/// How things stand with one offer of a card.
#[allow(clippy::large_enum_variant, reason = "three at most, and gone in a moment")]
enum Standing {
    /// Accepted, and how that went.
    Accepted(Outcome),
    /// Declined on this very occasion.
    Declined,
    /// Not to be shown.
    Closed(Reason),
    /// May be shown, if it has a price.
    Open,
}

/// The end of one chain.
#[allow(clippy::large_enum_variant, reason = "one per request")]
enum End {
    Answer(OfferAnswer),
    /// Not one offer of it could be shown, and nothing was said about any.
    Passed(Reason),
}

/// An offer with its price, or why it has none; and what Dodo said of it, for what is bought once.
type Dressed = Result<Result<(Offer, Option<Quoted>), Reason>, Refusal>;

/// What a walk came by.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Every step it looked at.
    pub(super) passed: Vec<Step>,
    /// The offers of the card that it ended at, as they were priced; plan changes are not among them.
    pub(super) card: Vec<Priced>,
}

/// One offer of a card with everything that Dodo says about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Priced {
    /// Its place in the chain.
    pub(super) step: u32,
    /// The offer.
    pub(super) offer: OfferId,
    /// What it costs, and what can pay it.
    pub(super) quoted: Quoted,
}

impl Standing {
    fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

impl Core {
    /// Follows the chains of an occasion to what is to be shown, or told.
    pub(super) async fn offer_for(
        &self,
        occasion: &Occasion,
        locale: Option<&str>,
    ) -> Result<OfferAnswer, Refusal> {
        self.walk(occasion, locale, Look::ToShow, &mut Trail::default()).await
    }

    /// As [`Self::offer_for`], and notes what it came by.
    pub(super) async fn walk(
        &self,
        occasion: &Occasion,
        locale: Option<&str>,
        look: Look,
        trail: &mut Trail,
    ) -> Result<OfferAnswer, Refusal> {
        if matches!(&occasion.cause, Cause::Purchase { refused: Some(_), .. }) {
            return Ok(none(Reason::Other("not_a_new_purchase".to_owned())));
        }
        let mut reason = None;
        for head in self.book.opened_by(&occasion.cause) {
            match self.walk_from(occasion, head, locale, look, trail).await? {
                End::Answer(answer) => return Ok(answer),
                End::Passed(why) => reason = reason.or(Some(why)),
            }
        }
        Ok(none(reason.unwrap_or(Reason::NoRule)))
    }

    async fn walk_from(
        &self,
        occasion: &Occasion,
        head: &Rule,
        locale: Option<&str>,
        look: Look,
        trail: &mut Trail,
    ) -> Result<End, Refusal> {
        let (mut rule, mut edge) = (head, Edge::Opened);
        let mut paid: Option<(Step, Outcome)> = None;
        let mut reason = Reason::NoRule;
        for number in 0..self.book.max_steps() {
            let card: Vec<&Rule> = self.book.card(rule).collect();
            let mut standings = Vec::with_capacity(card.len());
            for member in &card {
                let step = step_at(occasion, member, number);
                standings.push(self.standing(occasion, member, &step, look).await?);
                trail.passed.push(step);
            }
            let mut next = None;
            for (member, standing) in card.iter().zip(&standings) {
                let Standing::Accepted(outcome) = standing else { continue };
                let step = step_at(occasion, member, number);
                if !matches!(outcome, Outcome::Succeeded { .. }) {
                    return self.told(occasion, step, outcome.clone(), look).await.map(End::Answer);
                }
                paid = Some((step, outcome.clone()));
                if let Some(after) = self.book.after_accept(member) {
                    next = Some((after, Edge::Accepted));
                    break;
                }
            }
            if next.is_none() {
                let open = card.iter().zip(&standings).filter(|(_, standing)| standing.is_open());
                let open: Vec<&Rule> = open.map(|(member, _)| *member).collect();
                match self.dress_card(occasion, &open, number, locale, look, trail).await {
                    Ok(Ok(mut offer)) => {
                        offer.after = paid.map(|(_, outcome)| Box::new(outcome));
                        return Ok(End::Answer(OfferAnswer::Offer(Box::new(offer))));
                    }
                    Ok(Err(_)) if open.is_empty() => {}
                    Ok(Err(why)) => {
                        let can_pass = !matches!(why, Reason::NoPaymentMethod | Reason::NoQuote);
                        if let Some(first) = standings.first_mut().filter(|first| first.is_open() && can_pass)
                        {
                            *first = Standing::Closed(why.clone());
                        }
                        reason = why;
                    }
                    Err(Refusal::NoQuote) => reason = Reason::NoQuote,
                    Err(refusal) if paid.is_some() => {
                        tracing::warn!(error = %refusal, "the offer after an accepted one cannot be made");
                        break;
                    }
                    Err(refusal) => return Err(refusal),
                }
                next = match standings.first() {
                    Some(Standing::Declined) => {
                        reason = Reason::Declined;
                        self.book.after_decline(rule).map(|next| (next, Edge::Declined))
                    }
                    Some(Standing::Closed(why)) => {
                        reason = why.clone();
                        match edge {
                            _ if *why == Reason::Declined => None,
                            Edge::Opened => return Ok(End::Passed(reason)),
                            Edge::Accepted => self.book.after_accept(rule).map(|next| (next, edge)),
                            Edge::Declined => self.book.after_decline(rule).map(|next| (next, edge)),
                        }
                    }
                    _ => None,
                };
            }
            match next {
                Some(next) => (rule, edge) = next,
                None => break,
            }
        }
        match paid {
            Some((step, outcome)) => self.told(occasion, step, outcome, look).await.map(End::Answer),
            None => Ok(End::Answer(none(reason))),
        }
    }

    async fn standing(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        look: Look,
    ) -> Result<Standing, Refusal> {
        let outcome = match look {
            Look::ToShow => self.outcome_at(step).await?,
            Look::ToExplain => self.outcome_known(step).await?,
        };
        if let Some(outcome) = outcome {
            return Ok(Standing::Accepted(outcome));
        }
        let checks = self.checks_of(occasion, rule).await?;
        match checks.into_iter().find(Check::has_failed) {
            None => Ok(Standing::Open),
            Some(failed) if failed.is_decline_here => Ok(Standing::Declined),
            Some(failed) => Ok(Standing::Closed(failed.reason)),
        }
    }

    /// The first of these offers that has a price, and the others beside it. An error only when none has.
    async fn dress_card(
        &self,
        occasion: &Occasion,
        open: &[&Rule],
        number: u32,
        locale: Option<&str>,
        look: Look,
        trail: &mut Trail,
    ) -> Result<Result<Offer, Reason>, Refusal> {
        let dressed = |at: usize| async move {
            match open.get(at) {
                Some(rule) => self.dress_at(occasion, rule, number, locale, look).await,
                None => Ok(Err(Reason::NoRule)),
            }
        };
        let (first, second, third) = tokio::join!(dressed(0), dressed(1), dressed(2));
        let mut offers = Vec::new();
        trail.card.clear();
        let mut refusal = None;
        let mut why = None;
        for tried in [first, second, third].into_iter().take(open.len()) {
            match tried {
                Ok(Ok((offer, quoted))) => {
                    trail.card.extend(quoted.map(|quoted| Priced {
                        step: number,
                        offer: offer.offer_id.clone(),
                        quoted,
                    }));
                    offers.push(offer);
                }
                Ok(Err(reason)) => why = why.or(Some(reason)),
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        let mut offers = offers.into_iter();
        match (offers.next(), refusal) {
            (Some(mut first), _) => {
                first.beside = offers.collect();
                Ok(Ok(first))
            }
            (None, Some(refusal)) => Err(refusal),
            (None, None) => Ok(Err(why.unwrap_or(Reason::NoRule))),
        }
    }

    async fn dress_at(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        number: u32,
        locale: Option<&str>,
        look: Look,
    ) -> Dressed {
        let step = step_at(occasion, rule, number);
        if let Some(change) = &rule.change {
            let offer = self.change_offer_at(occasion, rule, change, &step, locale).await?;
            return Ok(offer.map(|offer| (offer, None)));
        }
        let quoted = match self.quote(occasion, rule, rule.first_quantity()).await {
            Err(Refusal::AlreadyOwned) => return Ok(Err(Reason::AlreadyOwned)),
            quoted => quoted?,
        };
        let offer = self.dress(occasion, rule, &step, &quoted, locale, look).await?;
        Ok(offer.map(|offer| (offer, Some(quoted))).ok_or(Reason::NoPaymentMethod))
    }

    /// How an accepted step went, with a token that follows it and can do nothing else.
    async fn told(
        &self,
        occasion: &Occasion,
        step: Step,
        outcome: Outcome,
        look: Look,
    ) -> Result<OfferAnswer, Refusal> {
        let outcome = match look {
            Look::ToShow => self.with_remedy(outcome, &step, occasion.vouched).await,
            Look::ToExplain => outcome,
        };
        let mut told = with_outcome(Reason::AlreadyAccepted, &step.offer, Some(outcome));
        told.token = self.follow_token(&step, occasion.vouched).await?;
        Ok(OfferAnswer::Ineligible(told))
    }

    /// A token that has expired for everything but `status`.
    async fn follow_token(&self, step: &Step, vouched: bool) -> Result<Option<OfferToken>, Refusal> {
        let attempt =
            self.store.attempt_at(step).await?.map(|attempt| (attempt.payable, Some(attempt.quoted)));
        let accepted = match attempt {
            Some(attempt) => Some(attempt),
            None => self.store.checkout_at(step).await?.map(|checkout| (checkout.payable, checkout.charged)),
        };
        let Some((payable, Some(amount))) = accepted else { return Ok(None) };
        let token = self.looking_only(OfferClaims {
            customer: payable.customer,
            occasion: step.occasion.clone(),
            offer: step.offer.clone(),
            step: step.number,
            product: payable.product,
            quantity: payable.quantity,
            amount: AmountMinor::ZERO,
            currency: amount.currency,
            renewal: None,
            method: None,
            locale: payable.locale,
            change: None,
            vouched,
            quote_exp: 0,
            exp: 0,
        });
        Ok(token.ok())
    }
}

pub(super) fn step_at(occasion: &Occasion, rule: &Rule, number: u32) -> Step {
    Step { occasion: occasion.id.clone(), offer: rule.id.clone(), number }
}
