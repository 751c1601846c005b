//! Giving a payment back, and seeing that it was.

use super::answer::document;
use super::charge::ChargeError;
use super::client::{Dodo, DodoError};
use super::documents::{Payment, RefundItem};
use super::wire::{NoAnswer, Sends};
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

/// How a refund can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefundError {
    /// Nothing was given back, and the same request may be taken later: Dodo was asked too often (429), or no
    /// connection was made.
    #[error("not taken now: {0}")]
    NotNow(String),
    /// Nothing was given back, and nothing will be: make it by hand.
    #[error("refused: {0}")]
    Refused(String),
    /// Nobody knows: look at the payment, never send again.
    #[error("not known whether given back: {0}")]
    Unknown(DodoError),
}

impl Dodo {
    /// Gives a whole payment back. After [`RefundError::NotNow`] it may be called again, else once per claimed
    /// refund and never again: as with a charge, an answer that is lost says nothing.
    pub(crate) async fn refund(
        &self,
        payment: &PaymentId,
        our_id: &str,
        reason: &str,
    ) -> Result<GivenBack, RefundError> {
        let mut body = Map::new();
        body.insert("payment_id".into(), payment.as_str().into());
        body.insert("reason".into(), reason.into());
        body.insert("metadata".into(), json!({"aftercart_refund": our_id}));
        let answer = match self.post("/refunds", body, Sends::Once).await {
            Ok(answer) if answer.status == 429 => {
                return Err(RefundError::NotNow("TOO_MANY_REQUESTS".to_owned()));
            }
            Ok(answer) => answer,
            Err(NoAnswer::NeverSent(_)) => {
                return Err(RefundError::NotNow("GATEWAY_UNREACHABLE".to_owned()));
            }
            Err(NoAnswer::Lost(why)) => return Err(RefundError::Unknown(DodoError::Unreachable(why))),
        };
        document(&answer).map_err(|error| match ChargeError::of(error) {
            ChargeError::NotCharged(code) => RefundError::Refused(code),
            ChargeError::Unknown(error) => RefundError::Unknown(error),
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dodo::SdkWire;
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test]
    async fn a_refund_that_never_left_may_be_asked_for_again() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let wire = SdkWire::new(&format!("http://127.0.0.1:{port}"), "key", Duration::from_secs(5)).unwrap();
        let (dodo, payment) = (Dodo::new(Arc::new(wire), 1_000), PaymentId::new("pay_1").unwrap());
        let asked = dodo.refund(&payment, "r1", "why").await;
        assert_eq!(asked.unwrap_err(), RefundError::NotNow("GATEWAY_UNREACHABLE".to_owned()));
    }
}
