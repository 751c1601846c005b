//! Deliveries: signed, retried on schedule, paused, doubled, shuffled.

use dodo_sandbox::SandboxConfig;
use serde_json::json;

use crate::support::Shop;

#[tokio::test]
async fn a_delivery_is_signed_compact_and_shows_the_record() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    let (_, session) = shop.one_click("paid", "pdt_guide").await;
    let webhook = endpoint.next().await;
    webhook.verify();
    assert_eq!(webhook.event["type"], "payment.succeeded");
    assert_eq!(webhook.event["data"]["payload_type"], "Payment");
    assert_eq!(webhook.event["data"]["payment_id"], session["payment_id"]);
    assert_eq!(webhook.raw, webhook.event.to_string(), "compact JSON, no spaces");
}

#[tokio::test]
async fn a_changed_body_does_not_verify() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.one_click("paid", "pdt_guide").await;
    let webhook = endpoint.next().await;
    let forged = String::from_utf8(webhook.raw.to_vec()).unwrap().replace("2090", "1");
    let verifier = standardwebhooks::Webhook::new(dodo_sandbox::DEFAULT_WEBHOOK_SECRET).unwrap();
    assert!(verifier.verify(forged.as_bytes(), &webhook.headers).is_err());
}

#[tokio::test]
async fn retries_follow_the_schedule_under_one_id_until_given_up() {
    // The whole schedule is 27.6 hours; at this scale it takes about a second.
    let shop = Shop::open_with(SandboxConfig { time_scale: 100_000.0, ..SandboxConfig::default() }).await;
    let mut endpoint = shop.endpoint().await;
    endpoint.answer_with(&[500; 8]);
    shop.one_click("paid", "pdt_guide").await;
    let first = endpoint.next().await;
    for _ in 1..8 {
        let again = endpoint.next().await;
        again.verify();
        assert_eq!(again.webhook_id(), first.webhook_id());
    }
    let delivery = settled_delivery(&shop, "given_up").await;
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 8);
    assert!(endpoint.is_empty());
}

#[tokio::test]
async fn the_second_attempt_waits_five_seconds_and_the_third_five_minutes() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    endpoint.answer_with(&[503, 503]);
    shop.one_click("paid", "pdt_guide").await;
    endpoint.next().await;
    let waiting = settled_delivery(&shop, "waiting").await;
    assert!(waiting["next_attempt_in_seconds"].as_u64().unwrap() <= 5);
    shop.post("/_sandbox/clock", json!({ "advance_seconds": 5 })).await;
    endpoint.next().await;
    let waiting = delivery_with_attempts(&shop, 2).await;
    let wait = waiting["next_attempt_in_seconds"].as_u64().unwrap();
    assert!((290..=300).contains(&wait), "{wait}");
    shop.post("/_sandbox/clock", json!({ "advance_seconds": 300 })).await;
    endpoint.next().await;
    settled_delivery(&shop, "delivered").await;
}

#[tokio::test]
async fn a_paused_delivery_goes_out_on_resuming() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.post("/_sandbox/webhooks", json!({ "paused": true })).await;
    shop.one_click("paid", "pdt_guide").await;
    assert_eq!(settled_delivery(&shop, "waiting").await["attempts"], json!([]));
    assert!(endpoint.is_empty());
    shop.post("/_sandbox/webhooks", json!({ "paused": false })).await;
    assert_eq!(endpoint.next().await.kind(), "payment.succeeded");
}

#[tokio::test]
async fn a_duplicate_has_the_same_webhook_id() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.post("/_sandbox/webhooks", json!({ "duplicate": true })).await;
    shop.one_click("paid", "pdt_guide").await;
    let (first, second) = (endpoint.next().await, endpoint.next().await);
    assert_eq!(first.webhook_id(), second.webhook_id());
}

#[tokio::test]
async fn shuffled_and_delayed_events_all_arrive() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.post("/_sandbox/webhooks", json!({ "shuffle": true, "delay_ms": 50 })).await;
    let plan = json!({ "customer_id": "cus_paid", "product_id": "pdt_pro" });
    shop.post("/_sandbox/purchases", plan).await;
    let kinds = endpoint.next_kinds(3).await;
    assert_eq!(kinds, ["payment.succeeded", "subscription.active", "subscription.renewed"]);
}

#[tokio::test]
async fn a_redelivery_repeats_the_event() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.one_click("paid", "pdt_guide").await;
    let first = endpoint.next().await;
    let id = settled_delivery(&shop, "delivered").await["delivery_id"].as_str().unwrap().to_owned();
    shop.post(&format!("/_sandbox/deliveries/{id}/redeliver"), json!({})).await;
    assert_eq!(endpoint.next().await.webhook_id(), first.webhook_id());
}

#[tokio::test]
async fn data_is_the_record_at_the_time_of_delivery() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    shop.post("/_sandbox/webhooks", json!({ "paused": true })).await;
    let (_, session) = shop.one_click("processing", "pdt_guide").await;
    shop.post("/_sandbox/clock", json!({ "advance_seconds": 6 })).await;
    shop.payment_reaches(&session["payment_id"], "succeeded").await;
    shop.post("/_sandbox/webhooks", json!({ "paused": false })).await;
    for _ in 0..2 {
        let webhook = endpoint.next().await;
        assert_eq!(webhook.event["data"]["status"], "succeeded", "{}", webhook.kind());
    }
}

async fn settled_delivery(shop: &Shop, status: &str) -> serde_json::Value {
    delivery_where(shop, |delivery| delivery["status"] == status).await
}

async fn delivery_with_attempts(shop: &Shop, count: usize) -> serde_json::Value {
    delivery_where(shop, |delivery| delivery["attempts"].as_array().unwrap().len() == count).await
}

/// Polls the newest delivery until it is as wanted.
async fn delivery_where(shop: &Shop, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    tokio::time::timeout(crate::support::PATIENCE, async {
        loop {
            let (_, list) = shop.get("/_sandbox/deliveries").await;
            let newest = list["items"][0].clone();
            if newest.is_object() && wanted(&newest) {
                return newest;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("a delivery in the wanted state")
}
