//! Asking for a plan change: what is due is charged, or the change is scheduled.

use serde_json::{Value, json};

use super::body::ChangePlanBody;
use super::quoted::PlanQuote;
use super::switch::{OnPaymentFailure, PlanChangePayment, subject};
use crate::core::behaviour::Reply;
use crate::core::cart::CartLine;
use crate::core::charging::Charge;
use crate::core::customer::SavedMethod;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::payment::{ChargeType, PaymentStatus};
use crate::core::quote::price_cart;
use crate::core::state::Core;
use crate::core::subscription::Subscription;

impl Core {
    /// `POST /subscriptions/{id}/change-plan`. The answer says nothing of whether it was paid.
    ///
    /// Charges the subscription's saved method at most once, and not at all when nothing is due.
    ///
    /// Errors: those of the preview; 422 without a saved method; the refusals of the method's script.
    pub(crate) fn change_plan(
        &mut self,
        now: Moment,
        subscription_id: &str,
        body: &ChangePlanBody,
    ) -> Result<(Value, Reply), ApiError> {
        let quote = self.quote_plan_change(now, subscription_id, body)?;
        if body.is_scheduled() {
            self.schedule_plan_change(now, subscription_id, &quote.change)?;
            return Ok((answer(None), Reply::Plain));
        }
        if quote.bill.total == 0 {
            self.drop_schedule(subscription_id);
            self.switch_plan(now, subscription_id, &quote.change)?;
            self.emit(now, "subscription.updated", &subject(subscription_id));
            return Ok((answer(None), Reply::Plain));
        }
        self.charge_plan_change(now, subscription_id, body, quote)
    }

    fn charge_plan_change(
        &mut self,
        now: Moment,
        subscription_id: &str,
        body: &ChangePlanBody,
        quote: PlanQuote,
    ) -> Result<(Value, Reply), ApiError> {
        let subscription = self.ledger.subscription(subscription_id)?.clone();
        let method = self.method_of(&subscription)?;
        let cart = vec![CartLine { product_id: body.product_id.clone(), quantity: body.quantity }];
        let priced = price_cart(&self.ledger, &cart, &subscription.billing.country)?.billed(quote.bill);
        let (outcome, reply) = self.behaviour_now(now, &method).over_the_api()?;
        let charge = Charge {
            customer_id: subscription.customer_id,
            cart,
            quote: priced,
            billing: subscription.billing,
            metadata: body.metadata.clone().unwrap_or(subscription.metadata),
            session_id: None,
            payment_id: None,
            method_id: Some(method.id),
            card: Some(method.card),
            method_to_save: None,
            kind: Some(ChargeType::PlanChange),
        };
        self.drop_schedule(subscription_id);
        let payment_id = self.write_payment(now, charge);
        let payment = self.ledger.payment_mut(&payment_id)?;
        payment.subscription_ids.push(subscription_id.to_owned());
        payment.plan_change = Some(PlanChangePayment {
            subscription_id: subscription_id.to_owned(),
            change: quote.change,
            on_failure: body.on_failure(),
            is_applied: false,
        });
        self.apply_outcome(now, &payment_id, outcome);
        let payment = self.ledger.payment(&payment_id)?;
        let waits = payment.status == PaymentStatus::RequiresCustomerAction;
        let link = payment.payment_link.clone().filter(|_| waits);
        if !payment.status.is_final() && body.on_failure() == OnPaymentFailure::ApplyChange {
            self.apply_plan_change(now, &payment_id)?;
            self.emit(now, "subscription.updated", &subject(subscription_id));
        }
        let shown = link.as_deref().map(|link| (payment_id.as_str(), link));
        Ok((answer(shown), reply))
    }

    fn method_of(&self, subscription: &Subscription) -> Result<SavedMethod, ApiError> {
        let customer = self.ledger.customer(&subscription.customer_id)?;
        let method = subscription.method_id.as_deref().and_then(|id| customer.method(id));
        method.cloned().ok_or_else(|| {
            ApiError::new(
                422,
                "NO_ELIGIBLE_PAYMENT_METHODS",
                "The subscription has no saved payment method to charge",
            )
        })
    }
}

/// Always the whole object: an empty answer breaks every SDK. `waiting` is a payment and the bank's page.
fn answer(waiting: Option<(&str, &str)>) -> Value {
    json!({
        "payment_id": waiting.map(|(id, _)| id),
        "payment_link": waiting.map(|(_, link)| link),
        "client_secret": null,
        "expires_on": null,
    })
}
