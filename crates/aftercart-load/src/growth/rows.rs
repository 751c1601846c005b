//! A shop's past, written in bulk: purchases with their products, one accepted offer for ten of them, and the webhooks of
//! the newest.
//!
//! Ids are as long and as random as Dodo's; everything else is what the server writes for the stand-in's documents.

use anyhow::{Context, Result, ensure};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, AssertSqlSafe, Executor as _};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Rows of one statement: many, because ids are random, and each batch writes to pages all over the indexes.
const AT_ONCE: u64 = 1_000_000;
/// Webhooks are kept for so many of the newest purchases: `keep_events_days` takes older ones away.
const WITH_WEBHOOKS: u64 = 100_000;
/// Speed before safety: what is lost here is made again.
const FAST: &str = "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1500000; pragma temp_store = memory;";

/// The database, beside the server's own connections.
pub(crate) struct Rows {
    pool: AnyPool,
    /// The file, for SQLite.
    file: Option<String>,
}

impl Rows {
    /// Opens it; the server has made the tables.
    pub(crate) async fn open(database_url: &str) -> Result<Self> {
        install_default_drivers();
        let file = database_url.strip_prefix("sqlite://").map(str::to_owned);
        let pool = AnyPoolOptions::new().max_connections(1).connect(database_url).await?;
        Ok(Self { pool, file })
    }

    /// Writes until there are so many purchases.
    pub(crate) async fn fill(&self, purchases: u64) -> Result<()> {
        let began = Instant::now();
        if self.file.is_some() {
            self.pool.execute(FAST).await?;
        }
        let (there,): (i64,) = sqlx::query_as("select count(*) from purchases").fetch_one(&self.pool).await?;
        let mut there = u64::try_from(there)?;
        while there < purchases {
            let count = AT_ONCE.min(purchases - there);
            self.write(there, count, purchases - there - count < WITH_WEBHOOKS).await?;
            there += count;
        }
        let tidy = if self.file.is_some() { "pragma journal_mode = wal" } else { "analyze" };
        self.pool.execute(tidy).await?;
        eprintln!("{purchases} purchases after {:.0} s of writing", began.elapsed().as_secs_f64());
        Ok(())
    }

    /// One batch, in one transaction; `past` numbers it among all.
    async fn write(&self, past: u64, count: u64, with_webhooks: bool) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        for statement in statements(self.file.is_some(), past, count, with_webhooks) {
            transaction.execute(AssertSqlSafe(statement)).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Waits until so many offers whose occasion is like this are ready.
    pub(crate) async fn until_prepared(&self, like: &str, count: usize, limit: Duration) -> Result<()> {
        let began = Instant::now();
        loop {
            let sql = "select count(*) from prepared_offers where occasion_id like $1";
            let (ready,): (i64,) = sqlx::query_as(sql).bind(like.to_owned()).fetch_one(&self.pool).await?;
            if usize::try_from(ready)? >= count {
                return Ok(());
            }
            ensure!(began.elapsed() < limit, "only {ready} of {count} offers are ready");
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// The size of everything on disk.
    pub(crate) async fn mib(&self) -> Result<f64> {
        let bytes = if let Some(file) = &self.file {
            std::fs::metadata(Path::new(file)).context("the database's file")?.len()
        } else {
            let sql = "select pg_database_size(current_database())";
            let (bytes,): (i64,) = sqlx::query_as(sql).fetch_one(&self.pool).await?;
            u64::try_from(bytes)?
        };
        Ok(f64::from(u32::try_from(bytes >> 10)?) / 1_024.0)
    }
}

/// The statements of one batch. The databases differ in how they count, and in what is random.
fn statements(is_sqlite: bool, past: u64, count: u64, with_webhooks: bool) -> Vec<String> {
    let (numbers, random, mark) = if is_sqlite {
        (
            format!(
                "(with recursive n(i) as (select 1 union all select i + 1 from n where i < {count}) select i from n)"
            ),
            "lower(hex(randomblob(11)))",
            "insert into temp.batch",
        )
    } else {
        (
            format!("(select i from generate_series(1, {count}) as s(i))"),
            "substr(md5(random()::text), 1, 22)",
            "insert into pg_temp.batch",
        )
    };
    // Two a minute until an hour ago.
    let now = jiff::Timestamp::now().as_millisecond();
    let at = format!("{now} - 3600000 - (100000000 - {past} - cast(i as bigint)) * 30");
    let billing = r#"{"city":"San Francisco","country":"US","state":"CA","street":"1 Market Street","zipcode":"94105"}"#;
    let mut statements = vec![
        "create temporary table if not exists batch (i bigint, payment_id text, customer_id text, at bigint)"
            .to_owned(),
        "delete from batch".to_owned(),
        format!("{mark} select i, 'pay_' || {random}, 'cus_' || {random}, {at} from {numbers} as numbers"),
        format!(
            "insert into purchases (payment_id, customer_id, status, paid_at, products, billing, refused, noted_at)
             select payment_id, customer_id, 'succeeded', at, '[\"pdt_basic\"]', '{billing}', null, at from batch"
        ),
        "insert into purchased_products (payment_id, customer_id, product_id)
         select payment_id, customer_id, 'pdt_basic' from batch"
            .to_owned(),
        format!(
            "insert into attempts (attempt_id, purchase_id, offer_id, step, customer_id, product_id, product_name,
                 quantity, amount, currency, locale, idempotency_key, card_brand, card_last4, state, charged_amount,
                 charged_currency, payment_id, session_id, claimed_at, read_at, version, method_id)
             select 'old-' || payment_id, payment_id, 'pro', 0, customer_id, 'pdt_pro', 'Pro plan', 1, 4900, 'USD',
                 'en', 'click-' || payment_id, 'Visa', '4242',
                 '{{\"kind\":\"succeeded\",\"as_of\":\"2026-01-16T10:00:00Z\"}}', 4900, 'USD', 'pay_' || {random},
                 'cks_' || {random}, at, at, 4, 'pm_1'
             from batch where i % 10 = 0"
        ),
    ];
    for (source, fact) in [
        ("charge", r#"{"kind":"sending_started"}"#),
        ("charge", r#"{"kind":"initiated"}"#),
        (
            "read_back",
            r#"{"kind":"payment","status":"succeeded","as_of":"2026-01-16T10:00:00Z","code":null,"link":null}"#,
        ),
    ] {
        statements.push(format!(
            "insert into attempt_facts (attempt_id, source, fact, seen_at, state_kind, reason)
             select 'old-' || payment_id, '{source}', '{fact}', at, 'succeeded', null from batch where i % 10 = 0"
        ));
    }
    if with_webhooks {
        let body = super::stand_in::payment("pay_x").to_string();
        statements.push(format!(
            "insert into webhook_events (webhook_id, event_type, body, received_at, applied_at)
             select 'msg_' || payment_id, 'payment.succeeded', replace('{body}', 'pay_x', payment_id), at, at from batch"
        ));
    }
    statements
}
