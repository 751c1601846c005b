//! Claims: one row per step, before any call to Dodo.

use super::batch::Write;
use super::facts;
use super::row::{Paid, id, millis, moment, of_step, readable, state_text};
use super::statement::{Connection, Row, statement};
use super::{Attempt, Claim, Noted, PaymentId, SqlStore, StateCount, Step, StoreError};
use crate::attempt::{AttemptState, money};
use crate::law::Agreed;
use aftercart_contract::{AmountMinor, CustomerId, IdempotencyKey, SessionId};
use jiff::Timestamp;

/// An attempt that is paid, may become so, or was given up and may still turn out so.
pub(super) const MAY_BE_PAID: &str = "state_kind not in ('failed', 'cancelled', 'called_off', 'revoked')";
/// What stands against a purchase: the same product, bought or perhaps so.
const SAME_PRODUCT: &str = "product_id = $6";
/// What stands against a plan change: another one under way. That the plan was had before does not.
const SAME_PLAN: &str = "plan_change is not null and state_kind not in ('given_up', 'succeeded')";

fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    let paid = Paid::read(row)?;
    let quoted = money(row.number("amount")?, row.text("currency")?);
    let renewal = row.maybe_number("renewal_amount")?.map(AmountMinor::new).transpose();
    let change = row.maybe_text("plan_change")?.map(serde_json::from_str).transpose();
    Ok(Attempt {
        id: row.text("attempt_id")?.to_owned(),
        payable: paid.payable,
        quoted: quoted.ok_or(StoreError::Unreadable("amount"))?,
        renewal: renewal.map_err(|_| StoreError::Unreadable("renewal"))?,
        key: id(row.text("idempotency_key")?)?,
        card: paid.card,
        method: row.maybe_text("method_id")?.map(str::to_owned),
        agreed: Agreed {
            text_version: row.maybe_text("text_version")?.map(str::to_owned),
            country: row.maybe_text("agreed_country")?.map(str::to_owned),
            consent: row.number("consent")? != 0,
        },
        state: paid.state,
        charged: paid.charged,
        payment: paid.payment,
        session: paid.session,
        change: change.map_err(|_| StoreError::Unreadable("plan change"))?,
        claimed_at: moment(row.number("claimed_at")?)?,
        look_at: paid.look_at,
        version: paid.version,
    })
}

pub(super) async fn claim(store: &SqlStore, attempt: &Attempt) -> Result<Claim, StoreError> {
    if store.batches.write(Write::Claim(Box::new(attempt.clone()))).await? {
        return Ok(Claim::Taken);
    }
    store.database.ask(async |connection| reason(connection, attempt).await).await
}

/// Why a claim was not taken.
async fn reason(connection: &mut Connection<'_>, attempt: &Attempt) -> Result<Claim, StoreError> {
    if at_step(connection, &attempt.payable.step).await?.is_some() {
        return Ok(Claim::StepTaken);
    }
    let by_key = by_key(connection, &attempt.payable.customer, &attempt.key).await?;
    Ok(if by_key.is_some() { Claim::KeyTaken } else { Claim::ProductTaken })
}

/// The claim; false: something stands against it.
pub(super) async fn insert_in_turn(
    connection: &mut Connection<'_>,
    attempt: &Attempt,
) -> Result<bool, StoreError> {
    // A customer's claims wait for each other here: for the same product, by the same key, of another plan.
    if matches!(connection, Connection::Postgres(_)) {
        statement("select length(pg_advisory_xact_lock(hashtext('claim'), hashtext($1))::text)")
            .bind(attempt.payable.customer.as_str())
            .run(connection)
            .await?;
    }
    insert(connection, attempt).await
}

/// The claim's one statement.
async fn insert(connection: &mut Connection<'_>, attempt: &Attempt) -> Result<bool, StoreError> {
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
    let changed = of_step(statement(sql), &payable.step)
        .bind(attempt.id.as_str())
        .bind(payable.customer.as_str())
        .bind(payable.product.as_str())
        .bind(payable.product_name.as_str())
        .bind(i64::from(payable.quantity))
        .bind(attempt.quoted.amount_minor.get())
        .bind(attempt.quoted.currency.code())
        .bind(payable.locale.as_str())
        .bind(attempt.key.as_str())
        .bind(attempt.card.brand.as_deref())
        .bind(attempt.card.last4.as_deref())
        .bind(state_text(&attempt.state))
        .bind(millis(attempt.claimed_at))
        .bind(attempt.look_at.map(millis))
        .bind(attempt.change.as_ref().map(|change| serde_json::to_string(change).unwrap_or_default()))
        .bind(attempt.agreed.text_version.as_deref())
        .bind(attempt.agreed.country.as_deref())
        .bind(i64::from(attempt.agreed.consent))
        .bind(attempt.method.as_deref())
        .bind(attempt.renewal.map(AmountMinor::get))
        .run(connection)
        .await?;
    Ok(changed == 1)
}

