//! Payments on a subscription that runs: credit is spent, a scheduled change takes its turn.

use serde_json::Value;

use super::addon::{SubscribedAddon, price_of};
use super::cart::CartLine;
use super::charging::Charge;
use super::customer::Metadata;
use super::error::ApiError;
use super::moment::Moment;
use super::outbox::Subject;
use super::payment::ChargeType;
use super::plan_change::{PlanChange, bill};
use super::quote::{Quote, price_cart, smallest_total};
use super::state::Core;
use super::subscription::{Subscription, SubscriptionStatus, cycle_end};
use super::tax::rate_percent;

impl Core {
    /// Makes a succeeded payment on a subscription and answers it.
    ///
    /// A renewal spends the subscription's credit first; when credit covers it, the payment is of 0. A
    /// scheduled plan change takes the renewal's place, as a `plan_change` payment of the new price. A
    /// renewal of a subscription on hold makes it active.
    ///
    /// Errors: 404; 422 when it has ended.
    pub fn pay_subscription(
        &mut self,
        now: Moment,
        subscription_id: &str,
        charge_type: ChargeType,
        metadata: Metadata,
    ) -> Result<Value, ApiError> {
        let subscription = self.ledger.subscription(subscription_id)?.clone();
        subscription.refuse_ended()?;
        let renews = charge_type == ChargeType::Renewal;
        let scheduled = subscription.scheduled_change.as_ref().filter(|_| renews);
        let plan = scheduled.map_or_else(
            || CartLine { product_id: subscription.product_id.clone(), quantity: subscription.quantity },
            |change| CartLine { product_id: change.product_id.clone(), quantity: change.quantity },
        );
        let cart = vec![plan];
        let mut quote = price_cart(&self.ledger, &cart, &subscription.billing.country)?;
        let mut credits = 0;
        let addons = scheduled.map_or(&subscription.addons, |change| &change.addons).clone();
        let due = scheduled.map(|_| self.due_change(&cart, &addons)).transpose()?;
        if renews {
            (quote, credits) = after_credit(quote, &subscription, price_of(&addons)?);
        }
        let customer = self.ledger.customer(&subscription.customer_id)?;
        let method = subscription.method_id.as_ref().and_then(|id| customer.method(id));
        let charge = Charge {
            customer_id: customer.id.clone(),
            quote,
            cart,
            billing: subscription.billing,
            metadata,
            session_id: None,
            payment_id: None,
            card: method.map(|method| method.card.clone()),
            method_id: subscription.method_id,
            method_to_save: None,
            kind: Some(if due.is_some() { ChargeType::PlanChange } else { charge_type }),
        };
        let payment_id = self.commit_charge_on(now, charge, subscription_id);
        if let Some(change) = due {
            self.drop_schedule(subscription_id);
            self.switch_plan(now, subscription_id, &change)?;
        }
        if renews {
            self.renew(now, subscription_id, &payment_id, credits)?;
        }
        self.payment_document(&payment_id)
    }

    /// The switch of a scheduled change; the renewal around it moves credit and dates.
    fn due_change(&self, cart: &[CartLine], addons: &[SubscribedAddon]) -> Result<PlanChange, ApiError> {
        let plan = cart.first().ok_or_else(super::cart::empty)?;
        let product = self.ledger.product(&plan.product_id)?;
        Ok(PlanChange {
            product_id: product.id.clone(),
            quantity: plan.quantity,
            addons: addons.to_vec(),
            recurring_pre_tax_amount: product
                .price
                .saturating_mul(plan.quantity)
                .saturating_add(price_of(addons)?),
            tax_inclusive: product.tax_inclusive,
            credits: 0,
            cycle_from: None,
        })
    }

    fn renew(
        &mut self,
        now: Moment,
        subscription_id: &str,
        payment_id: &str,
        credits: i64,
    ) -> Result<(), ApiError> {
        let subscription = self.ledger.subscription_mut(subscription_id)?;
        subscription.credit_balance = subscription.credit_balance.saturating_add(credits);
        subscription.previous_billing_date = subscription.next_billing_date;
        subscription.next_billing_date = cycle_end(subscription.next_billing_date);
        let was_on_hold = subscription.status == SubscriptionStatus::OnHold;
        subscription.status = SubscriptionStatus::Active;
        if was_on_hold {
            let subject = Subject::Subscription(subscription_id.to_owned(), None);
            self.emit(now, "subscription.active", &subject);
        }
        let subject = Subject::Subscription(subscription_id.to_owned(), Some(payment_id.to_owned()));
        self.emit(now, "subscription.renewed", &subject);
        Ok(())
    }
}

/// The quote after the subscription's credit, and how that credit moves.
fn after_credit(quote: Quote, subscription: &Subscription, addons: i64) -> (Quote, i64) {
    let is_inclusive = quote.lines.iter().any(|line| line.tax_inclusive);
    let price = if is_inclusive { quote.total } else { quote.subtotal }.saturating_add(addons);
    let percent = rate_percent(&quote.country);
    let smallest = smallest_total(&quote.currency);
    let bill = bill(price, subscription.credit_balance, percent, is_inclusive, smallest);
    (quote.billed(bill), bill.credits)
}
