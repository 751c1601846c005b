//! The pretended Dodo itself: records, prices, decisions and what is owed to the merchant.
//!
//! Nothing here opens a socket, reads a clock or draws an unseeded random number. [`Core`] is the
//! entry; [`api`] turns a request of Dodo's API into an answer, [`control`] does what only a
//! sandbox can.

mod addon;
mod address;
pub mod api;
mod behaviour;
mod cancellation;
mod cart;
mod catalogue;
mod charging;
mod checkout;
pub mod control;
pub(crate) mod currency;
mod customer;
mod documents;
mod error;
mod fault;
pub(crate) mod hosted;
mod ids;
mod journal;
mod ledger;
mod metadata;
mod moment;
mod outbox;
mod payment;
mod plan_change;
mod product;
mod quote;
mod records;
mod refund;
mod renewal;
mod session;
mod state;
mod subscription;
mod tax;
mod test_cards;

pub use addon::SubscribedAddon;
pub use address::Address;
pub use behaviour::Behaviour;
pub use cart::CartLine;
pub use catalogue::{SCENARIOS, Scenario};
pub use checkout::{CheckoutBody, CustomerBody, FeatureFlags};
pub use customer::{Card, Customer, Metadata, SavedMethod};
pub use error::ApiError;
pub use fault::{Fault, FaultRule, Faults};
pub use journal::{Journal, JournalEntry};
pub use ledger::Ledger;
pub use moment::Moment;
pub use outbox::{Attempt, Delivery, DeliveryState, Dispatch, Outbox, RETRY_SCHEDULE_SECONDS, Subject};
pub use payment::{ChargeType, Payment, PaymentStatus};
pub use plan_change::{OnPaymentFailure, PlanChange, PlanChangePayment, Proration, ScheduledChange};
pub use product::Product;
pub use records::{Record, Records};
pub use refund::Refund;
pub use session::{Buyer, Session, SessionState};
pub use state::{Core, DeclineMode, Settings};
pub use subscription::{Subscription, SubscriptionStatus};
pub use test_cards::{TEST_CARDS, TestCard};
