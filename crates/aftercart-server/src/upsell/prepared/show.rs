//! Showing an offer that is ready: one read of the store, none of Dodo.

use super::Made;
use crate::occasion::Occasion;
use crate::store::PreparedOffer;
use crate::upsell::chain::{Look, step_at};
use crate::upsell::{Core, Refusal};
use aftercart_contract::{Offer, Subject};

impl Core {
    /// The offer that is ready for this subject. `None`: it has to be made now. A customer's token is checked already.
    pub(in crate::upsell) async fn offer_ready(
        &self,
        subject: &Subject,
        locale: Option<&str>,
    ) -> Result<Option<Offer>, Refusal> {
        if self.wishes.is_none() {
            return Ok(None);
        }
        let Some(prepared) = self.store.prepared(subject).await? else { return Ok(None) };
        let now = self.now();
        let is_open = now < prepared.fresh_until || matches!(subject, Subject::Customer(_));
        if !is_open || now >= prepared.shown_until || prepared.made_by != self.made_by {
            return Ok(None);
        }
        self.dressed(prepared, matches!(subject, Subject::Customer(_)), locale).await
    }

    async fn dressed(
        &self,
        prepared: PreparedOffer,
        vouched: bool,
        locale: Option<&str>,
    ) -> Result<Option<Offer>, Refusal> {
        let Ok(Made { occasion, card }) = serde_json::from_str(&prepared.offer) else {
            tracing::error!(occasion.id = %prepared.occasion, "a prepared offer cannot be read");
            return Ok(None);
        };
        let occasion = Occasion { vouched, ..occasion };
        let mut offers = Vec::with_capacity(card.len());
        for priced in &card {
            let Some(rule) = self.book.rule(&priced.offer) else { return Ok(None) };
            let step = step_at(&occasion, rule, priced.step);
            let look = Look::ToExplain;
            let dressed = self.dress(&occasion, rule, &step, &priced.quoted, locale, look).await?;
            let Some(offer) = dressed else { return Ok(None) };
            offers.push(offer);
        }
        let mut offers = offers.into_iter();
        let Some(mut first) = offers.next() else { return Ok(None) };
        first.beside = offers.collect();
        Ok(Some(first))
    }
}
