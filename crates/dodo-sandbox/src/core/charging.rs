//! Taking money: how a payment comes to be and how it ends.

use std::time::Duration;

use super::address::Address;
use super::behaviour::{Behaviour, Outcome};
use super::cart::CartLine;
use super::customer::{Card, Metadata, SavedMethod};
use super::error::ApiError;
use super::moment::Moment;
use super::outbox::Subject;
use super::payment::{ChargeType, Payment, PaymentStatus};
use super::quote::Quote;
use super::state::{Core, Timer};
use super::subscription::{Subscription, SubscriptionStatus, first_renewal};

/// Everything a payment is made of, before its outcome.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) customer_id: String,
    pub(crate) cart: Vec<CartLine>,
    pub(crate) quote: Quote,
    pub(crate) billing: Address,
    pub(crate) metadata: Metadata,
    pub(crate) session_id: Option<String>,
    /// A payment of this session that still waited for a method: it becomes this one.
    pub(crate) payment_id: Option<String>,
    pub(crate) method_id: Option<String>,
    pub(crate) card: Option<Card>,
    pub(crate) method_to_save: Option<SavedMethod>,
    pub(crate) kind: Option<ChargeType>,
}

impl Core {
    /// The script that a charge of `method` follows now: a forced one, expiry, or its own.
    pub(crate) fn behaviour_now(&mut self, now: Moment, method: &SavedMethod) -> Behaviour {
        if let Some(forced) = self.forced_behaviour.take() {
            return forced;
        }
        if method.card.is_expired(now.at) {
            return Behaviour::Fail { error_code: "EXPIRED_CARD".to_owned() };
        }
        method.behaviour.clone()
    }

    /// Writes the payment down and lets it end, wait, or await its timer, as `outcome` says.
    pub(crate) fn commit_charge(&mut self, now: Moment, charge: Charge, outcome: Outcome) -> String {
        let id = self.write_payment(now, charge);
        self.apply_outcome(now, &id, outcome);
        id
    }

    /// A paid charge that continues a running subscription instead of beginning one.
    pub(crate) fn commit_charge_on(&mut self, now: Moment, charge: Charge, subscription_id: &str) -> String {
        let id = self.write_payment(now, charge);
        if let Ok(payment) = self.ledger.payment_mut(&id) {
            payment.subscription_ids.push(subscription_id.to_owned());
        }
        self.apply_outcome(now, &id, Outcome::Succeed);
        id
    }

    /// Writes the payment down, without an outcome.
    pub(crate) fn write_payment(&mut self, now: Moment, charge: Charge) -> String {
        let is_new = charge.payment_id.is_none();
        let id = charge.payment_id.unwrap_or_else(|| self.ids.next("pay"));
        let plans = charge
            .cart
            .iter()
            .zip(&charge.quote.lines)
            .filter(|(_, quoted)| quoted.is_recurring)
            .map(|(line, _)| line.clone())
            .collect::<Vec<_>>();
        let charge_type = charge.kind.or((!plans.is_empty()).then_some(ChargeType::New));
        self.ledger.payments.push(Payment {
            id: id.clone(),
            status: PaymentStatus::RequiresPaymentMethod,
            created_at: now.stamp(),
            updated_at: None,
            currency: charge.quote.currency,
            total_amount: charge.quote.total,
            tax: charge.quote.tax,
            customer_id: charge.customer_id,
            billing: charge.billing,
            cart: charge.cart,
            plans,
            trial_days: charge.quote.trial_days,
            subscription_ids: Vec::new(),
            session_id: charge.session_id.clone(),
            metadata: charge.metadata,
            method_id: charge.method_id,
            card: charge.card,
            method_to_save: charge.method_to_save,
            payment_link: None,
            charge_type,
            plan_change: None,
            error_code: None,
        });
        let session_id = charge.session_id.filter(|_| is_new);
        if let Some(session) = session_id.and_then(|id| self.ledger.session_mut(&id).ok()) {
            session.payment_ids.push(id.clone());
        }
        id
    }

    /// Lets a payment that was just written end, wait, or await its timer.
    pub(crate) fn apply_outcome(&mut self, now: Moment, payment_id: &str, outcome: Outcome) {
        let link = format!("{}/3ds/{payment_id}", self.settings.base_url);
        match outcome {
            // The payment was written a moment ago and is not final, so settling it cannot be refused.
            Outcome::Succeed => drop(self.settle(now, payment_id, None)),
            Outcome::Fail(code) => drop(self.settle(now, payment_id, Some(code))),
            Outcome::AwaitCustomer { link: has_link } => {
                if let Ok(payment) = self.ledger.payment_mut(payment_id) {
                    payment.status = PaymentStatus::RequiresCustomerAction;
                    payment.payment_link = has_link.then_some(link);
                }
            }
            Outcome::AwaitMethod { link } => {
                if let Ok(payment) = self.ledger.payment_mut(payment_id) {
                    payment.payment_link = Some(link);
                }
            }
            Outcome::Process { seconds, error_code } => {
                if let Ok(payment) = self.ledger.payment_mut(payment_id) {
                    payment.status = PaymentStatus::Processing;
                }
                let due = now.elapsed + Duration::from_secs(seconds);
                self.timers.push(Timer { due, payment_id: payment_id.to_owned(), error_code });
                self.emit(now, "payment.processing", &Subject::Payment(payment_id.to_owned()));
            }
        }
    }

