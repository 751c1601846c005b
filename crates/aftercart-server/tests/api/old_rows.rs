//! What is old goes, and what decides about money stays.

use crate::helpers::TestApp;
use crate::processes::Database;
use aftercart_contract::{OfferAnswer, Outcome};
use jiff::SignedDuration;
use sqlx::{AnyPool, AssertSqlSafe};
use std::time::{Duration, Instant};

async fn count(pool: &AnyPool, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
    count
}

async fn old_rows_go_and_claims_stay(database: &Database) {
    let url = database.url.clone();
    let offers =
        "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]\n{{words}}";
    let app = TestApp::start_offering_with(offers, |config| {
        config.database_url = url;
        config.keep = Some(Duration::from_hours(24 * 60));
    })
    .await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "a-key").await;
    assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
    let course = app.buy("cus_many_cards", "pdt_course").await;
    assert_eq!(app.no_offer(&course).await.0, "no_rule");
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&database.url).await.unwrap();
    // The reconciler has to have looked at the paid attempt for the last time.
    let deadline = Instant::now() + Duration::from_secs(30);
    while count(&pool, "attempts where look_at is not null").await > 0 {
        assert!(Instant::now() < deadline, "the attempt stays open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    app.clock.advance(SignedDuration::from_hours(24 * 61));
    let app = app.restarted().await;
    while count(&pool, "purchases").await + count(&pool, "attempt_facts").await > 0 {
        assert!(Instant::now() < deadline, "old rows stay");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(count(&pool, "purchased_products").await, 0);
    assert_eq!(count(&pool, "webhook_events where received_at > 0").await, 0);
    assert_eq!((count(&pool, "attempts").await, count(&pool, "owned_products").await), (1, 2));

    // The same click again is told how the first one went, and charges nobody.
    let again = app.send_accept(&purchase, &offer, "a-key").await;
    assert_eq!(again.status(), 200);
    assert_eq!(app.charges().await.len(), 1);
    // And what was bought long ago is not offered.
    app.buy("cus_many_cards", "pdt_presets").await;
    let reason = loop {
        match app.answer_to("cus_many_cards").await {
            OfferAnswer::Ineligible(nothing) => match String::from(nothing.reason.unwrap()).as_str() {
                "no_rule" => tokio::time::sleep(Duration::from_millis(50)).await,
                reason => break reason.to_owned(),
            },
            OfferAnswer::Offer(offer) => panic!("an offer: {offer:?}"),
        }
    };
    assert_eq!(reason, "already_owned");
}

#[tokio::test]
async fn old_rows_go_and_claims_stay_on_sqlite() {
    old_rows_go_and_claims_stay(&Database::sqlite()).await;
}

#[tokio::test]
async fn old_rows_go_and_claims_stay_on_postgresql() {
    if let Some(database) = Database::postgres().await {
        old_rows_go_and_claims_stay(&database).await;
    }
}
