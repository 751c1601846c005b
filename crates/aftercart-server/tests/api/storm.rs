//! Thousands of webhooks, late, twice and in any order, end in the same stored state as the orderly few.
//!
//! 1. Forty shoppers accept an offer that their bank wants to see first, so there are attempts to move.
//! 2. The life stories of these charges and of two thousand purchases are told to two servers that start
//!    from copies of one database: to one as they happened, to the other shuffled, three in ten twice or
//!    more, sixteen at a time.
//! 3. Both databases are compared row by row, but for the columns that tell when we heard of it.

use crate::helpers::{TestApp, token_key};
use crate::webhooks::{Delivery, event};
use aftercart_contract::{Outcome, WebUrl};
use aftercart_server::{Config, Dodo, Secret, Server, TokenKeys};
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DELIVERIES: usize = 10_000;
/// Of ten deliveries, so many were made before.
const REPEATED_OF_TEN: usize = 3;
const SHOPPERS: usize = 40;
const AT_ONCE: usize = 16;

/// Columns that tell when we heard of something, or how often; all others must agree.
const OF_THE_MOMENT: [&str; 5] = ["noted_at", "received_at", "applied_at", "read_at", "version"];

/// One payment's life: its events in the order in which they happened, each with its id.
type Story = Vec<(String, String)>;

/// What a payment can live through.
const LIVES: [&[&str]; 6] = [
    &["succeeded"],
    &["processing", "succeeded"],
    &["processing", "failed"],
    &["failed", "succeeded"],
    &["processing", "requires_customer_action", "failed", "succeeded"],
    &["processing", "requires_customer_action", "cancelled"],
];

/// Tells one life of a payment, a second between its events.
fn story(payment: &Value, life: &[&str], began: Timestamp) -> Story {
    let payment_id = payment["payment_id"].as_str().unwrap();
    let told = life.iter().enumerate().map(|(step, status)| {
        let at = began + SignedDuration::from_secs(i64::try_from(step).unwrap());
        // No event of its own tells that the bank asks: the status shows in the payment of another one.
        let kind = if *status == "requires_customer_action" { "processing" } else { status };
        let mut data = payment.clone();
        data["status"] = json!(status);
        data["updated_at"] = json!(at);
        data["error_code"] = if *status == "failed" { json!("DO_NOT_HONOR") } else { Value::Null };
        let event =
            json!({"business_id": "bus_1", "type": format!("payment.{kind}"), "timestamp": at, "data": data});
        (format!("msg_{payment_id}_{step}"), event.to_string())
    });
    told.collect()
}

/// Purchases of other people, enough to fill the deliveries.
fn purchases(events: usize, began: Timestamp) -> Vec<Story> {
    let mut stories = Vec::new();
    let mut told = 0;
    for (number, life) in LIVES.iter().cycle().enumerate() {
        if told >= events {
            break;
        }
        let customer = json!({"customer": {"customer_id": format!("cus_{}", number / 3)}});
        let event = event("payment.succeeded", &format!("pay_storm{number}"), "succeeded", &customer);
        told += life.len();
        stories.push(story(&event["data"], life, began));
    }
    stories
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Every event, some of them again, in no order.
fn stormy(stories: &[Story], deliveries: usize) -> Vec<Story> {
    let mut dice = Dice(0x5eed);
    let mut events: Vec<_> = stories.iter().flatten().cloned().collect();
    let once = events.len();
    while events.len() < deliveries {
        events.push(events[dice.below(once)].clone());
    }
    dice.shuffle(&mut events);
    events.into_iter().map(|event| vec![event]).collect()
}

/// Shoppers whose charge waits for the bank; answers the charges as Dodo knows them.
async fn charges(app: &TestApp) -> Vec<Value> {
    let mut charges = Vec::new();
    for number in 0..SHOPPERS {
        let customer = app.control("customers", json!({"scenario": "3ds"})).await;
        let customer = customer["customer_id"].as_str().unwrap().to_owned();
        let (purchase, offer) = app.offered(&customer, "pdt_presets").await;
        let outcome = app.accept(&purchase, &offer, &format!("click-{number}")).await;
        assert!(matches!(outcome, Outcome::ActionRequired { .. }), "{outcome:?}");
        charges.push(app.payments(&customer).await.remove(0));
    }
    charges
}

/// Where a write costs nothing, if the machine has such a place: what is durable is not the question here.
fn quick_directory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A server of the same shop on a copy of the database.
async fn server_on(app: &TestApp, copy: &Path) -> Server {
    let original = app.directory.path().join("test.db");
    let mut connection = open(&original).await;
    let into = copy.display().to_string();
    sqlx::query("vacuum into ?").bind(into).execute(&mut connection).await.unwrap();
    let dodo = Dodo {
        base_url: WebUrl::new(app.sandbox.url()).unwrap(),
        api_key: Secret::new(DEFAULT_API_KEY),
        webhook_key: Secret::new(DEFAULT_WEBHOOK_SECRET),
        timeout: Duration::from_secs(20),
    };
    let shop = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/offers.toml");
    let mut config = Config::new(shop, dodo, TokenKeys::parse(&token_key()).unwrap());
    config.database_url = format!("sqlite://{}", copy.display());
    Server::start(config).await.unwrap()
}

async fn open(database: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap()
}

/// Tells the stories, sixteen at a time, each from its beginning to its end.
async fn tell(http: &reqwest::Client, server: &Server, stories: Vec<Story>) {
    let url: Arc<str> = format!("{}/webhooks/dodo", server.url()).into();
    let stories = Arc::new(Mutex::new(stories.into_iter()));
    let tellers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (http, url, stories) = (http.clone(), url.clone(), stories.clone());
            tokio::spawn(async move {
                loop {
                    let Some(story) = stories.lock().unwrap().next() else { break };
                    for (id, body) in story {
                        let answer = Delivery::named(&id, &body).send_to(&http, &url).await;
                        assert_eq!(answer.status(), 200, "{id}");
                    }
                }
            })
        })
        .collect();
    for teller in tellers {
        teller.await.unwrap();
    }
}

