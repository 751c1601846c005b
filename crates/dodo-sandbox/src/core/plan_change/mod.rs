//! Moving a subscription to another plan: what it costs, how it is paid, and how it can wait.
//!
//! [`proration`] is the arithmetic and nothing else; [`quoted`] applies it to one subscription;
//! [`change`] charges, [`switch`] puts the subscription on the new plan, [`schedule`] keeps a change until
//! the next renewal.

mod body;
mod change;
mod proration;
mod quoted;
mod schedule;
mod switch;

pub use proration::Proration;
pub use schedule::ScheduledChange;
pub use switch::{OnPaymentFailure, PlanChange, PlanChangePayment};

pub(crate) use body::ChangePlanBody;
pub(crate) use proration::{Bill, bill};
