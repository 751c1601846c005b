//! Following an accepted offer: for polling, and after a lost answer.

use super::recognise::Recognised;
use super::{Core, Refusal};
use crate::attempt::Step;
use crate::occasion::OccasionId;
use crate::token::TokenError;
use aftercart_contract::{CustomerId, OfferId, Outcome, PaymentId, Subject};
use std::sync::Arc;

/// For so long after its expiry an offer token still reads how its attempt went: a bank may take days.
/// It no longer accepts anything.
pub(super) const FOLLOW_SECONDS: i64 = 7 * 24 * 3600;

impl Core {
    /// How the accepted offer went. The token is the offer's own, or the subject's.
    pub(crate) async fn status(
        self: &Arc<Self>,
        subject: &Subject,
        offer: &OfferId,
        token: Option<&str>,
    ) -> Result<Outcome, Refusal> {
        let (steps, vouched) = match self.steps_named_by(token, subject, offer)? {
            Some((step, vouched)) => (vec![step], vouched),
            // A customer's steps are only read with the merchant's token.
            None => (self.steps_of(subject, offer, token).await?, matches!(subject, Subject::Customer(_))),
        };
        for step in steps {
            self.send_if_due(&step).await?;
            if let Some(outcome) = self.outcome_at(&step).await? {
                return Ok(self.with_remedy(outcome, &step, vouched).await);
            }
        }
        Err(Refusal::NotAccepted)
    }

    /// The step in an offer token, and whether the merchant's token stood behind it. `None`: no token, or one of
    /// another kind.
    fn steps_named_by(
        &self,
        token: Option<&str>,
        subject: &Subject,
        offer: &OfferId,
    ) -> Result<Option<(Step, bool)>, Refusal> {
        let Some(token) = token else { return Ok(None) };
        let claims = match self.config.token_keys.verify_offer(token) {
            Ok(claims) => claims,
            Err(TokenError::Invalid) if matches!(subject, Subject::Customer(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let same_subject = match subject {
            Subject::Payment(payment) => claims.occasion.purchase() == Some(payment),
            Subject::Customer(customer) => claims.customer == *customer,
        };
        if !same_subject || claims.offer != *offer {
            return Err(Refusal::TokenForAnother);
        }
        if self.now().as_second() >= claims.exp + FOLLOW_SECONDS {
            return Err(Refusal::TokenExpired);
        }
        Ok(Some((claims.named_step(), claims.vouched)))
    }

    async fn steps_of(
        &self,
        subject: &Subject,
        offer: &OfferId,
        token: Option<&str>,
    ) -> Result<Vec<Step>, Refusal> {
        match subject {
            Subject::Payment(payment) => self.steps_after(payment, offer).await,
            Subject::Customer(customer) => {
                self.check_subject_token(token, customer)?;
                self.steps_to(customer, offer).await
            }
        }
    }

    async fn steps_after(&self, payment: &PaymentId, offer: &OfferId) -> Result<Vec<Step>, Refusal> {
        match self.recall(payment).await? {
            Recognised::Nothing => Err(Refusal::UnknownSubject),
            Recognised::Ours(step) if step.offer != *offer => Err(Refusal::UnknownOffer),
            Recognised::Ours(step) if self.is_recent(&step).await? => Ok(vec![step]),
            Recognised::Ours(_) => Err(Refusal::TooLate),
            Recognised::Purchase(purchase) => match purchase.paid_at {
                Some(paid_at) if self.is_fresh(paid_at) => {
                    Ok(self.every_step(&payment.clone().into(), offer))
                }
                _ => Err(Refusal::TooLate),
            },
        }
    }

    async fn steps_to(&self, customer: &CustomerId, offer: &OfferId) -> Result<Vec<Step>, Refusal> {
        let occasions = self.occasions_of(customer).await?;
        Ok(occasions.iter().flat_map(|occasion| self.every_step(&occasion.id, offer)).collect())
    }

    /// Every place that the offer may have been made at on this occasion.
    fn every_step(&self, occasion: &OccasionId, offer: &OfferId) -> Vec<Step> {
        let step = |number| Step { occasion: occasion.clone(), offer: offer.clone(), number };
        (0..self.book.max_steps()).map(step).collect()
    }
}
