//! An accepted offer on its way to being paid: its state, its record, and what the shopper is told.

mod outcome;
mod record;
mod state;

pub(crate) use outcome::{PollPolicy, outcome};
pub(crate) use record::{Attempt, Card, Checkout, Payable, Step, money};
pub(crate) use state::{AttemptState, Fact, PaymentStatus};
