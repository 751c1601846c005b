//! Taking away what is old, a few rows at a time (ADR 0019).
//!
//! Claims, declines and triggers are not named here, and nothing that may still be asked for by an open attempt is
//! deleted. What was bought stays in `owned_products`.

use super::row::millis;
use super::statement::{Connection, statement};
use super::{SqlStore, StoreError};
use crate::store::port::Old;
use jiff::Timestamp;

/// Rows of one transaction: short, so that claims do not wait for it.
const ROWS: i64 = 400;

/// Old purchases on whose occasion everything is settled for good.
const PURCHASES: &str = "select payment_id from purchases where noted_at < $1
     and not exists (select 1 from attempts where purchase_id = purchases.payment_id and look_at is not null)
     and not exists (select 1 from checkouts where purchase_id = purchases.payment_id and look_at is not null)
     order by noted_at limit $2";

/// Deletes the oldest of what is older than `before`; answers how many rows: none when nothing is left.
pub(super) async fn forget(store: &SqlStore, what: Old, before: Timestamp) -> Result<u64, StoreError> {
    let statements: Vec<String> = match what {
        Old::Webhooks => vec![
            "delete from webhook_events where webhook_id in
             (select webhook_id from webhook_events where received_at < $1 order by received_at limit $2)"
                .to_owned(),
        ],
        Old::Reports => vec![
            "delete from reported_events where id in
             (select id from reported_events where received_at < $1 order by received_at limit $2)"
                .to_owned(),
        ],
        Old::Facts => vec![
            "delete from attempt_facts where seq in
             (select seq from attempt_facts where seen_at < $1 and exists
                 (select 1 from attempts where attempts.attempt_id = attempt_facts.attempt_id and look_at is null)
              order by seen_at limit $2)"
                .to_owned(),
        ],
        Old::Purchases => vec![
            format!(
                "insert into owned_products (customer_id, product_id)
                 select distinct customer_id, product_id from purchased_products where payment_id in ({PURCHASES})
                 on conflict do nothing"
            ),
            // Each statement may choose other rows than the one before: nothing goes that has not been kept there.
            format!(
                "delete from purchased_products where payment_id in ({PURCHASES}) and exists
                 (select 1 from owned_products as owned where owned.customer_id = purchased_products.customer_id
                  and owned.product_id = purchased_products.product_id)"
            ),
            format!(
                "delete from purchases where payment_id in ({PURCHASES}) and not exists
                 (select 1 from purchased_products as bought where bought.payment_id = purchases.payment_id)"
            ),
        ],
    };
    let forget = async move |connection: &mut Connection<'_>| {
        let mut rows = 0;
        for sql in statements {
            rows = statement(sql).bind(millis(before)).bind(ROWS).run(connection).await?;
        }
        Ok(rows)
    };
    store.database.write(forget).await
}
