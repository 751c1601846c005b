//! An accepted offer on its way to being paid: its state, its record, and what the shopper is told.

mod change;
mod look;
mod outcome;
mod record;
mod state;
mod undo;

pub(crate) use change::{AgreedChange, Credit, Effective, KeptAddon};
pub(crate) use look::{
    CLAIM_LIFETIME, is_refund_over, look_after_change, next_checkout_look, next_end_look, next_look,
    next_refund_try,
};
pub(crate) use outcome::{PollPolicy, outcome};
pub(crate) use record::{
    Attempt, Card, Checkout, LeftSubscription, Noted, Payable, Refund, Source, Step, money,
};
pub(crate) use state::{AttemptState, Fact, PaymentStatus};
pub(crate) use undo::{may_be_sent, overdue, window, wished};
