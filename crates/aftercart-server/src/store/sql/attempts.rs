//! Claims: one row per step, before any call to Dodo.

use super::batch::Write;
use super::facts;
use super::row::{PayableRow, id, millis, moment, of_step, readable, state_text};
use super::{Attempt, Claim, Kind, Noted, PaymentId, SqlStore, StateCount, Step, StoreError};
use crate::attempt::{AttemptState, money};
use crate::law::Agreed;
use aftercart_contract::{AmountMinor, CustomerId, IdempotencyKey, SessionId};
use jiff::Timestamp;
use sqlx::any::AnyArguments;
use sqlx::{AnyConnection, FromRow};

/// An attempt that is paid, may become so, or was given up and may still turn out so.
pub(super) const MAY_BE_PAID: &str = "state_kind not in ('failed', 'cancelled', 'called_off', 'revoked')";
/// What stands against a purchase: the same product, bought or perhaps so.
const SAME_PRODUCT: &str = "product_id = $6";
/// What stands against a plan change: another one under way. That the plan was had before does not.
const SAME_PLAN: &str = "plan_change is not null and state_kind not in ('given_up', 'succeeded')";

#[derive(FromRow)]
struct AttemptRow {
    attempt_id: String,
    amount: i64,
    currency: String,
    idempotency_key: String,
    claimed_at: i64,
    plan_change: Option<String>,
    text_version: Option<String>,
    agreed_country: Option<String>,
    consent: i64,
    method_id: Option<String>,
    renewal_amount: Option<i64>,
    #[sqlx(flatten)]
    payable: PayableRow,
}

impl AttemptRow {
    fn attempt(self) -> Result<Attempt, StoreError> {
        let paid = self.payable.read()?;
        let renewal = self.renewal_amount.map(AmountMinor::new).transpose();
        let change = self.plan_change.map(|text| serde_json::from_str(&text)).transpose();
        Ok(Attempt {
            id: self.attempt_id,
            payable: paid.payable,
            quoted: money(self.amount, &self.currency).ok_or(StoreError::Unreadable("amount"))?,
            renewal: renewal.map_err(|_| StoreError::Unreadable("renewal"))?,
            key: id(self.idempotency_key)?,
            card: paid.card,
            method: self.method_id,
            agreed: Agreed {
                text_version: self.text_version,
                country: self.agreed_country,
                consent: self.consent != 0,
            },
            state: paid.state,
            charged: paid.charged,
            payment: paid.payment,
            session: paid.session,
            change: change.map_err(|_| StoreError::Unreadable("plan change"))?,
            claimed_at: moment(self.claimed_at)?,
            look_at: paid.look_at,
            version: paid.version,
        })
    }
}

pub(super) async fn claim(store: &SqlStore, attempt: &Attempt) -> Result<Claim, StoreError> {
    let is_taken = match store.kind {
        Kind::Sqlite => store.batches.write(Write::Claim(Box::new(attempt.clone()))).await?,
        Kind::Postgres => claim_alone(store, attempt).await?,
    };
    if is_taken {
        return Ok(Claim::Taken);
    }
    store.questions.ask(async |connection| reason(connection, attempt).await).await
}

/// Why a claim was not taken.
async fn reason(connection: &mut AnyConnection, attempt: &Attempt) -> Result<Claim, StoreError> {
    if at_step(connection, &attempt.payable.step).await?.is_some() {
        return Ok(Claim::StepTaken);
    }
    let by_key = by_key(connection, &attempt.payable.customer, &attempt.key).await?;
    Ok(if by_key.is_some() { Claim::KeyTaken } else { Claim::ProductTaken })
}

async fn claim_alone(store: &SqlStore, attempt: &Attempt) -> Result<bool, StoreError> {
    let mut transaction = store.begin().await?;
    // A customer's claims wait for each other here: for the same product, by the same key, of another plan.
    sqlx::query("select length(pg_advisory_xact_lock(hashtext('claim'), hashtext($1))::text)")
        .bind(attempt.payable.customer.as_str())
        .execute(&mut *transaction)
        .await?;
    let is_taken = insert(&mut transaction, attempt).await?;
    transaction.commit().await?;
    Ok(is_taken)
}

