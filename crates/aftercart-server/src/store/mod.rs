//! What must survive a restart: webhooks, purchases, claims, checkouts, declines.
//!
//! [`AcceptanceStore`] says what is needed; [`SqliteStore`] keeps it in SQLite.

mod port;
mod sqlite;

pub(crate) use port::{AcceptanceStore, EventSeen, StoreError};
pub(crate) use sqlite::SqliteStore;
