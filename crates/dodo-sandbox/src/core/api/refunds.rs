//! `/refunds`: whole payments, at once.

use serde::Deserialize;
use serde_json::Value;

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::customer::Metadata;
use crate::core::error::ApiError;
use crate::core::metadata;
use crate::core::moment::Moment;
use crate::core::outbox::Subject;
use crate::core::payment::PaymentStatus;
use crate::core::refund::Refund;
use crate::core::state::{BUSINESS_ID, Core};

const LONGEST_REASON: usize = 3000;

#[derive(Deserialize)]
struct NewRefund {
    payment_id: String,
    reason: Option<String>,
    metadata: Option<Metadata>,
    items: Option<Vec<Value>>,
}

impl Core {
    pub(super) fn create_refund(&mut self, now: Moment, request: &ApiRequest) -> Result<Routed, ApiError> {
        let body: NewRefund = request.parse()?;
        if body.items.is_some_and(|items| !items.is_empty()) {
            return Err(ApiError::new(
                422,
                "PARTIAL_REFUND_NOT_ALLOWED",
                "Only whole payments are refunded here",
            ));
        }
        if body.reason.as_ref().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
            return Err(ApiError::parameters(format!("reason is longer than {LONGEST_REASON} characters")));
        }
        let metadata = body.metadata.unwrap_or_default();
        metadata::check(&metadata)?;
        let payment = self.ledger.payment(&body.payment_id)?;
        if payment.status != PaymentStatus::Succeeded {
            return Err(ApiError::new(
                400,
                "PAYMENT_NOT_SUCCEEDED",
                "Only a succeeded payment can be refunded",
            ));
        }
        if !self.ledger.refunds_of(&payment.id).is_empty() {
            return Err(ApiError::new(
                400,
                "PAYMENT_ALREADY_REFUNDED",
                "The payment has already been refunded",
            ));
        }
        let refund = Refund {
            id: self.ids.next("ref"),
            payment_id: payment.id.clone(),
            amount: payment.total_amount,
            currency: payment.currency.clone(),
            reason: body.reason,
            metadata,
            created_at: now.stamp(),
        };
        let id = refund.id.clone();
        self.ledger.refunds.push(refund);
        self.emit(now, "refund.succeeded", &Subject::Refund(id.clone()));
        self.refund_document(&id).map(Routed::from)
    }

    /// Newest first.
    pub(super) fn list_refunds(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let mut found = Vec::new();
        for refund in self.ledger.refunds.iter().rev() {
            let payment = self.ledger.payment(&refund.payment_id)?;
            let wanted = query.wants("customer_id", Some(&payment.customer_id))
                && query.wants("payment_id", Some(&refund.payment_id))
                && query.wants("status", Some("succeeded"));
            if wanted && query.covers(refund.created_at)? {
                found.push(refund.inside_payment(BUSINESS_ID));
            }
        }
        Ok(items(&query.page(found)?))
    }
}