/// The claim's one statement; false: something stands against it.
pub(super) async fn insert(connection: &mut AnyConnection, attempt: &Attempt) -> Result<bool, StoreError> {
    let payable = &attempt.payable;
    let stands_against = if attempt.change.is_some() { SAME_PLAN } else { SAME_PRODUCT };
    let sql = format!(
        "insert into attempts (purchase_id, offer_id, step, attempt_id, customer_id, product_id, product_name,
             quantity, amount, currency, locale, idempotency_key, card_brand, card_last4, state, claimed_at,
             look_at, plan_change, text_version, agreed_country, consent, method_id, renewal_amount, read_at, version)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, 0, 0
         where not exists (select 1 from attempts where customer_id = $5 and {stands_against} and {MAY_BE_PAID})
         and not exists (select 1 from attempts where customer_id = $5 and idempotency_key = $12)
         on conflict (purchase_id, offer_id, step) do nothing"
    );
    let done = sqlx::query_with(sqlx::AssertSqlSafe(sql), of_step(&payable.step))
        .bind(&attempt.id)
        .bind(payable.customer.as_str())
        .bind(payable.product.as_str())
        .bind(&payable.product_name)
        .bind(i64::from(payable.quantity))
        .bind(attempt.quoted.amount_minor.get())
        .bind(attempt.quoted.currency.code())
        .bind(&payable.locale)
        .bind(attempt.key.as_str())
        .bind(&attempt.card.brand)
        .bind(&attempt.card.last4)
        .bind(state_text(&attempt.state))
        .bind(millis(attempt.claimed_at))
        .bind(attempt.look_at.map(millis))
        .bind(attempt.change.as_ref().map(|change| serde_json::to_string(change).unwrap_or_default()))
        .bind(&attempt.agreed.text_version)
        .bind(&attempt.agreed.country)
        .bind(i64::from(attempt.agreed.consent))
        .bind(&attempt.method)
        .bind(attempt.renewal.map(AmountMinor::get))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn by_id(connection: &mut AnyConnection, id: &str) -> Result<Option<Attempt>, StoreError> {
    one(connection, sqlx::query_as("select * from attempts where attempt_id = $1").bind(id.to_owned())).await
}

pub(super) async fn at_step(
    connection: &mut AnyConnection,
    step: &Step,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where purchase_id = $1 and offer_id = $2 and step = $3";
    one(connection, sqlx::query_as_with(sql, of_step(step))).await
}

/// Every try at a step's place, first to last.
pub(super) async fn tries(connection: &mut AnyConnection, step: &Step) -> Result<Vec<Attempt>, StoreError> {
    let sql = "select * from attempts where purchase_id = $1 and offer_id = $2 order by step";
    let query = sqlx::query_as(sql).bind(step.occasion.to_string()).bind(step.offer.to_string());
    let rows: Vec<AttemptRow> = query.fetch_all(connection).await?;
    let mut tries = rows.into_iter().map(AttemptRow::attempt).collect::<Result<Vec<_>, _>>()?;
    // An offer may stand at several places of a chain.
    tries.retain(|tried| tried.payable.step.place() == step.place());
    Ok(tries)
}

pub(super) async fn by_payment(
    connection: &mut AnyConnection,
    payment: &PaymentId,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where payment_id = $1";
    one(connection, sqlx::query_as(sql).bind(payment.to_string())).await
}

/// The customer's plan changes, newest first.
pub(super) async fn changes_of(
    connection: &mut AnyConnection,
    customer: &CustomerId,
) -> Result<Vec<Attempt>, StoreError> {
    let sql = "select * from attempts where customer_id = $1 and plan_change is not null
         order by claimed_at desc limit 50";
    let rows: Vec<AttemptRow> = sqlx::query_as(sql).bind(customer.to_string()).fetch_all(connection).await?;
    rows.into_iter().map(AttemptRow::attempt).collect()
}

/// The customer's charges that failed, newest first.
pub(super) async fn failures_of(
    connection: &mut AnyConnection,
    customer: &CustomerId,
) -> Result<Vec<Attempt>, StoreError> {
    let sql =
        "select * from attempts where customer_id = $1 and state_kind = 'failed' and plan_change is null
         order by claimed_at desc limit 50";
    let rows: Vec<AttemptRow> = sqlx::query_as(sql).bind(customer.to_string()).fetch_all(connection).await?;
    rows.into_iter().map(AttemptRow::attempt).collect()
}

