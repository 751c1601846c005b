//! Faults on demand hit the call they are for, once, with or without its effect.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, one_click_body};

async fn charges(shop: &Shop) -> usize {
    shop.get("/payments?customer_id=cus_paid").await.1["items"].as_array().unwrap().len()
}

async fn set(shop: &Shop, fault: Value) {
    let (status, body) = shop.post("/_sandbox/faults", fault).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn a_dropped_connection_charges_only_when_it_commits() {
    let shop = Shop::open().await;
    for (commit, count) in [(false, 0), (true, 1)] {
        set(&shop, json!({ "method": "POST", "path_prefix": "/checkouts", "fault": { "kind": "drop", "commit": commit } }))
            .await;
        let body = one_click_body("paid", "pdt_guide").to_string();
        assert!(shop.send(Method::POST, "/checkouts", Some(body)).await.is_err());
        assert_eq!(charges(&shop).await, count);
    }
    let (_, log) = shop.get("/_sandbox/requests").await;
    let dropped: Vec<&Value> =
        log["items"].as_array().unwrap().iter().filter(|call| call["status"].is_null()).collect();
    assert_eq!(dropped.len(), 2);
}

#[tokio::test]
async fn a_committed_charge_sends_its_webhook_although_the_answer_is_lost() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    set(&shop, json!({ "path_prefix": "/checkouts", "fault": { "kind": "drop", "commit": true } })).await;
    let body = one_click_body("paid", "pdt_guide").to_string();
    shop.send(Method::POST, "/checkouts", Some(body)).await.unwrap_err();
    assert_eq!(endpoint.next().await.event["data"]["metadata"]["attempt"], "att_paid");
}

#[tokio::test]
async fn a_status_fault_is_used_up_and_carries_its_code_and_wait() {
    let shop = Shop::open().await;
    set(&shop, json!({ "fault": { "kind": "status", "status": 429, "retry_after": 7 } })).await;
    let limited = shop.send(Method::GET, "/products", None).await.unwrap();
    assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(shop.get("/products").await.0, 200);
}

#[tokio::test]
async fn a_status_fault_with_commit_charges() {
    let shop = Shop::open().await;
    set(
        &shop,
        json!({ "path_prefix": "/checkouts", "fault": { "kind": "status", "status": 500, "commit": true } }),
    )
    .await;
    assert_eq!(shop.one_click("paid", "pdt_guide").await.0, 500);
    assert_eq!(charges(&shop).await, 1);
}

#[tokio::test]
async fn a_fault_for_one_customer_leaves_the_others_alone() {
    let shop = Shop::open().await;
    set(
        &shop,
        json!({ "customer_id": "cus_paid", "times": 2, "fault": { "kind": "status", "status": 500 } }),
    )
    .await;
    assert_eq!(shop.get("/customers/cus_de").await.0, 200);
    assert_eq!(shop.get("/customers/cus_paid/payment-methods").await.0, 500);
    assert_eq!(shop.one_click("paid", "pdt_guide").await.0, 500);
    assert_eq!(charges(&shop).await, 0);
}

#[tokio::test]
async fn a_fault_for_one_path_leaves_the_paths_below_it_alone() {
    let shop = Shop::open().await;
    set(&shop, json!({ "path": "/checkouts", "fault": { "kind": "status", "status": 500 } })).await;
    let cart = json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }] });
    assert_eq!(shop.post("/checkouts/preview", cart).await.0, 200);
    assert_eq!(shop.one_click("paid", "pdt_guide").await.0, 500);
}

#[tokio::test]
async fn an_outcome_fault_waits_for_a_charge() {
    let shop = Shop::open().await;
    let behaviour = json!({ "kind": "fail", "error_code": "DO_NOT_HONOR" });
    set(&shop, json!({ "customer_id": "cus_paid", "fault": { "kind": "outcome", "behaviour": behaviour } }))
        .await;
    shop.get("/customers/cus_paid").await;
    let (_, session) = shop.one_click("paid", "pdt_guide").await;
    assert_eq!(shop.payment(&session["payment_id"]).await["error_code"], "DO_NOT_HONOR");
}

#[tokio::test]
async fn lists_can_be_empty_and_json_broken() {
    let shop = Shop::open().await;
    set(&shop, json!({ "fault": { "kind": "empty_list" } })).await;
    assert_eq!(shop.get("/customers/cus_paid/payment-methods").await.1, json!({ "items": [] }));
    set(&shop, json!({ "fault": { "kind": "malformed" } })).await;
    let broken = shop.send(Method::GET, "/products", None).await.unwrap().text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&broken).is_err());
}

#[tokio::test]
async fn a_trickling_answer_begins_at_once_and_is_whole_in_the_end() {
    let shop = Shop::open().await;
    set(&shop, json!({ "path_prefix": "/checkouts", "fault": { "kind": "trickle", "ms": 5 } })).await;
    let body = one_click_body("paid", "pdt_guide").to_string();
    let started = std::time::Instant::now();
    let response = shop.send(Method::POST, "/checkouts", Some(body)).await.unwrap();
    assert_eq!((response.status().as_u16(), charges(&shop).await), (200, 1));
    let head_after = started.elapsed();
    let text = response.text().await.unwrap();
    let at_least = std::time::Duration::from_millis(5 * u64::try_from(text.len()).unwrap());
    assert!(
        started.elapsed() >= at_least && head_after < at_least,
        "{head_after:?} of {:?}",
        started.elapsed()
    );
    assert!(serde_json::from_str::<Value>(&text).unwrap()["session_id"].is_string());
}

#[tokio::test]
async fn a_chance_hits_its_share_of_calls_until_it_is_taken_away() {
    let shop = Shop::open().await;
    set(&shop, json!({ "chance": 250, "fault": { "kind": "status", "status": 500 } })).await;
    let mut hit = 0;
    for _ in 0..400 {
        hit += u32::from(shop.send(Method::GET, "/products", None).await.unwrap().status() == 500);
    }
    assert!((60..140).contains(&hit), "{hit} of 400 at 250 in 1000");
    shop.client.delete(format!("{}/_sandbox/faults", shop.sandbox.url())).send().await.unwrap();
    assert_eq!(shop.get("/products").await.0, 200);
    for chance in [0, 1001] {
        let (status, _) =
            shop.post("/_sandbox/faults", json!({ "chance": chance, "fault": { "kind": "drop" } })).await;
        assert_eq!(status, 422);
    }
}

#[tokio::test]
async fn cleared_faults_do_nothing() {
    let shop = Shop::open().await;
    set(&shop, json!({ "times": 5, "fault": { "kind": "drop" } })).await;
    shop.client.delete(format!("{}/_sandbox/faults", shop.sandbox.url())).send().await.unwrap();
    assert_eq!(shop.get("/products").await.0, 200);
}