    /// Ends a payment: paid, or failed with a code. A payment that has ended stays as it is.
    ///
    /// Errors: 404 for an unknown payment, 409 for one that has already ended.
    pub fn settle(
        &mut self,
        now: Moment,
        payment_id: &str,
        error_code: Option<String>,
    ) -> Result<(), ApiError> {
        let Some(code) = error_code else {
            self.end(now, payment_id, PaymentStatus::Succeeded)?;
            self.keep_method(now, payment_id)?;
            self.begin_subscriptions(now, payment_id)?;
            self.emit(now, "payment.succeeded", &Subject::Payment(payment_id.to_owned()));
            return self.finish_plan_change(now, payment_id);
        };
        self.end(now, payment_id, PaymentStatus::Failed)?.error_code = Some(code);
        self.went_unpaid(now, payment_id, "payment.failed")
    }

    /// Ends a payment that the customer went back from. Errors: as of [`Core::settle`].
    pub fn cancel_payment(&mut self, now: Moment, payment_id: &str) -> Result<(), ApiError> {
        self.end(now, payment_id, PaymentStatus::Cancelled)?;
        self.went_unpaid(now, payment_id, "payment.cancelled")
    }

    fn end(
        &mut self,
        now: Moment,
        payment_id: &str,
        status: PaymentStatus,
    ) -> Result<&mut Payment, ApiError> {
        let payment = self.ledger.payment_mut(payment_id)?;
        if payment.status.is_final() {
            return Err(ApiError::new(409, "PAYMENT_ALREADY_SETTLED", "The payment has already ended"));
        }
        payment.status = status;
        payment.updated_at = Some(now.stamp());
        payment.payment_link = None;
        Ok(payment)
    }

    fn went_unpaid(&mut self, now: Moment, payment_id: &str, event: &'static str) -> Result<(), ApiError> {
        let unpaid = self.apply_unpaid_change(now, payment_id)?;
        self.emit(now, event, &Subject::Payment(payment_id.to_owned()));
        unpaid.map_or(Ok(()), |subscription_id| self.hold_subscription(now, &subscription_id))
    }

    /// Saves the card if the buyer asked for it, and marks the used method as the newest.
    fn keep_method(&mut self, now: Moment, payment_id: &str) -> Result<(), ApiError> {
        let payment = self.ledger.payment_mut(payment_id)?;
        let to_save = payment.method_to_save.take();
        if let Some(method) = &to_save {
            payment.method_id = Some(method.id.clone());
        }
        let (method_id, billing) = (payment.method_id.clone(), payment.billing.clone());
        let customer_id = payment.customer_id.clone();
        let customer = self.ledger.customer_mut(&customer_id)?;
        customer.billing = billing;
        customer.methods.extend(to_save);
        if let Some(method) =
            customer.methods.iter_mut().find(|method| Some(&method.id) == method_id.as_ref())
        {
            method.last_used_at = Some(now.stamp());
        }
        Ok(())
    }

    fn begin_subscriptions(&mut self, now: Moment, payment_id: &str) -> Result<(), ApiError> {
        let payment = self.ledger.payment(payment_id)?.clone();
        if !payment.subscription_ids.is_empty() {
            return Ok(());
        }
        for plan in &payment.plans {
            let id = self.begin_subscription(now, &payment, plan)?;
            self.ledger.payment_mut(payment_id)?.subscription_ids.push(id.clone());
            self.emit(now, "subscription.active", &Subject::Subscription(id.clone(), None));
            self.emit(now, "subscription.renewed", &Subject::Subscription(id, Some(payment_id.to_owned())));
        }
        Ok(())
    }

    /// Writes an active subscription to `plan` down, without events.
    pub(crate) fn begin_subscription(
        &mut self,
        now: Moment,
        payment: &Payment,
        plan: &CartLine,
    ) -> Result<String, ApiError> {
        let product = self.ledger.product(&plan.product_id)?.clone();
        let id = self.ids.next("sub");
        self.ledger.subscriptions.push(Subscription {
            id: id.clone(),
            product_id: product.id,
            quantity: plan.quantity,
            addons: Vec::new(),
            on_demand: false,
            cancel_at_next_billing_date: false,
            status: SubscriptionStatus::Active,
            currency: product.currency,
            recurring_pre_tax_amount: product.price.saturating_mul(plan.quantity),
            tax_inclusive: product.tax_inclusive,
            customer_id: payment.customer_id.clone(),
            billing: payment.billing.clone(),
            metadata: payment.metadata.clone(),
            method_id: payment.method_id.clone(),
            created_at: now.stamp(),
            previous_billing_date: now.stamp(),
            next_billing_date: first_renewal(now.stamp(), payment.trial_days),
            trial_days: payment.trial_days,
            credit_balance: 0,
            cancelled_at: None,
            cancellation_comment: None,
            scheduled_change: None,
        });
        Ok(id)
    }
}