/// Every row of every table that webhooks write, without the columns of the moment.
async fn stored(database: &Path) -> Vec<String> {
    let mut connection = open(database).await;
    let mut rows = Vec::new();
    for table in ["webhook_events", "purchases", "purchased_products", "attempts", "checkouts"] {
        let columns: Vec<(String,)> = sqlx::query_as("select name from pragma_table_info(?)")
            .bind(table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let columns: Vec<_> = columns.into_iter().map(|(name,)| name).collect();
        let columns: Vec<_> = columns.iter().filter(|name| !OF_THE_MOMENT.contains(&name.as_str())).collect();
        let list = columns.iter().map(|name| format!("'{name}', {}", value_of(table, name)));
        let list = list.collect::<Vec<_>>().join(", ");
        let select = format!("select '{table} ' || json_object({list}) from {table}");
        let found: Vec<(String,)> =
            sqlx::query_as(sqlx::AssertSqlSafe(select)).fetch_all(&mut connection).await.unwrap();
        rows.extend(found.into_iter().map(|(row,)| row));
    }
    let (unapplied,): (i64,) = sqlx::query_as("select count(*) from webhook_events where applied_at is null")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(unapplied, 0, "events whose effect is not stored");
    rows.sort();
    rows
}

/// What of a column must agree: the word of a purchase that never ended is the one heard last, and nobody asks.
fn value_of(table: &str, column: &str) -> String {
    match (table, column) {
        ("purchases", "status") => {
            "iif(status in ('succeeded', 'failed', 'cancelled'), status, null)".to_owned()
        }
        _ => column.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_shuffled_and_repeated_deliveries_end_as_the_orderly_ones() {
    let app = TestApp::start().await;
    let began = Timestamp::now() - SignedDuration::from_secs(60);
    let charges = charges(&app).await;
    app.control("webhooks", json!({"url": null})).await;

    let once = DELIVERIES * (10 - REPEATED_OF_TEN) / 10;
    let mut stories: Vec<Story> =
        charges.iter().zip(LIVES.iter().cycle()).map(|(charge, life)| story(charge, life, began)).collect();
    let of_charges: usize = stories.iter().map(Vec::len).sum();
    stories.extend(purchases(once - of_charges, began));

    let directory = quick_directory();
    let [orderly_file, shuffled_file] = ["orderly.db", "shuffled.db"].map(|name| directory.path().join(name));
    let (orderly, shuffled) = (server_on(&app, &orderly_file).await, server_on(&app, &shuffled_file).await);
    tell(&app.http, &orderly, stories.clone()).await;
    let started = Instant::now();
    tell(&app.http, &shuffled, stormy(&stories, DELIVERIES)).await;
    println!("{DELIVERIES} deliveries in {:?}", started.elapsed());

    let (expected, found) = (stored(&orderly_file).await, stored(&shuffled_file).await);
    let differing: Vec<_> = expected.iter().zip(&found).filter(|(one, other)| one != other).take(3).collect();
    assert!(differing.is_empty() && expected.len() == found.len(), "{differing:#?}");
    // And what a page is told is the same, too, but for the checkout that each server opened for itself.
    for charge in &charges {
        let subject = charge["payment_id"].as_str().unwrap();
        assert_eq!(told(&app, &orderly, subject).await, told(&app, &shuffled, subject).await, "{subject}");
    }
}

/// What a page that shows this payment is told, without the names of checkout sessions.
async fn told(app: &TestApp, server: &Server, subject: &str) -> Value {
    let answer = app.http.get(format!("{}/api/upsell/{subject}", server.url())).send().await.unwrap();
    let mut answer: Value = answer.json().await.unwrap();
    if let Some(url) = answer.pointer_mut("/outcome/checkout_url").filter(|url| url.is_string()) {
        *url = json!("a checkout");
    }
    answer
}
