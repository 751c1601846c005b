//! Full refunds of succeeded payments.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::customer::{Customer, Metadata};

/// Money given back, always the whole payment and always at once.
#[derive(Clone, Debug)]
pub struct Refund {
    /// `ref_…`
    pub id: String,
    /// `pay_…`
    pub payment_id: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// As given by the merchant.
    pub reason: Option<String>,
    /// As given by the merchant.
    pub metadata: Metadata,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Refund {
    /// `GET /refunds/{id}`.
    pub(crate) fn document(&self, business_id: &str, customer: &Customer) -> Value {
        let mut document = self.inside_payment(business_id);
        let rest = json!({
            "brand_id": business_id,
            "customer": customer.limited_document(),
            "metadata": self.metadata,
        });
        if let (Value::Object(document), Value::Object(rest)) = (&mut document, rest) {
            document.extend(rest);
        }
        document
    }

    /// The short form in a payment's `refunds`.
    pub(crate) fn inside_payment(&self, business_id: &str) -> Value {
        json!({
            "refund_id": self.id,
            "payment_id": self.payment_id,
            "business_id": business_id,
            "created_at": self.created_at,
            "is_partial": false,
            "status": "succeeded",
            "amount": self.amount,
            "currency": self.currency,
            "reason": self.reason,
            "network_reference": null,
            "network_reference_type": null,
            "network_reference_updated_at": null,
        })
    }
}
