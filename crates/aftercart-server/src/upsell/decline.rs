//! "No, thank you": remembered, and perhaps followed by a smaller offer.

use super::{Core, Refusal};
use crate::occasion::Occasion;
use crate::token::{OfferClaims, is_expired};
use aftercart_contract::{DeclineRequest, DeclineResponse, OfferAnswer, OfferId, Subject};

impl Core {
    /// Remembers the decline and answers what comes next. Declining twice is declining once.
    pub(crate) async fn decline(
        &self,
        subject: &Subject,
        request: &DeclineRequest,
    ) -> Result<DeclineResponse, Refusal> {
        let claims = self.offer_claims(subject, request.token.as_ref(), &request.offer_id)?;
        let step = claims.named_step();
        if self.store.attempt_at(&step).await?.is_some() {
            return Err(Refusal::AlreadyAccepted);
        }
        let reason = request
            .reason
            .as_deref()
            .map(|reason| reason.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
        let forgotten = self.book.rule(&step.offer).and_then(|rule| self.forgotten(rule));
        let now = self.now();
        self.store.put_decline(&claims.customer, &step, reason.as_deref(), now, forgotten).await?;
        tracing::info!(offer.id = %step.offer, "offer declined");
        if is_expired(claims.exp, now) || !self.is_open(&claims).await? {
            return Ok(DeclineResponse::default());
        }
        let Some(occasion) = self.occasion(&step.occasion).await? else {
            return Ok(DeclineResponse::default());
        };
        let occasion = Occasion { vouched: claims.vouched, ..occasion };
        // The decline is stored; that the next offer cannot be quoted is no reason to fail.
        let next = match self.offer_for(&occasion, Some(&claims.locale)).await {
            Ok(OfferAnswer::Offer(offer)) => Some(offer),
            Ok(OfferAnswer::Ineligible(_)) => None,
            Err(refusal) => {
                tracing::warn!(error = %refusal, "the offer after a decline cannot be made");
                None
            }
        };
        Ok(DeclineResponse { next })
    }

    /// True while another offer may be made to who holds this token: the merchant stands behind it, or the purchase is
    /// young enough for its id to open one.
    async fn is_open(&self, claims: &OfferClaims) -> Result<bool, Refusal> {
        let Some(payment) = claims.occasion.purchase().filter(|_| !claims.vouched) else {
            return Ok(claims.vouched);
        };
        let paid_at = self.store.purchase(payment).await?.and_then(|purchase| purchase.paid_at);
        Ok(paid_at.is_some_and(|paid_at| self.is_fresh(paid_at)))
    }

    /// True when the customer behind this subject declined the offer. For whom `status` has just been answered.
    pub(crate) async fn has_declined(&self, subject: &Subject, offer: &OfferId) -> Result<bool, Refusal> {
        let customer = match subject {
            Subject::Customer(customer) => customer.clone(),
            Subject::Payment(payment) => match self.store.purchase(payment).await? {
                Some(purchase) => purchase.customer,
                None => return Ok(false),
            },
        };
        Ok(self.store.decline_of(&customer, offer).await?.is_some())
    }
}