pub(super) async fn by_id(connection: &mut Connection<'_>, id: &str) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where attempt_id = $1";
    statement(sql).bind(id).one(connection, attempt).await
}

pub(super) async fn at_step(
    connection: &mut Connection<'_>,
    step: &Step,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where purchase_id = $1 and offer_id = $2 and step = $3";
    of_step(statement(sql), step).one(connection, attempt).await
}

/// Every try at a step's place, first to last.
pub(super) async fn tries(connection: &mut Connection<'_>, step: &Step) -> Result<Vec<Attempt>, StoreError> {
    let sql = "select * from attempts where purchase_id = $1 and offer_id = $2 order by step";
    let query = statement(sql).bind(step.occasion.as_str()).bind(step.offer.as_str());
    let mut tries = query.all(connection, attempt).await?;
    // An offer may stand at several places of a chain.
    tries.retain(|tried| tried.payable.step.place() == step.place());
    Ok(tries)
}

pub(super) async fn by_payment(
    connection: &mut Connection<'_>,
    payment: &PaymentId,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where payment_id = $1";
    statement(sql).bind(payment.as_str()).one(connection, attempt).await
}

/// The customer's plan changes, newest first.
pub(super) async fn changes_of(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
) -> Result<Vec<Attempt>, StoreError> {
    let sql = "select * from attempts where customer_id = $1 and plan_change is not null
         order by claimed_at desc limit 50";
    statement(sql).bind(customer.as_str()).all(connection, attempt).await
}

/// The customer's charges that failed, newest first.
pub(super) async fn failures_of(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
) -> Result<Vec<Attempt>, StoreError> {
    let sql =
        "select * from attempts where customer_id = $1 and state_kind = 'failed' and plan_change is null
         order by claimed_at desc limit 50";
    statement(sql).bind(customer.as_str()).all(connection, attempt).await
}

pub(super) async fn by_key(
    connection: &mut Connection<'_>,
    customer: &CustomerId,
    key: &IdempotencyKey,
) -> Result<Option<Attempt>, StoreError> {
    let sql = "select * from attempts where customer_id = $1 and idempotency_key = $2";
    statement(sql).bind(customer.as_str()).bind(key.as_str()).one(connection, attempt).await
}

pub(super) async fn replace(store: &SqlStore, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError> {
    store.batches.write(Write::Change(Box::new((attempt.clone(), noted.clone())))).await
}

/// A change and its fact; false, and nothing is written: the version is another one by now.
pub(super) async fn change(
    connection: &mut Connection<'_>,
    attempt: &Attempt,
    noted: &Noted,
) -> Result<bool, StoreError> {
    let changed = statement(
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
    .bind(attempt.id.as_str())
    .bind(attempt.version)
    .run(connection)
    .await?;
    if changed != 1 {
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
    store.lease("attempts", "attempt_id", attempt, now, until).await
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
    store.database.write(async move |connection| statement(sql).bind(millis(now)).run(connection).await).await
}

pub(super) async fn list(
    connection: &mut Connection<'_>,
    kinds: &[String],
    limit: u32,
) -> Result<Vec<Attempt>, StoreError> {
    let mut wanted = kinds.iter();
    let sql =
        "select * from attempts where $1 = 0 or state_kind in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
         $13, $14, $15) order by claimed_at desc, attempt_id limit $16";
    let mut query = statement(sql).bind(i64::from(u8::from(!kinds.is_empty())));
    for _ in AttemptState::KINDS {
        query = query.bind(wanted.next().map(String::as_str));
    }
    let read = readable("attempts", "attempt_id", attempt);
    Ok(query.bind(i64::from(limit)).all(connection, read).await?.into_iter().flatten().collect())
}

pub(super) async fn count(connection: &mut Connection<'_>) -> Result<Vec<StateCount>, StoreError> {
    let sql =
        "select state_kind, count(*) as number, min(claimed_at) as oldest from attempts group by state_kind";
    let read = |row: &Row<'_>| {
        Ok(StateCount {
            kind: row.text("state_kind")?.to_owned(),
            count: row.number("number")?.unsigned_abs(),
            oldest: moment(row.number("oldest")?)?,
        })
    };
    statement(sql).all(connection, read).await
}
