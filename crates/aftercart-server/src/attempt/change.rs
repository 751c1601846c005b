//! What was agreed to when a shopper accepted a plan change, and how it is told.

use super::AttemptState;
use super::record::Attempt;
use crate::shopper::{date_text, money_text};
use aftercart_contract::{
    AmountMinor, Money, Outcome, PlanChange, ProductId, ProrationBillingMode, Receipt, Timestamp,
};
use serde::{Deserialize, Serialize};

/// The terms of one plan change: what was previewed, shown and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AgreedChange {
    /// `sub_…`
    pub(crate) subscription: String,
    /// The plan before.
    pub(crate) from: ProductId,
    /// The plan after.
    pub(crate) to: ProductId,
    /// How it bills.
    pub(crate) mode: ProrationBillingMode,
    /// Now, or at the next billing date.
    pub(crate) effective: Effective,
    /// When it takes effect, as the preview said.
    pub(crate) effective_at: jiff::Timestamp,
    /// What stays beside the plan.
    pub(crate) addons: Vec<KeptAddon>,
    /// How the customer's credit moves.
    pub(crate) credit: Credit,
}

/// When a plan change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effective {
    /// At once.
    Immediately,
    /// In place of the next renewal.
    NextBillingDate,
}

/// An addon of a subscription. A change that does not name it would remove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptAddon {
    /// Dodo's id.
    pub(crate) addon_id: String,
    /// How many.
    pub(crate) quantity: u32,
}

/// Minor units of credit, in the quote's currency. At most one of the two is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credit {
    /// Existing credit, spent on this change.
    pub(crate) used: AmountMinor,
    /// New credit, for later renewals.
    pub(crate) granted: AmountMinor,
}

impl Credit {
    /// Reads Dodo's `customer_credits`: negative is spent, positive is granted.
    pub(crate) fn of(customer_credits: i64) -> Option<Self> {
        let amount = AmountMinor::new(customer_credits.checked_abs()?).ok()?;
        Some(if customer_credits < 0 {
            Self { used: amount, granted: AmountMinor::ZERO }
        } else {
            Self { used: AmountMinor::ZERO, granted: amount }
        })
    }
}

/// How a plan change ended well or was called off; `None` while it is something else, or no change.
pub(super) fn change_outcome(attempt: &Attempt) -> Option<Outcome> {
    let change = attempt.change.as_deref()?;
    let is_scheduled = match &attempt.state {
        AttemptState::Succeeded { .. } => false,
        AttemptState::Scheduled { .. } => true,
        AttemptState::CalledOff { .. } => return Some(Outcome::Revoked),
        _ => return None,
    };
    let locale = &attempt.payable.locale;
    let charged = attempt.charged.filter(|money| money.amount_minor != AmountMinor::ZERO);
    let granted = Some(change.credit.granted).filter(|granted| *granted != AmountMinor::ZERO);
    let credit = granted.map(|amount_minor| Money { amount_minor, currency: attempt.quoted.currency });
    let whole_second = jiff::Timestamp::from_second(change.effective_at.as_second()).ok();
    Some(Outcome::Succeeded {
        payment_id: attempt.payment.clone(),
        session_id: None,
        receipt: charged.map(|money| Receipt {
            product_name: attempt.payable.product_name.clone(),
            amount: money.amount_minor,
            currency: money.currency,
            display: money_text(money, locale),
            brand: attempt.card.brand.clone(),
            last4: attempt.card.last4.clone(),
        }),
        change: Some(PlanChange {
            product_name: attempt.payable.product_name.clone(),
            effective_at: whole_second.and_then(|at| Timestamp::new(at.to_string()).ok()),
            effective_on: date_text(change.effective_at, locale),
            is_scheduled,
            credit_granted: credit.and_then(|credit| money_text(credit, locale)),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dodos_sign_tells_credit_spent_from_credit_granted() {
        let read = |credits| Credit::of(credits).map(|credit| (credit.used.get(), credit.granted.get()));
        assert_eq!(read(-700), Some((700, 0)));
        assert_eq!(read(5000), Some((0, 5000)));
        assert_eq!(read(0), Some((0, 0)));
        assert_eq!(read(i64::MIN), None);
    }
}
