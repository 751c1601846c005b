//! What must survive a restart: webhooks, purchases, claims, facts, checkouts, refunds, declines.
//!
//! [`AcceptanceStore`] says what is needed; [`SqlStore`] keeps it in SQLite or PostgreSQL.

mod figures;
#[cfg(feature = "simulation")]
mod memory;
mod port;
mod sql;
#[cfg(test)]
mod suite;

pub(crate) use figures::{Counted, Figure};
#[cfg(feature = "simulation")]
pub use memory::Disk;
#[cfg(feature = "simulation")]
pub(crate) use memory::{MemoryStore, Rows};
pub(crate) use port::{AcceptanceStore, Claim, EventSeen, MOST_REPORTS, Old, PreparedOffer, StoreError};
pub(crate) use sql::{Kind, SqlStore};
