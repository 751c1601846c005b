//! Giving a payment back, and seeing that it was.

use super::charge::ChargeError;
use super::client::Dodo;
use super::documents::{Payment, RefundItem};
use crate::attempt::{Fact, PaymentStatus};
use aftercart_contract::PaymentId;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, json};

/// Dodo took the refund on; its status is read from the payment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GivenBack {
    /// Dodo's refund, `ref_…`.
    pub(crate) refund_id: String,
}

impl Dodo {
    /// Gives a whole payment back. Call it once per claimed refund, never again: as with a charge, an
    /// answer that is lost says nothing.
    pub(crate) async fn refund(
        &self,
        payment: &PaymentId,
        our_id: &str,
        reason: &str,
    ) -> Result<GivenBack, ChargeError> {
        let mut body = Map::new();
        body.insert("payment_id".into(), payment.as_str().into());
        body.insert("reason".into(), reason.into());
        body.insert("metadata".into(), json!({"aftercart_refund": our_id}));
        self.move_money("/refunds", body).await
    }
}

impl Payment {
    /// What this says about our refund of it: any refund gives the money back, whoever asked for it.
    pub(crate) fn refund_fact(&self) -> Option<Fact> {
        self.refunds.iter().map(RefundItem::fact).max_by_key(|(order, _)| *order).map(|(_, fact)| fact)
    }
}

impl RefundItem {
    /// The fact, and how much it outweighs those of other refunds.
    fn fact(&self) -> ((u8, Timestamp), Fact) {
        let status = match self.status.as_deref() {
            Some("succeeded") => PaymentStatus::Succeeded,
            Some("failed") => PaymentStatus::Failed,
            _ => PaymentStatus::Pending,
        };
        let weight = match status {
            PaymentStatus::Succeeded => 2,
            PaymentStatus::Pending => 1,
            _ => 0,
        };
        let code = Some(format!("REFUND_FAILED {}", self.refund_id)).filter(|_| weight == 0);
        ((weight, self.created_at), Fact::Payment { status, as_of: self.created_at, code, link: None })
    }
}