pub(super) async fn by_key(
    connection: &mut AnyConnection,
    customer: &CustomerId,
    key: &IdempotencyKey,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where customer_id = $1 and idempotency_key = $2";
    one(connection, sqlx::query_as(sql).bind(customer.to_string()).bind(key.as_str().to_owned())).await
}

async fn one(connection: &mut AnyConnection, query: Asking<'_>) -> Result<Option<Attempt>, StoreError> {
    query.fetch_optional(connection).await?.map(AttemptRow::attempt).transpose()
}

type Asking<'q> = sqlx::query::QueryAs<'q, sqlx::Any, AttemptRow, AnyArguments>;

pub(super) async fn replace(store: &SqlStore, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
    if store.kind == Kind::Sqlite {
        return store.batches.write(Write::Change(Box::new((attempt.clone(), noted.clone())))).await;
    }
    let mut transaction = store.begin().await?;
    let is_taken = change(&mut transaction, attempt, noted).await?;
    transaction.commit().await?;
    Ok(is_taken)
}

/// A change and its fact; false, and nothing is written: the version is another one by now.
pub(super) async fn change(
    connection: &mut AnyConnection,
    attempt: &Attempt,
    noted: &Noted,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update attempts set state = $1, charged_amount = $2, charged_currency = $3, payment_id = $4,
             session_id = $5, look_at = $6, version = version + 1
         where attempt_id = $7 and version = $8",
    )
    .bind(state_text(&attempt.state))
    .bind(attempt.charged.map(|money| money.amount_minor.get()))
    .bind(attempt.charged.as_ref().map(|money| money.currency.code()))
    .bind(attempt.payment.as_ref().map(PaymentId::as_str))
    .bind(attempt.session.as_ref().map(SessionId::as_str))
    .bind(attempt.look_at.map(millis))
    .bind(&attempt.id)
    .bind(attempt.version)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    facts::note(connection, &attempt.id, noted).await?;
    Ok(true)
}

pub(super) async fn lease(
    store: &SqlStore,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = store.lease("attempts", "attempt_id", now, until).await?;
    Ok(readable("attempts", rows, |row| &row.attempt_id, AttemptRow::attempt))
}

/// One statement, however many are due: after a busy second nothing that needs a look waits behind them.
pub(super) async fn let_go_of_lone(store: &SqlStore, now: Timestamp) -> Result<u64, StoreError> {
    if !store.is_due("attempts", now).await? {
        return Ok(0);
    }
    let sql = "update attempts set look_at = null where look_at <= $1 and state_kind = 'succeeded'
         and not exists (select 1 from checkouts as opened where opened.purchase_id = attempts.purchase_id
             and opened.offer_id = attempts.offer_id)
         and not exists (select 1 from attempts as other where other.purchase_id = attempts.purchase_id
             and other.offer_id = attempts.offer_id and other.step <> attempts.step)";
    let done = sqlx::query(sql).bind(millis(now)).execute(&store.pool).await?;
    Ok(done.rows_affected())
}

pub(super) async fn list(
    connection: &mut AnyConnection,
    kinds: &[&str],
    limit: u32,
) -> Result<Vec<Attempt>, StoreError> {
    let mut wanted = kinds.iter().map(|kind| Some(*kind));
    let sql =
        "select * from attempts where $1 = 0 or state_kind in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
         $13, $14, $15) order by claimed_at desc, attempt_id limit $16";
    let mut query = sqlx::query_as(sql).bind(i64::from(u8::from(!kinds.is_empty())));
    for _ in AttemptState::KINDS {
        query = query.bind(wanted.next().flatten().map(str::to_owned));
    }
    let rows: Vec<AttemptRow> = query.bind(i64::from(limit)).fetch_all(connection).await?;
    Ok(readable("attempts", rows, |row| &row.attempt_id, AttemptRow::attempt))
}

pub(super) async fn count(connection: &mut AnyConnection) -> Result<Vec<StateCount>, StoreError> {
    let sql = "select state_kind, count(*), min(claimed_at) from attempts group by state_kind";
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    rows.into_iter()
        .map(|(kind, count, oldest)| {
            Ok(StateCount { kind, count: u64::try_from(count).unwrap_or_default(), oldest: moment(oldest)? })
        })
        .collect()
}
