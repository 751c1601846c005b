//! Everything the pretended Dodo remembers about one shop.

use super::customer::Customer;
use super::error::ApiError;
use super::payment::Payment;
use super::product::Product;
use super::records::{Record, Records};
use super::refund::Refund;
use super::session::Session;
use super::subscription::Subscription;

/// The records, each list in the order of creation. Looking up an unknown id is Dodo's 404.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Buyers.
    pub customers: Records<Customer>,
    /// Goods and plans.
    pub products: Records<Product>,
    /// Checkout sessions.
    pub sessions: Records<Session>,
    /// Attempts to take money, failed ones included.
    pub payments: Records<Payment>,
    /// Plans being paid for.
    pub subscriptions: Records<Subscription>,
    /// Money given back.
    pub refunds: Records<Refund>,
}

impl Ledger {
    /// The customer of that id.
    pub fn customer(&self, id: &str) -> Result<&Customer, ApiError> {
        self.customers.get(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn customer_mut(&mut self, id: &str) -> Result<&mut Customer, ApiError> {
        self.customers.get_mut(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn customer_of_email(&self, email: &str) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.email.eq_ignore_ascii_case(email))
    }

    /// The product of that id.
    pub fn product(&self, id: &str) -> Result<&Product, ApiError> {
        self.products.get(id).ok_or_else(ApiError::not_found)
    }

    /// The session of that id.
    pub fn session(&self, id: &str) -> Result<&Session, ApiError> {
        self.sessions.get(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Result<&mut Session, ApiError> {
        self.sessions.get_mut(id).ok_or_else(ApiError::not_found)
    }

    /// The payment of that id.
    pub fn payment(&self, id: &str) -> Result<&Payment, ApiError> {
        self.payments.get(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn payment_mut(&mut self, id: &str) -> Result<&mut Payment, ApiError> {
        self.payments.get_mut(id).ok_or_else(ApiError::not_found)
    }

    /// The subscription of that id.
    pub fn subscription(&self, id: &str) -> Result<&Subscription, ApiError> {
        self.subscriptions.get(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn subscription_mut(&mut self, id: &str) -> Result<&mut Subscription, ApiError> {
        self.subscriptions.get_mut(id).ok_or_else(ApiError::not_found)
    }

    /// Whether a plan change of that subscription waits for its payment.
    pub(crate) fn awaits_plan_change(&self, subscription_id: &str) -> bool {
        self.payments.iter().any(|payment| {
            let paid_for = payment.plan_change.as_ref();
            !payment.status.is_final()
                && paid_for.is_some_and(|paid_for| paid_for.subscription_id == subscription_id)
        })
    }

    /// The refund of that id.
    pub fn refund(&self, id: &str) -> Result<&Refund, ApiError> {
        self.refunds.get(id).ok_or_else(ApiError::not_found)
    }

    pub(crate) fn refunds_of(&self, payment_id: &str) -> Vec<&Refund> {
        self.refunds.iter().filter(|refund| refund.payment_id == payment_id).collect()
    }
}

macro_rules! records {
    ($($kind:ty),+) => {$(
        impl Record for $kind {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )+};
}

records!(Customer, Product, Session, Payment, Subscription, Refund);
