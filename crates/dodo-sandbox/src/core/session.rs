//! Checkout sessions.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::address::Address;
use super::cart::CartLine;
use super::customer::Metadata;
use super::ledger::Ledger;
use super::payment::PaymentStatus;

const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
const LIFETIME_WHEN_CONFIRMED: SignedDuration = SignedDuration::from_mins(15);

/// A cart on its way to being paid, once.
#[derive(Clone, Debug)]
pub struct Session {
    /// `cks_` and 21 characters.
    pub id: String,
    /// What is being bought.
    pub cart: Vec<CartLine>,
    /// Who buys, as far as known.
    pub buyer: Buyer,
    /// Charged over the API at creation: the hosted page refuses it.
    pub is_one_click: bool,
    /// Whether the hosted page offers a known customer their stored cards.
    pub shows_saved_methods: bool,
    /// Where the buyer goes afterwards; http or https.
    pub return_url: Option<String>,
    /// Where the page's way back leads; without it there is none.
    pub cancel_url: Option<String>,
    /// Copied to the payment.
    pub metadata: Metadata,
    /// As sent by the merchant.
    pub billing: Option<Address>,
    /// Free days before the first charge of the plans in it.
    pub trial_days: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// After this the page refuses to take money.
    pub expires_at: Timestamp,
    /// Attempts in order; only the last may be unfinished.
    pub payment_ids: Vec<String>,
}

/// Who buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buyer {
    /// An existing customer, `cus_…`.
    Known(String),
    /// A customer is created (or found by e-mail) when they pay.
    Described {
        /// As sent by the merchant.
        email: String,
        /// As sent by the merchant.
        name: Option<String>,
        /// Whether a customer of the same e-mail is left alone.
        is_always_new: bool,
    },
    /// The page asks.
    Unknown,
}

/// Whether a session can still be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The page takes money.
    Open,
    /// A payment is under way: its id.
    Pending(String),
    /// Paid by this payment.
    Paid(String),
    /// Used up by a one-click charge that failed.
    Consumed,
    /// Too old.
    Expired,
}

impl Session {
    pub(crate) fn lifetime(is_confirmed: bool) -> SignedDuration {
        if is_confirmed { LIFETIME_WHEN_CONFIRMED } else { LIFETIME }
    }

    /// Where it stands at `at`, judged by its last payment.
    pub fn state(&self, ledger: &Ledger, at: Timestamp) -> SessionState {
        let last = self.payment_ids.last().and_then(|id| ledger.payment(id).ok());
        match last.map(|payment| (payment.status, payment.id.clone())) {
            Some((PaymentStatus::Succeeded, id)) => SessionState::Paid(id),
            Some((PaymentStatus::Processing | PaymentStatus::RequiresCustomerAction, id)) => {
                SessionState::Pending(id)
            }
            _ if self.is_one_click => SessionState::Consumed,
            _ if at > self.expires_at => SessionState::Expired,
            _ => SessionState::Open,
        }
    }

    /// `GET /checkouts/{id}`.
    pub(crate) fn document(&self, ledger: &Ledger) -> Value {
        let (email, name) = match &self.buyer {
            Buyer::Known(id) => ledger
                .customer(id)
                .map(|customer| (Some(customer.email.clone()), Some(customer.name.clone())))
                .unwrap_or_default(),
            Buyer::Described { email, name, .. } => (Some(email.clone()), name.clone()),
            Buyer::Unknown => (None, None),
        };
        let payment = self.payment_ids.last().and_then(|id| ledger.payment(id).ok());
        json!({
            "id": self.id,
            "created_at": self.created_at,
            "customer_email": email,
            "customer_name": name,
            "payment_id": payment.map(|payment| &payment.id),
            "payment_status": payment.map(|payment| payment.status),
        })
    }
}
