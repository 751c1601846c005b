//! Why a plan change is offered, or is not.

use super::super::eligible::Check;
use super::super::{Core, Refusal};
use super::eligible::NoChange;
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use aftercart_contract::{ProductId, Reason};

impl Core {
    /// The subscription that would change, and what Dodo says it costs.
    pub(in crate::upsell) async fn change_checks(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        change: &ChangeRule,
    ) -> Result<Vec<Check>, Refusal> {
        let from: Vec<&str> = change.from.iter().map(ProductId::as_str).collect();
        let wanted = format!(
            "an active subscription to {}, neither on demand nor ending nor about to change, with a method where money is due",
            from.join(" or ")
        );
        let quoted = match self.quote_change(occasion, rule, change).await {
            Ok(quoted) => quoted,
            Err(NoChange::Because(reason)) => {
                let seen = reason.code().to_owned();
                return Ok(vec![Check::of("changeable", seen, wanted, false, reason)]);
            }
            Err(NoChange::Refused(refusal)) => {
                let wanted = "a preview of Dodo's";
                return Ok(vec![Check::of("priced", refusal.to_string(), wanted, false, Reason::NoQuote)]);
            }
        };
        let seen = format!("{} to {}", quoted.before.subscription_id, quoted.before.product_id);
        let due = quoted.due_now().to_decimal();
        Ok(vec![
            Check::of("changeable", seen, wanted, true, Reason::NoSubscription),
            Check::of("priced", due, "a preview of Dodo's", true, Reason::NoQuote),
        ])
    }
}
