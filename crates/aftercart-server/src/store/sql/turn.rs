//! The order in which a batch locks on PostgreSQL: the same on every node, so that no two wait for each other.
//!
//! 1. First the revisions of all customers of whom a purchase is written, by customer: the tables' triggers raise them,
//!    after the purchase's own row is locked. Held before any of those rows, they cannot be waited for with one in hand.
//! 2. Then table by table, and in each by its key: purchases, facts, prepared offers, webhooks.
//! 3. What has a transaction of its own (a claim, a change of an attempt, a decline) locks its row, then one customer's
//!    revision, then perhaps a fact. A batch holds no fact while it waits for a revision, and waits for no such row.

use super::StoreError;
use super::batch::Write;
use super::statement::{Connection, statement};
use std::collections::BTreeSet;

/// The place of a write among others: its table's, then its key.
pub(super) type Turn = (u8, String, String);

pub(super) fn of(write: &Write) -> Turn {
    match write {
        Write::Purchase { purchase, .. } => (0, purchase.payment.to_string(), String::new()),
        Write::Fact { attempt, noted } => {
            let fact = serde_json::to_string(&noted.fact).unwrap_or_default();
            (1, attempt.clone(), format!("{} {fact}", noted.source.name()))
        }
        Write::Prepared(offer) => (2, offer.occasion.to_string(), String::new()),
        Write::Event { id, .. } | Write::Applied { id, .. } => (3, id.clone(), String::new()),
        // Not on PostgreSQL: these keep the order in which they came.
        Write::Claim(_) | Write::Change(_) | Write::OneRow(_) => (4, String::new(), String::new()),
    }
}

/// Locks the revisions that these writes may raise, and raises none: who has no row yet gets the one that says so.
pub(super) async fn hold_customers(
    connection: &mut Connection<'_>,
    writes: &[Write],
) -> Result<(), StoreError> {
    let purchases = writes.iter().filter_map(|write| match write {
        Write::Purchase { purchase, .. } => Some(purchase.customer.as_str()),
        _ => None,
    });
    let customers: BTreeSet<&str> = purchases.collect();
    if customers.is_empty() {
        return Ok(());
    }
    // One statement of one text, however many there are. It locks in the order of the list.
    let list = serde_json::to_string(&customers).unwrap_or_default();
    statement(
        "insert into customer_revisions as known (customer_id, revision)
         select id, 0 from jsonb_array_elements_text($1::jsonb) with ordinality as named (id, place)
         order by place
         on conflict (customer_id) do update set revision = known.revision",
    )
    .bind(list)
    .run(connection)
    .await?;
    Ok(())
}
