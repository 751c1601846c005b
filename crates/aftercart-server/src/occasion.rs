//! What gives rise to an offer.

use crate::purchase::{Purchase, shortened};
use aftercart_contract::{CustomerId, PaymentId, ProductId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A purchase, or something that the merchant's app told of. Claims are unique per occasion.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum OccasionId {
    /// `pay_…`: the purchase that the offer follows.
    Purchase(PaymentId),
    /// `trg_…`: a trigger of the merchant's app.
    Trigger(TriggerId),
}

/// A trigger's id: made by us, `trg_…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TriggerId(String);

/// What a chain of offers is for: whose it is, what they did, where they are billed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Occasion {
    pub(crate) id: OccasionId,
    pub(crate) customer: CustomerId,
    pub(crate) cause: Cause,
    /// Dodo's billing address, for the preview and the charge.
    pub(crate) billing: Value,
    /// The merchant's token says that who asks is this customer: they may be led to their account at Dodo.
    pub(crate) vouched: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cause {
    /// The customer bought something.
    Purchase {
        /// What.
        products: Vec<ProductId>,
        /// Why it leads to no offer, such as `renewal`; `None` for a purchase that may.
        refused: Option<String>,
    },
    /// The customer reached something in the merchant's app.
    Milestone {
        /// The merchant's name for it.
        name: String,
    },
    /// The customer has used so much of what their plan allows.
    PlanLimit {
        /// Percent; more than 100 is possible.
        percent: u32,
    },
    /// The customer is done with the merchant's introduction.
    OnboardingDone,
}

/// Something that the merchant's app told of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trigger {
    pub(crate) id: TriggerId,
    pub(crate) customer: CustomerId,
    /// Never a purchase.
    pub(crate) cause: Cause,
    /// The merchant's own id for it: the same one again is the same trigger.
    pub(crate) key: Option<String>,
    pub(crate) told_at: Timestamp,
    /// Where the customer was billed when it was told; null when nobody knew.
    pub(crate) billing: Value,
}

impl Cause {
    /// The cause that a trigger's kind and values name, as they are stored and travel.
    pub(crate) fn of_trigger(kind: &str, name: Option<String>, percent: Option<u32>) -> Option<Self> {
        match (kind, name, percent) {
            ("milestone", Some(name), None) => Some(Self::Milestone { name }),
            ("plan_limit", None, Some(percent)) => Some(Self::PlanLimit { percent }),
            ("onboarding_done", None, None) => Some(Self::OnboardingDone),
            _ => None,
        }
    }

    /// What [`Self::of_trigger`] reads.
    pub(crate) fn columns(&self) -> (&'static str, Option<&str>, Option<u32>) {
        match self {
            Self::Purchase { .. } => ("purchase", None, None),
            Self::Milestone { name } => ("milestone", Some(name), None),
            Self::PlanLimit { percent } => ("plan_limit", None, Some(*percent)),
            Self::OnboardingDone => ("onboarding_done", None, None),
        }
    }
}

impl TriggerId {
    /// An id of our own making.
    pub(crate) fn of(unique: &str) -> Self {
        Self(format!("{}{unique}", OccasionId::TRIGGER))
    }

    /// The id as it is stored and travels.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TriggerId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match OccasionId::try_from(text)? {
            OccasionId::Trigger(id) => Ok(id),
            OccasionId::Purchase(_) => Err("a trigger's id starts with trg_".to_owned()),
        }
    }
}

impl OccasionId {
    const TRIGGER: &str = "trg_";

    /// The id as it is stored and travels.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Purchase(payment) => payment.as_str(),
            Self::Trigger(TriggerId(id)) => id,
        }
    }

    /// The id as it may be logged.
    pub(crate) fn for_log(&self) -> String {
        match self {
            Self::Purchase(payment) => shortened(payment),
            Self::Trigger(TriggerId(id)) => id.clone(),
        }
    }

    /// The purchase, if it is one.
    pub(crate) fn purchase(&self) -> Option<&PaymentId> {
        match self {
            Self::Purchase(payment) => Some(payment),
            Self::Trigger(_) => None,
        }
    }
}

impl TryFrom<String> for OccasionId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        // The same alphabet as every other id.
        let id = PaymentId::new(text)?;
        Ok(if id.as_str().starts_with(Self::TRIGGER) {
            Self::Trigger(TriggerId(id.into()))
        } else {
            Self::Purchase(id)
        })
    }
}

impl From<OccasionId> for String {
    fn from(id: OccasionId) -> Self {
        id.as_str().to_owned()
    }
}

impl From<PaymentId> for OccasionId {
    fn from(payment: PaymentId) -> Self {
        Self::Purchase(payment)
    }
}

impl fmt::Display for OccasionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Occasion {
    /// A purchase as an occasion.
    pub(crate) fn of(purchase: Purchase) -> Self {
        Self {
            id: purchase.payment.into(),
            customer: purchase.customer,
            cause: Cause::Purchase { products: purchase.products, refused: purchase.refused },
            billing: purchase.billing,
            vouched: false,
        }
    }

    /// A trigger as an occasion.
    pub(crate) fn told(trigger: Trigger) -> Self {
        Self {
            id: OccasionId::Trigger(trigger.id),
            customer: trigger.customer,
            cause: trigger.cause,
            billing: trigger.billing,
            vouched: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_it_is_of_and_stays_as_it_was() {
        for (text, is_purchase) in [("pay_1", true), ("trg_1", false)] {
            let id = OccasionId::try_from(text.to_owned()).unwrap();
            assert_eq!((id.as_str(), id.purchase().is_some()), (text, is_purchase));
        }
        assert!(OccasionId::try_from("trg_<b>".to_owned()).is_err());
    }
}
