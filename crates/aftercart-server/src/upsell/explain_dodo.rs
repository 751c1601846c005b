//! What Dodo says about one offer to one customer: the price, each saved method, and the checkout that stands in.

use super::eligible::Check;
use super::{Core, Refusal};
use crate::attempt::Step;
use crate::dodo::Wanted;
use crate::occasion::Occasion;
use crate::rules::Rule;
use aftercart_contract::{Currency, CustomerId, Reason};
use jiff::Timestamp;

impl Core {
    /// The price, then a way to pay it.
    pub(super) async fn asked_of_dodo(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: Option<&Step>,
    ) -> Result<Vec<Check>, Refusal> {
        if let Some(change) = &rule.change {
            return self.change_checks(occasion, rule, change).await;
        }
        let quoted = match self.quote(occasion, rule, rule.first_quantity()).await {
            Ok(quoted) => quoted,
            Err(Refusal::AlreadyOwned) => {
                let seen = format!("a subscription of {} that may bill", rule.product);
                return Ok(vec![Check::of(
                    "not_subscribed",
                    seen,
                    "none at Dodo",
                    false,
                    Reason::AlreadyOwned,
                )]);
            }
            Err(refusal) => return Ok(vec![self.no_price(rule, &refusal).await]),
        };
        let price = quoted.due_now().to_decimal();
        let wanted = "a price of Dodo's for this customer";
        let mut checks = Vec::new();
        if quoted.product.is_recurring {
            checks.push(Check::of(
                "not_subscribed",
                "no subscription that may bill",
                "none at Dodo",
                true,
                Reason::AlreadyOwned,
            ));
        }
        checks.push(Check::of("priced", price, wanted, true, Reason::NoQuote));
        let (is_plan, currency) = (quoted.product.is_recurring, quoted.due_now().currency);
        let seen = self.methods_seen(&occasion.customer, is_plan, currency, quoted.at).await?;
        let has_method = !quoted.methods.is_empty();
        let checkout = match step.filter(|_| !has_method) {
            Some(step) => self.store.checkout_at(&step.place()).await?.and_then(|checkout| checkout.url),
            None => None,
        };
        // A page would open one, unless it could not send anybody there.
        let can_open = !self.config.redirect_hosts.is_empty();
        let seen = match (&checkout, can_open) {
            _ if has_method => seen,
            (Some(_), _) => format!("{seen}; a checkout is open instead"),
            (None, true) => format!("{seen}; a checkout is opened when it is shown"),
            (None, false) => format!("{seen}; no checkout, for `redirect_hosts` is empty"),
        };
        let wanted = format!(
            "a method of this customer, not expired at its month's end, in a currency that works{}; else a checkout",
            if is_plan { ", that may be charged again" } else { "" }
        );
        let passed = has_method || checkout.is_some() || can_open;
        checks.push(Check::of("payable", seen, wanted, passed, Reason::NoPaymentMethod));
        Ok(checks)
    }

    /// Why there is no price.
    async fn no_price(&self, rule: &Rule, refusal: &Refusal) -> Check {
        let product = &rule.product;
        match (self.dodo.product(product).await, rule.trial_days) {
            (Ok(Some(found)), Some(days)) if !found.is_recurring => {
                let seen = format!("{days} free days, and {product} is no plan");
                Check::of("trial", seen, "`trial_days` with a plan only", false, Reason::NoQuote)
            }
            (found, _) => {
                let seen = match found {
                    Ok(None) => format!("Dodo knows no {product}"),
                    _ => format!("{product}: {refusal}"),
                };
                let wanted = "a price of Dodo's for this customer";
                Check::of("priced", seen, wanted, false, Reason::NoQuote)
            }
        }
    }

    /// Every saved method, and what stands in its way.
    pub(super) async fn methods_seen(
        &self,
        customer: &CustomerId,
        is_plan: bool,
        currency: Currency,
        now: Timestamp,
    ) -> Result<String, Refusal> {
        let methods = self.dodo.methods(customer).await.map_err(Refusal::DodoUnavailable)?;
        let refused = self.refused_in(customer, currency).await?;
        let wanted = Wanted { is_plan, currency, refused: &refused, now };
        let seen = methods.into_iter().map(|method| {
            let name = [method.brand(), method.last4(), method.expires()];
            let name: Vec<String> = name.into_iter().flatten().collect();
            let name = if name.is_empty() { method.payment_method.clone() } else { name.join(" ") };
            match method.obstacle(wanted) {
                None => format!("{name}: can pay"),
                Some(obstacle) => format!("{name}: {obstacle}"),
            }
        });
        let seen: Vec<String> = seen.collect();
        Ok(if seen.is_empty() { "none saved with this customer".to_owned() } else { seen.join("; ") })
    }
}
