//! Purchases and what customers own.

use super::attempts::MAY_BE_PAID;
use super::row::{id, millis, moment};
use super::{Purchase, StoreError};
use aftercart_contract::{CustomerId, PaymentId, ProductId};
use jiff::Timestamp;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
struct PurchaseRow {
    payment_id: String,
    customer_id: String,
    status: String,
    paid_at: Option<i64>,
    products: String,
    billing: String,
    refused: Option<String>,
}

impl PurchaseRow {
    fn purchase(self) -> Result<Purchase, StoreError> {
        Ok(Purchase {
            payment: id(self.payment_id)?,
            customer: id(self.customer_id)?,
            status: self.status,
            paid_at: self.paid_at.map(moment).transpose()?,
            products: serde_json::from_str(&self.products)
                .map_err(|_| StoreError::Unreadable("product list"))?,
            billing: serde_json::from_str(&self.billing).map_err(|_| StoreError::Unreadable("address"))?,
            refused: self.refused,
        })
    }
}

/// What is learnt last does not count more than what was learnt first: a paid purchase stays paid, with
/// its earliest time; one that failed is not "processing" again.
pub(super) async fn put(
    connection: &mut AnyConnection,
    purchase: &Purchase,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
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
    .bind(&purchase.status)
    .bind(purchase.paid_at.map(millis))
    .bind(serde_json::to_string(&purchase.products).unwrap_or_default())
    .bind(purchase.billing.to_string())
    .bind(&purchase.refused)
    .bind(millis(now))
    .execute(&mut *connection)
    .await?;
    if purchase.paid_at.is_some() {
        for product in &purchase.products {
            sqlx::query(
                "insert into purchased_products (payment_id, customer_id, product_id) values ($1, $2, $3)
                 on conflict do nothing",
            )
            .bind(purchase.payment.as_str())
            .bind(purchase.customer.as_str())
            .bind(product.as_str())
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

pub(super) async fn find(
    connection: &mut AnyConnection,
    payment: &PaymentId,
) -> Result<Option<Purchase>, StoreError> {
    let row: Option<PurchaseRow> = sqlx::query_as("select * from purchases where payment_id = $1")
        .bind(payment.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(PurchaseRow::purchase).transpose()
}

pub(super) async fn of_customer(
    connection: &mut AnyConnection,
    customer: &CustomerId,
) -> Result<Vec<Purchase>, StoreError> {
    let rows: Vec<PurchaseRow> = sqlx::query_as(
        "select * from purchases where customer_id = $1 and paid_at is not null
         order by paid_at desc, payment_id desc limit 10",
    )
    .bind(customer.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(PurchaseRow::purchase).collect()
}

/// No attempt has the empty id.
pub(super) async fn owns_without(
    connection: &mut AnyConnection,
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
                and state_kind in ('processing', 'action_required', 'succeeded'))"
    );
    let (owned,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(customer.as_str())
        .bind(product.as_str())
        .bind(attempt_id.to_owned())
        .fetch_one(connection)
        .await?;
    Ok(owned > 0)
}
