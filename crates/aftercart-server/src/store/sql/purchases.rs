//! Purchases and what customers own.

use super::attempts::MAY_BE_PAID;
use super::row::{id, millis, optional_moment};
use super::statement::{Connection, Row, statement};
use super::{Purchase, StoreError};
use aftercart_contract::{CustomerId, PaymentId, ProductId};
use jiff::Timestamp;

fn purchase(row: &Row<'_>) -> Result<Purchase, StoreError> {
    let (products, billing) = (row.text("products")?, row.text("billing")?);
    Ok(Purchase {
        payment: id(row.text("payment_id")?)?,
        customer: id(row.text("customer_id")?)?,
        status: row.text("status")?.to_owned(),
        paid_at: optional_moment(row.maybe_number("paid_at")?)?,
        products: serde_json::from_str(products).map_err(|_| StoreError::Unreadable("product list"))?,
        billing: serde_json::from_str(billing).map_err(|_| StoreError::Unreadable("address"))?,
        refused: row.maybe_text("refused")?.map(str::to_owned),
    })
}

/// What is learnt last does not count more than what was learnt first: a paid purchase stays paid, with
/// its earliest time; one that failed is not "processing" again.
pub(super) async fn put(
    connection: &mut Connection<'_>,
    purchase: &Purchase,
    now: Timestamp,
) -> Result<(), StoreError> {
    statement(
        "insert into purchases (payment_id, customer_id, status, paid_at, products, billing, refused, noted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (payment_id) do update set
             status = excluded.status, paid_at = excluded.paid_at, products = excluded.products,
             billing = excluded.billing, refused = excluded.refused
         where excluded.paid_at < purchases.paid_at
             or purchases.paid_at is null
                and (excluded.paid_at is not null
                     or excluded.status in ('failed', 'cancelled')
                     or purchases.status not in ('failed', 'cancelled'))",
    )
    .bind(purchase.payment.as_str())
    .bind(purchase.customer.as_str())
    .bind(purchase.status.as_str())
    .bind(purchase.paid_at.map(millis))
    .bind(serde_json::to_string(&purchase.products).unwrap_or_default())
    .bind(purchase.billing.to_string())
    .bind(purchase.refused.as_deref())
    .bind(millis(now))
    .run(connection)
    .await?;
    if purchase.paid_at.is_some() {
        for product in &purchase.products {
            statement(
                "insert into purchased_products (payment_id, customer_id, product_id) values ($1, $2, $3)
                 on conflict do nothing",
            )
            .bind(purchase.payment.as_str())
            .bind(purchase.customer.as_str())
            .bind(product.as_str())
            .run(connection)
            .await?;
        }
    }
    Ok(())
}

pub(super) async fn find(
    connection: &mut Connection<'_>,
    payment: &PaymentId,
) -> Result<Option<Purchase>, StoreError> {
    let sql = "select * from purchases where payment_id = $1";
    statement(sql).bind(payment.as_str()).one(connection, purchase).await
}

pub(super) async fn of_customer(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
) -> Result<Vec<Purchase>, StoreError> {
    let sql = "select * from purchases where customer_id = $1 and paid_at is not null
         order by paid_at desc, payment_id desc limit 10";
    statement(sql).bind(customer.as_str()).all(connection, purchase).await
}

/// No attempt has the empty id.
pub(super) async fn owns_without(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    product: &ProductId,
    attempt_id: &str,
) -> Result<bool, StoreError> {
    let sql = format!(
        "select (select count(*) from purchased_products where customer_id = $1 and product_id = $2)
             + (select count(*) from owned_products where customer_id = $1 and product_id = $2)
             + (select count(*) from attempts where customer_id = $1 and product_id = $2
                and attempt_id <> $3 and {MAY_BE_PAID})
             + (select count(*) from checkouts where customer_id = $1 and product_id = $2
                and state_kind in ('processing', 'action_required', 'succeeded')) as number"
    );
    let query = statement(sql).bind(customer.as_str()).bind(product.as_str()).bind(attempt_id);
    Ok(query.number(connection).await? > 0)
}
