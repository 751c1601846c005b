//! One visit: a purchase, the offer after it, and what the shopper makes of it.

use crate::dodo::Dodo;
use crate::plan::{Answer, Bank, Checkout, Plan};
use crate::shop::Shop;
use crate::tally::Tally;
use aftercart_contract::{Mode, Offer, OfferAnswer, Outcome, WebUrl};
use anyhow::Result;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Pages ask again as soon as the server says, and not later than this.
const LONGEST_POLL: Duration = Duration::from_secs(3);
const GOOD_CARD: &str = "4242424242424242";
const DECLINED_CARD: &str = "4000000000000002";

/// What all shoppers share.
pub(crate) struct Street {
    pub(crate) shop: Shop,
    pub(crate) dodo: Dodo,
    pub(crate) tally: Arc<Tally>,
    /// Payments that a shopper was told are paid.
    told_paid: Mutex<BTreeSet<String>>,
}

impl Street {
    pub(crate) fn new(shop: Shop, dodo: Dodo, tally: Arc<Tally>) -> Self {
        Self { shop, dodo, tally, told_paid: Mutex::default() }
    }

    /// Payments that a shopper was told are paid.
    pub(crate) fn told_paid(&self) -> BTreeSet<String> {
        self.told_paid.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A whole visit. Errors: the sandbox does not play along.
    pub(crate) async fn visit(self: &Arc<Self>, plan: &Plan) -> Result<()> {
        let purchase = self.dodo.purchase(plan.scenario, plan.product).await?;
        self.tally.purchased();
        let Some(mut offer) = self.offered(&purchase).await else { return Ok(()) };
        self.shop.shown(&purchase, &offer).await;
        sleep(Duration::from_millis(plan.thinks_ms)).await;
        let mut answer = plan.answer;
        if let Answer::Decline { then_accepts } = answer {
            let Some(next) = self.shop.decline(&purchase, &offer).await else { return Ok(()) };
            offer = *next;
            answer = if then_accepts { Answer::Accept } else { Answer::Leave };
        }
        let outcome = match answer {
            Answer::Leave | Answer::Decline { .. } => return Ok(()),
            _ if offer.mode == Mode::Checkout => {
                self.at_checkout(plan, offer.checkout_url.as_ref().map(WebUrl::as_str)).await?;
                None
            }
            Answer::Accept => self.clicked(&purchase, &offer, 1, true).await,
            Answer::AcceptAtOnce { times, one_key } => self.clicked(&purchase, &offer, times, one_key).await,
            Answer::AcceptAndLeave { after_ms } => {
                let key = key();
                let click = self.shop.accept(&purchase, &offer, &key);
                let _ = timeout(Duration::from_millis(after_ms), click).await;
                return Ok(());
            }
        };
        self.follow(plan, &purchase, &offer, outcome).await?;
        if plan.reloads
            && let Some(OfferAnswer::Ineligible(nothing)) = self.shop.offer(&purchase).await
            && let Some(outcome) = nothing.outcome
        {
            self.listen(&outcome.settled());
        }
        Ok(())
    }

    /// The offer, if there is one; a page that gets no answer asks once more.
    async fn offered(&self, purchase: &str) -> Option<Offer> {
        let mut answer = self.shop.offer(purchase).await;
        if answer.is_none() {
            sleep(Duration::from_secs(1)).await;
            answer = self.shop.offer(purchase).await;
        }
        match answer? {
            OfferAnswer::Offer(offer) => Some(*offer),
            OfferAnswer::Ineligible(_) => None,
        }
    }

    /// Clicks so many times at once; the answer that is known best. A click without an answer is repeated once, with
    /// its key, as the widget does.
    async fn clicked(
        self: &Arc<Self>,
        purchase: &str,
        offer: &Offer,
        times: usize,
        one_key: bool,
    ) -> Option<Outcome> {
        let shared = key();
        let mut clicks = JoinSet::new();
        for _ in 0..times {
            let key = if one_key { shared.clone() } else { key() };
            let (street, purchase, offer) = (Arc::clone(self), purchase.to_owned(), offer.clone());
            clicks.spawn(async move {
                if let Some(outcome) = street.shop.accept(&purchase, &offer, &key).await {
                    return Some(outcome);
                }
                sleep(Duration::from_secs(1)).await;
                street.shop.accept(&purchase, &offer, &key).await
            });
        }
        let mut best = None;
        while let Some(click) = clicks.join_next().await {
            let outcome = click.ok().flatten().map(Outcome::settled);
            if let Some(outcome) = &outcome {
                self.listen(outcome);
            }
            best = outcome.or(best);
        }
        best
    }

    /// Stays until it is over or patience ends; goes to the bank and to the checkout on the way, once each.
    async fn follow(&self, plan: &Plan, purchase: &str, offer: &Offer, first: Option<Outcome>) -> Result<()> {
        let (mut outcome, mut polls) = (first, plan.polls);
        let (mut was_at_bank, mut was_at_checkout) = (false, offer.mode == Mode::Checkout);
        loop {
            let wait = match &outcome {
                Some(Outcome::ActionRequired { url }) if !was_at_bank && plan.bank != Bank::Leave => {
                    was_at_bank = true;
                    self.dodo.tell_bank(url.as_str(), plan.bank == Bank::Approve).await?;
                    0
                }
                Some(Outcome::Failed(failure)) if !was_at_checkout => {
                    was_at_checkout = true;
                    self.at_checkout(plan, failure.checkout_url.as_ref().map(WebUrl::as_str)).await?;
                    0
                }
                Some(Outcome::Processing { poll_after_ms } | Outcome::Unknown { poll_after_ms }) => {
                    *poll_after_ms
                }
                Some(Outcome::Succeeded { .. } | Outcome::ActionRequired { .. } | Outcome::Failed(_)) => {
                    return Ok(());
                }
                _ => 1_000,
            };
            if polls == 0 {
                return Ok(());
            }
            polls -= 1;
            sleep(Duration::from_millis(wait.into()).min(LONGEST_POLL)).await;
            outcome = self.shop.status(purchase, offer).await.map(Outcome::settled);
            if let Some(outcome) = &outcome {
                self.listen(outcome);
            }
        }
    }

    async fn at_checkout(&self, plan: &Plan, page: Option<&str>) -> Result<()> {
        match (page, plan.checkout) {
            (None, _) | (_, Checkout::Leave) => Ok(()),
            (Some(page), Checkout::Pay) => self.dodo.pay(page, GOOD_CARD).await,
            (Some(page), Checkout::Fail) => self.dodo.pay(page, DECLINED_CARD).await,
        }
    }

    /// Remembers what the server promised.
    fn listen(&self, outcome: &Outcome) {
        if let Outcome::Succeeded { payment_id: Some(payment), .. } = outcome {
            self.told_paid.lock().unwrap_or_else(PoisonError::into_inner).insert(payment.to_string());
        }
    }
}

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}
