//! What a plan change costs on one subscription, and the preview that says so.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::body::ChangePlanBody;
use super::proration::{Bill, Prorated, Share, bill, prorate};
use super::switch::PlanChange;
use crate::core::addon::price_of;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::product::Product;
use crate::core::quote::{smallest_total, within_range};
use crate::core::state::{BUSINESS_ID, Core};
use crate::core::subscription::Subscription;
use crate::core::tax::rate_percent;

/// A priced plan change that has not happened.
#[derive(Clone, Debug)]
pub(crate) struct PlanQuote {
    pub(crate) change: PlanChange,
    pub(crate) bill: Bill,
    prorated: Prorated,
    effective_at: Timestamp,
}

impl Core {
    /// Prices a change and refuses one that is not possible now.
    ///
    /// A scheduled change costs the whole new price at the next billing date, whatever its mode.
    ///
    /// Errors: 404 for an unknown subscription or product; 409 while another change waits; 422 for an
    /// inactive subscription, a product that is not a plan, another currency, too large an amount.
    pub(crate) fn quote_plan_change(
        &self,
        now: Moment,
        subscription_id: &str,
        body: &ChangePlanBody,
    ) -> Result<PlanQuote, ApiError> {
        let subscription = self.ledger.subscription(subscription_id)?;
        body.check(self.settings.strict_scheduled_modes)?;
        self.refuse_second_change(subscription, body)?;
        let product = self.ledger.product(&body.product_id)?;
        refuse_other_products(subscription, product)?;
        let of_plan = product.price.checked_mul(body.quantity).unwrap_or(i64::MAX);
        let new_price = within_range(of_plan.saturating_add(price_of(body.addons())?))?;
        let prorated = if body.is_scheduled() {
            Prorated { old: None, new: Some(Share::WHOLE), restarts_cycle: true }
        } else {
            let (begin, end) = (subscription.previous_billing_date, subscription.next_billing_date);
            prorate(self.settings.proration, body.mode, Share::left_of(begin, end, now.at))
        };
        let bill = bill(
            prorated.net(subscription.recurring_pre_tax_amount, new_price),
            subscription.credit_balance,
            rate_percent(&subscription.billing.country),
            product.tax_inclusive,
            smallest_total(&subscription.currency),
        );
        within_range(bill.total)?;
        let effective_at = if body.is_scheduled() { subscription.next_billing_date } else { now.stamp() };
        let change = PlanChange {
            product_id: product.id.clone(),
            quantity: body.quantity,
            addons: body.addons().to_vec(),
            recurring_pre_tax_amount: new_price,
            tax_inclusive: product.tax_inclusive,
            credits: bill.credits,
            cycle_from: prorated.restarts_cycle.then_some(effective_at),
        };
        Ok(PlanQuote { change, bill, prorated, effective_at })
    }

    /// `POST /subscriptions/{id}/change-plan/preview`. Changes nothing, reserves nothing.
    pub(crate) fn preview_plan_change(
        &self,
        now: Moment,
        subscription_id: &str,
        body: &ChangePlanBody,
    ) -> Result<Value, ApiError> {
        let quote = self.quote_plan_change(now, subscription_id, body)?;
        let subscription = self.ledger.subscription(subscription_id)?;
        let (currency, bill) = (&subscription.currency, &quote.bill);
        let new = self.ledger.product(&quote.change.product_id)?;
        let old = self.ledger.product(&subscription.product_id)?;
        let of_plan = subscription.recurring_pre_tax_amount - price_of(&subscription.addons)?;
        let old_unit = of_plan / subscription.quantity;
        let new_line = quote.prorated.new.map(|part| line("li_new", new, body.quantity, new.price, part));
        let old_line =
            quote.prorated.old.map(|part| line("li_old", old, subscription.quantity, -old_unit, part));
        let customer = self.ledger.customer(&subscription.customer_id)?;
        let mut changed = subscription.clone();
        changed.scheduled_change = None;
        changed.switch_to(&quote.change);
        Ok(json!({
            "immediate_charge": {
                "effective_at": quote.effective_at,
                "line_items": new_line.into_iter().chain(old_line).collect::<Vec<_>>(),
                "summary": {
                    "currency": currency,
                    "total_amount": bill.total,
                    "tax": bill.tax,
                    "customer_credits": bill.credits,
                    "customer_credits_currency": currency,
                    "settlement_amount": bill.total,
                    "settlement_currency": currency,
                    "settlement_tax": bill.tax,
                },
            },
            "new_plan": changed.document(BUSINESS_ID, customer),
        }))
    }

    fn refuse_second_change(
        &self,
        subscription: &Subscription,
        body: &ChangePlanBody,
    ) -> Result<(), ApiError> {
        if !subscription.status.is_active() {
            return Err(ApiError::new(
                422,
                "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED",
                "The plan of a subscription that is not active cannot be changed",
            ));
        }
        if subscription.on_demand {
            return Err(ApiError::new(
                422,
                "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED",
                "The plan of an on-demand subscription cannot be changed",
            ));
        }
        if subscription.cancel_at_next_billing_date {
            return Err(ApiError::new(
                422,
                "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
                "The subscription ends at its next billing date",
            ));
        }
        if self.ledger.awaits_plan_change(&subscription.id) {
            return Err(ApiError::new(
                409,
                "PENDING_PLAN_CHANGE_EXISTS",
                "A plan change of this subscription waits for its payment",
            ));
        }
        if subscription.scheduled_change.is_some() && !body.replaces_schedule() {
            return Err(ApiError::new(
                409,
                "SCHEDULED_PLAN_CHANGE_EXISTS",
                "A plan change of this subscription is already scheduled",
            ));
        }
        Ok(())
    }
}

fn refuse_other_products(subscription: &Subscription, product: &Product) -> Result<(), ApiError> {
    if !product.is_recurring {
        return Err(ApiError::parameters(format!("{} is not a plan", product.id)));
    }
    if product.currency != subscription.currency {
        return Err(ApiError::new(
            422,
            "UNSUPPORTED_CURRENCY",
            "The new plan must have the currency of the subscription",
        ));
    }
    Ok(())
}

/// A line of the bill. The old plan's unit price is negative.
fn line(id: &str, product: &Product, quantity: i64, unit_price: i64, part: Share) -> Value {
    json!({
        "type": "subscription",
        "id": id,
        "product_id": product.id,
        "name": product.name,
        "description": product.description,
        "quantity": quantity,
        "unit_price": unit_price,
        "currency": product.currency,
        "proration_factor": part.factor(),
        "tax": null,
        "tax_rate": null,
        "tax_inclusive": product.tax_inclusive,
    })
}
