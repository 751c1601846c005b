//! What became of offers, counted by the database.

use super::StoreError;
use super::row::{id, millis};
use super::statement::{Connection, Row, statement};
use crate::store::figures::{Counted, Figure};
use aftercart_contract::Currency;
use jiff::Timestamp;

fn figure(row: &Row<'_>) -> Result<Figure, StoreError> {
    let what = match row.text("what")? {
        "shown" => Counted::Shown,
        "declined" => Counted::Declined,
        "accepted" => Counted::Accepted,
        "taken_back" => Counted::TakenBack,
        way => Counted::Sold {
            amount: row.number("amount")?,
            currency: Currency::new(row.text("currency")?).map_err(|_| StoreError::Unreadable("figure"))?,
            at_checkout: way == "sold_at_checkout",
        },
    };
    Ok(Figure { offer: id(row.text("offer_id")?)?, what, number: row.number("number")?.unsigned_abs() })
}

pub(super) async fn since(connection: &mut Connection<'_>, at: Timestamp) -> Result<Vec<Figure>, StoreError> {
    // Tries of one place are told apart by tens, and are one accept.
    statement(
        "select offer_id, 'shown' as what, '' as currency, count(distinct subject) as number, 0 as amount
         from reported_events where name = 'shown' and received_at >= $1 group by offer_id
         union all
         select offer_id, 'declined', '', count(*), 0 from declines where declined_at >= $1 group by offer_id
         union all
         select offer_id, 'accepted', '', count(*), 0 from (
             select offer_id, purchase_id, step % 10 as place from attempts where claimed_at >= $1
             union
             select offer_id, purchase_id, step % 10 as place from checkouts where opened_at >= $1
         ) as places group by offer_id
         union all
         select offer_id, 'taken_back', '', count(*), 0 from attempts
         where state_kind = 'revoked' and claimed_at >= $1 group by offer_id
         union all
         select offer_id, 'sold', coalesce(charged_currency, currency), count(*),
             cast(sum(coalesce(charged_amount, amount)) as bigint)
         from attempts where state_kind = 'succeeded' and claimed_at >= $1
             and not exists (select 1 from refunds where refunds.payment_id = attempts.payment_id)
         group by offer_id, coalesce(charged_currency, currency)
         union all
         select offer_id, 'sold_at_checkout', charged_currency, count(*), cast(sum(charged_amount) as bigint)
         from checkouts where state_kind = 'succeeded' and opened_at >= $1 and charged_currency is not null
             and not exists (select 1 from refunds where refunds.payment_id = checkouts.payment_id)
         group by offer_id, charged_currency",
    )
    .bind(millis(at))
    .all(connection, figure)
    .await
}
