//! The price of another quantity: the same offer with a new quote and token. Nothing is bought.

use super::chain::Look;
use super::present::{none, with_outcome};
use super::{Core, Refusal};
use aftercart_contract::{OfferAnswer, QuoteRequest, Reason, Subject};

impl Core {
    /// Quotes the offer in another quantity, within what its rule allows.
    pub(crate) async fn quote_quantity(
        &self,
        subject: &Subject,
        request: &QuoteRequest,
    ) -> Result<OfferAnswer, Refusal> {
        let claims = self.offer_claims(subject, Some(&request.token), &request.offer_id)?;
        let step = claims.named_step();
        let accepted = match step.tries_before() {
            0 => self.outcome_at(&step).await?,
            _ => match self.store.attempt_at(&step).await? {
                Some(_) => self.outcome_at(&step).await?,
                None => self.stands_before(&step).await?,
            },
        };
        if let Some(outcome) = accepted {
            let told = with_outcome(Reason::AlreadyAccepted, &step.offer, Some(outcome));
            return Ok(OfferAnswer::Ineligible(told));
        }
        self.refuse_expired(&claims)?;
        let (occasion, rule) = self.occasion_and_rule(&claims).await?;
        if rule.change.is_some() || !rule.takes(request.quantity) {
            return Err(Refusal::QuantityOutOfRange);
        }
        if rule.ends_at.is_some_and(|end| self.now() >= end) {
            return Ok(none(Reason::Ended));
        }
        let mut quoted = self.quote(&occasion, rule, request.quantity).await?;
        quoted.methods = self.untried(&step, quoted.methods).await?;
        let locale = Some(claims.locale.as_str());
        let offer = self.dress(&occasion, rule, &step, &quoted, locale, Look::ToShow).await?;
        let Some(offer) = offer else { return Ok(none(Reason::NoPaymentMethod)) };
        if offer.quote.as_ref().is_some_and(|quote| quote.quantity != request.quantity) {
            // No saved method can pay any more, and the checkout is open for another quantity.
            return Err(Refusal::QuantityOutOfRange);
        }
        Ok(OfferAnswer::Offer(Box::new(self.for_no_longer(offer, &claims)?)))
    }
}
