//! Text with a NUL or its like in it, which PostgreSQL takes nowhere: never 500, and never in the database.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use crate::processes::Database;
use crate::webhooks::Delivery;
use serde_json::json;
use sqlx::AnyPool;

async fn no_control_character_is_a_failure_of_the_store(database: &Database) {
    let url = database.url.clone();
    let app = TestApp::start_with(|config| config.database_url = url).await;

    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let body = json!({"offer_id": offer.offer_id, "token": offer.token, "reason": "too\u{0} dear\u{1b}[31m"});
    let request = app.post(&format!("/api/upsell/{purchase}/decline")).header("origin", SHOP);
    assert_eq!(request.json(&body).send().await.unwrap().status(), 200);
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&database.url).await.unwrap();
    let (reason,): (String,) = sqlx::query_as("select reason from declines").fetch_one(&pool).await.unwrap();
    assert_eq!(reason, "too dear[31m");

    for name in ["a\u{0}", "\u{1b}[2J", "a\nb"] {
        let (status, told) =
            app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": name})).await;
        assert_eq!((status, told["code"].as_str()), (400, Some("control_characters")), "{name:?}");
    }

    for id in ["a%00b", "%00", "a%0Ab"] {
        let shown = app.get(&format!("/api/attempts/{id}")).bearer_auth(MERCHANT_KEY);
        assert_eq!(problem(shown.send().await.unwrap()).await, (404, "unknown_attempt".into()), "{id}");
        let request = app.post(&format!("/api/attempts/{id}/resolve")).bearer_auth(MERCHANT_KEY);
        let resolved = request.json(&json!({"reason": "because", "uncharged": true})).send().await.unwrap();
        assert_eq!(problem(resolved).await, (404, "unknown_attempt".into()), "{id}");
    }
    let request = app.post("/api/attempts/x/resolve").bearer_auth(MERCHANT_KEY);
    let resolved = request.json(&json!({"reason": "be\u{0}cause", "uncharged": true})).send().await.unwrap();
    assert_eq!(problem(resolved).await, (400, "control_characters".into()));

    let body = json!({"type": "x\u{0}y", "timestamp": jiff::Timestamp::now(), "data": {}}).to_string();
    let told = Delivery::named("msg_nul", &body).send_to(&app.http, &app.url("/webhooks/dodo")).await;
    assert_eq!(problem(told).await, (400, "unreadable".into()));
}

#[tokio::test]
async fn no_control_character_is_a_failure_of_the_store_on_sqlite() {
    no_control_character_is_a_failure_of_the_store(&Database::sqlite()).await;
}

#[tokio::test]
async fn no_control_character_is_a_failure_of_the_store_on_postgresql() {
    if let Some(database) = Database::postgres().await {
        no_control_character_is_a_failure_of_the_store(&database).await;
    }
}
