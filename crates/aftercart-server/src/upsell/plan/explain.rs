//! Why a plan change is offered, or is not.

use super::super::eligible::Check;
use super::super::{Core, Refusal};
use super::eligible::NoChange;
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use aftercart_contract::{CustomerId, ProductId, Reason};

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
                let mut seen = self.subscriptions_seen(&occasion.customer, rule, change).await?;
                if reason == Reason::NoPaymentMethod
                    && let Some(known) = self.dodo.product(&rule.product).await.ok().flatten()
                {
                    let (customer, currency) = (&occasion.customer, known.price().currency);
                    seen =
                        format!("{seen}; {}", self.methods_seen(customer, true, currency, self.now()).await?);
                }
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

    /// The customer's subscriptions to the plans that this change is about, with all that could stand in its way.
    async fn subscriptions_seen(
        &self,
        customer: &CustomerId,
        rule: &Rule,
        change: &ChangeRule,
    ) -> Result<String, Refusal> {
        let mut seen = Vec::new();
        for listed in self.dodo.subscriptions_of(customer).await.map_err(Refusal::DodoUnavailable)? {
            if listed.product_id != rule.product && !change.from.contains(&listed.product_id) {
                continue;
            }
            let whole = self.dodo.subscription(&listed.subscription_id).await;
            let Some(whole) = whole.map_err(Refusal::DodoUnavailable)? else { continue };
            let words = [
                Some(format!("{} to {} is {}", whole.subscription_id, whole.product_id, whole.status())),
                whole.on_demand.then(|| "on demand".to_owned()),
                whole.cancel_at_next_billing_date.then(|| format!("ends at {}", whole.next_billing_date)),
                whole.scheduled_change.as_ref().map(|planned| format!("changes to {}", planned.product_id)),
                (!whole.has_payment_method).then(|| "without a method".to_owned()),
            ];
            seen.push(words.into_iter().flatten().collect::<Vec<_>>().join(", "));
        }
        Ok(if seen.is_empty() { "no subscription to these plans".to_owned() } else { seen.join("; ") })
    }
}
