//! The tables, and what their rows have in common.

use crate::attempt::{Attempt, Checkout, Noted, Refund};
use crate::occasion::Trigger;
use crate::purchase::Purchase;
use crate::store::port::{Decline, PreparedOffer};
use aftercart_contract::{CustomerId, OfferId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Rows that a node leases at once.
const LEASED: usize = 32;

/// The tables, each in the order of insertion. Attempts and checkouts stand beside the time they were last read.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(super) events: BTreeMap<String, bool>,
    pub(super) purchases: Vec<Purchase>,
    pub(crate) attempts: Vec<(Attempt, Timestamp)>,
    pub(super) facts: Vec<(String, Noted)>,
    pub(crate) checkouts: Vec<(Checkout, Timestamp)>,
    pub(crate) refunds: Vec<Refund>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) declines: Vec<(CustomerId, OfferId, Decline)>,
    pub(super) shown: Vec<Shown>,
    pub(super) prepared: Vec<PreparedOffer>,
    pub(super) revisions: BTreeMap<CustomerId, i64>,
}

/// An offer was shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shown {
    pub(super) offer: OfferId,
    pub(super) subject: String,
    /// To whom, if that is known.
    pub(super) customer: Option<CustomerId>,
    pub(super) at: Timestamp,
}

/// A row that the reconciler looks at and that changes by compare-and-swap.
pub(super) trait Looked: Clone {
    /// Its key.
    fn id(&self) -> &str;
    /// The compare-and-swap counter.
    fn version(&mut self) -> &mut i64;
    /// When it is looked at next.
    fn look_at(&mut self) -> &mut Option<Timestamp>;
}

// Three structs with the same three fields; a function cannot name them.
macro_rules! looked {
    ($row:ty) => {
        impl Looked for $row {
            fn id(&self) -> &str {
                &self.id
            }

            fn version(&mut self) -> &mut i64 {
                &mut self.version
            }

            fn look_at(&mut self) -> &mut Option<Timestamp> {
                &mut self.look_at
            }
        }
    };
}

looked!(Attempt);
looked!(Checkout);
looked!(Refund);

/// Writes the row if its version is still the one read, and raises it.
pub(super) fn replace<'a, R: Looked + 'a>(rows: impl Iterator<Item = &'a mut R>, row: &R) -> bool {
    let mut changed = row.clone();
    let version = *changed.version();
    for known in rows {
        if known.id() == row.id() && *known.version() == version {
            *changed.version() = version + 1;
            *known = changed;
            return true;
        }
    }
    false
}

/// Moves `look_at` of rows that are due to `until` and answers them.
pub(super) fn lease<'a, R: Looked + 'a>(
    rows: impl Iterator<Item = &'a mut R>,
    now: Timestamp,
    until: Timestamp,
) -> Vec<R> {
    let mut leased = Vec::new();
    for row in rows {
        if leased.len() < LEASED && row.look_at().is_some_and(|at| at <= now) {
            *row.look_at() = Some(until);
            leased.push(row.clone());
        }
    }
    leased
}

/// Says when to look again, unless the row has changed since this version.
pub(super) fn look_at<'a, R: Looked + 'a>(
    rows: impl Iterator<Item = &'a mut R>,
    id: &str,
    version: i64,
    at: Option<Timestamp>,
) {
    for row in rows {
        if row.id() == id && *row.version() == version {
            *row.look_at() = at;
        }
    }
}

/// Takes the right to ask Dodo about a row, if nobody has it.
pub(super) fn take(read_at: &mut Timestamp, now: Timestamp, every: SignedDuration) -> bool {
    let is_free = now.duration_since(*read_at) >= every;
    if is_free {
        *read_at = now;
    }
    is_free
}
