//! Making an offer ready: the same walk as for a page, without changing anything.

use super::Made;
use crate::occasion::{Occasion, OccasionId};
use crate::store::PreparedOffer;
use crate::upsell::chain::{Look, Trail};
use crate::upsell::core::after;
use crate::upsell::recognise::Recognised;
use crate::upsell::{Core, Refusal};
use aftercart_contract::{CustomerId, Mode, Offer, OfferAnswer};
use jiff::Timestamp;
use std::time::Duration;

/// What was known before Dodo was asked.
pub(in crate::upsell) struct Beginning {
    pub(in crate::upsell) occasion: Occasion,
    began: Timestamp,
    revision: i64,
    is_newest: bool,
}

impl Core {
    /// Makes the offer of this occasion ready, or takes away what was, if there is nothing to be ready with.
    pub(super) async fn prepare(&self, id: &OccasionId) -> Result<(), Refusal> {
        match self.made_for(id).await? {
            Some(prepared) => Ok(self.store.put_prepared(&prepared).await?),
            None => Ok(self.store.drop_prepared(id).await?),
        }
    }

    async fn made_for(&self, id: &OccasionId) -> Result<Option<PreparedOffer>, Refusal> {
        let Some((Occasion { customer, .. }, _)) = self.dated(id).await? else { return Ok(None) };
        let Some(beginning) = self.beginning(id, &customer).await? else { return Ok(None) };
        let mut trail = Trail::default();
        let answer = self.walk(&beginning.occasion, None, Look::ToExplain, &mut trail).await?;
        Ok(self.made(beginning, &answer, trail))
    }

    /// Where an offer that can be made ready begins; the occasion is vouched for by nobody.
    pub(in crate::upsell) async fn beginning(
        &self,
        id: &OccasionId,
        customer: &CustomerId,
    ) -> Result<Option<Beginning>, Refusal> {
        // Before anything else of the customer's: what changes from here on makes this one stale.
        let revision = self.store.revision_of(customer).await?;
        let Some((occasion, began)) = self.dated(id).await? else { return Ok(None) };
        if self.store.has_begun(id).await? {
            return Ok(None);
        }
        let newest = self.occasions_of(customer).await?.into_iter().next();
        let is_newest = newest.is_some_and(|newest| newest.id == *id);
        Ok(Some(Beginning { occasion, began, revision, is_newest }))
    }

    /// Keeps what a page has waited for, so that the next one does not.
    pub(in crate::upsell) async fn keep_ready(
        &self,
        beginning: Beginning,
        answer: &OfferAnswer,
        trail: Trail,
    ) {
        let Some(prepared) = self.made(beginning, answer, trail) else { return };
        let kept = self.store.put_prepared(&prepared).await;
        self.metrics.prepared(kept.is_ok());
        if let Err(error) = kept {
            let occasion = prepared.occasion.for_log();
            tracing::debug!(occasion, %error, "an offer cannot be kept ready");
        }
    }

    fn made(&self, beginning: Beginning, answer: &OfferAnswer, trail: Trail) -> Option<PreparedOffer> {
        let OfferAnswer::Offer(offer) = answer else { return None };
        let Beginning { occasion, began, revision, is_newest } = beginning;
        let is_ready = |offer: &Offer| offer.mode == Mode::OneClick && offer.after.is_none();
        let is_whole = trail.card.len() == 1 + offer.beside.len();
        if !is_whole || !is_ready(offer) || !offer.beside.iter().all(is_ready) {
            return None;
        }
        let shown_until = trail.card.iter().map(|priced| self.shown_until(priced.quoted.at, priced)).min()?;
        let fresh_until = after(began, self.config.purchase_fresh);
        let refreshed_at = after(self.now(), shown_until.duration_since(self.now()).unsigned_abs() * 4 / 5);
        let is_refreshed = refreshed_at < fresh_until;
        Some(PreparedOffer {
            occasion: occasion.id.clone(),
            customer: occasion.customer.clone(),
            revision,
            made_by: self.made_by.clone(),
            is_newest,
            fresh_until,
            shown_until,
            look_at: Some(if is_refreshed { refreshed_at } else { shown_until }),
            offer: serde_json::to_string(&Made { occasion, card: trail.card }).unwrap_or_default(),
        })
    }

    /// An occasion that may open an offer, and when it was.
    async fn dated(&self, id: &OccasionId) -> Result<Option<(Occasion, Timestamp)>, Refusal> {
        match id {
            OccasionId::Purchase(payment) => Ok(match self.recall(payment).await? {
                Recognised::Purchase(purchase) => {
                    purchase.paid_at.map(|paid_at| (Occasion::of(purchase), paid_at))
                }
                Recognised::Ours(_) | Recognised::Nothing => None,
            }),
            OccasionId::Trigger(trigger) => {
                let told = self.store.trigger(trigger).await?;
                let occasion = self.occasion(id).await?;
                Ok(occasion.zip(told.map(|told| told.told_at)))
            }
        }
    }

    /// The first half of the time that quote and token have.
    fn shown_until(&self, quoted_at: Timestamp, priced: &crate::upsell::chain::Priced) -> Timestamp {
        let half: Duration = self.config.quote.min(self.config.token) / 2;
        let until = after(quoted_at, half);
        let end = self.book.rule(&priced.offer).and_then(|rule| rule.ends_at);
        end.map_or(until, |end| end.min(until))
    }
}
