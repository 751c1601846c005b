//! Records as the API shows them, by id.

use serde_json::Value;

use super::error::ApiError;
use super::payment::Payment;
use super::state::{BUSINESS_ID, Core};

impl Core {
    /// `GET /payments/{id}`. Errors: 404.
    pub fn payment_document(&self, id: &str) -> Result<Value, ApiError> {
        let payment = self.ledger.payment(id)?;
        let customer = self.ledger.customer(&payment.customer_id)?;
        Ok(payment.document(BUSINESS_ID, customer, &self.ledger.refunds_of(id)))
    }

    pub(crate) fn payment_list_item(&self, payment: &Payment) -> Result<Value, ApiError> {
        let customer = self.ledger.customer(&payment.customer_id)?;
        Ok(payment.list_item(BUSINESS_ID, customer, &self.ledger.refunds_of(&payment.id)))
    }

    /// `GET /subscriptions/{id}`. Errors: 404.
    pub fn subscription_document(&self, id: &str) -> Result<Value, ApiError> {
        let subscription = self.ledger.subscription(id)?;
        let customer = self.ledger.customer(&subscription.customer_id)?;
        Ok(subscription.document(BUSINESS_ID, customer))
    }

    /// `GET /refunds/{id}`. Errors: 404.
    pub fn refund_document(&self, id: &str) -> Result<Value, ApiError> {
        let refund = self.ledger.refund(id)?;
        let customer = self.ledger.customer(&self.ledger.payment(&refund.payment_id)?.customer_id)?;
        Ok(refund.document(BUSINESS_ID, customer))
    }
}
