//! A purchase, and whether it may lead to an offer at all.

use crate::dodo::{Payment, Purpose};
use aftercart_contract::{CustomerId, PaymentId, ProductId};
use jiff::Timestamp;
use serde_json::Value;

/// A payment that is not an accepted offer of ours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Purchase {
    pub(crate) payment: PaymentId,
    pub(crate) customer: CustomerId,
    /// Dodo's word.
    pub(crate) status: String,
    /// When it succeeded; `None` until then.
    pub(crate) paid_at: Option<Timestamp>,
    pub(crate) products: Vec<ProductId>,
    /// Dodo's billing address, for the preview and the charge.
    pub(crate) billing: Value,
    /// Why it leads to no offer, such as `renewal`; `None` for a purchase that may.
    pub(crate) refused: Option<String>,
}

impl Purchase {
    /// Reads a payment that does not carry our metadata. `paid_at` counts only if it succeeded;
    /// `products` are looked up by the caller when the payment names none.
    pub(crate) fn of(payment: &Payment, products: Vec<ProductId>, paid_at: Timestamp) -> Self {
        Self {
            payment: payment.payment_id.clone(),
            customer: payment.customer.customer_id.clone(),
            status: payment.status_word().to_owned(),
            paid_at: payment.has_succeeded().then_some(paid_at),
            products,
            billing: payment.billing.clone().unwrap_or(Value::Null),
            refused: refusal(payment).map(str::to_owned),
        }
    }
}

/// Enough of a purchase's id to find it by, too little to open its offer: for the log.
pub(crate) fn shortened(payment: &PaymentId) -> String {
    let count = payment.as_str().chars().count();
    let end: String = payment.as_str().chars().skip(count - (count / 3).min(6)).collect();
    format!("pay_…{end}")
}

/// True for a charge or checkout that we made ourselves.
pub(crate) fn is_ours(payment: &Payment) -> bool {
    payment.metadata_text(Purpose::PURCHASE).is_some()
}

/// Only a purchase that the shopper has just made by hand opens an offer: not a renewal, a plan
/// change, an on-demand charge, a retry of a failed renewal, or a change of card.
fn refusal(payment: &Payment) -> Option<&str> {
    match payment.charge_type.as_deref() {
        None | Some("new") => {}
        Some(other) => return Some(other),
    }
    if payment.retry_attempt > 0 {
        return Some("renewal");
    }
    payment.is_update_payment_method.then_some("update_payment_method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_id_keeps_most_of_it_to_itself() {
        let short = |id: &str| shortened(&PaymentId::new(id).unwrap());
        assert_eq!(short("pay_0NVmbXJEcYKAVpjvWoO5S"), "pay_…vWoO5S");
        assert_eq!(short("pay_1"), "pay_…1");
    }

    use serde_json::json;

    fn payment(extra: &Value) -> Payment {
        let mut document = json!({
            "payment_id": "pay_1", "customer": {"customer_id": "cus_1"}, "status": "succeeded",
            "created_at": "2026-01-16T10:00:00Z", "total_amount": 100, "currency": "USD"
        });
        document.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value(document).unwrap()
    }

    fn refused(extra: &Value) -> Option<String> {
        Purchase::of(&payment(extra), vec![], Timestamp::UNIX_EPOCH).refused
    }

    #[test]
    fn only_what_the_shopper_bought_by_hand_opens_an_offer() {
        assert_eq!(refused(&json!({})), None);
        assert_eq!(refused(&json!({"charge_type": "new"})), None);
        for charge_type in ["renewal", "plan_change", "on_demand", "a_kind_of_next_year"] {
            assert_eq!(refused(&json!({"charge_type": charge_type})).as_deref(), Some(charge_type));
        }
        assert_eq!(refused(&json!({"retry_attempt": 1})).as_deref(), Some("renewal"));
        assert_eq!(
            refused(&json!({"is_update_payment_method": true})).as_deref(),
            Some("update_payment_method")
        );
    }

    #[test]
    fn a_payment_with_our_metadata_is_ours() {
        assert!(is_ours(&payment(&json!({"metadata": {"aftercart_purchase": "pay_0"}}))));
        assert!(!is_ours(&payment(&json!({"metadata": {"campaign": "x"}}))));
    }

    #[test]
    fn a_purchase_that_did_not_succeed_has_no_paid_time() {
        let purchase = Purchase::of(&payment(&json!({"status": "failed"})), vec![], Timestamp::UNIX_EPOCH);
        assert_eq!(purchase.paid_at, None);
    }
}
