//! The calls under `/_sandbox`.

use serde_json::{Value, json};

use crate::support::Shop;

#[tokio::test]
async fn info_says_where_everything_is() {
    let shop = Shop::open().await;
    let (_, info) = shop.get("/_sandbox/info").await;
    assert_eq!(info["url"], shop.sandbox.url());
    assert_eq!(info["panel_url"], format!("{}/_sandbox", shop.sandbox.url()));
    assert!(info["webhook_url"].is_null());
    assert_eq!(info["time_scale"], 1.0);
}

#[tokio::test]
async fn a_purchase_always_succeeds_and_is_announced() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    for customer in ["cus_paid", "cus_no_method", "cus_declined", "cus_conflict"] {
        let body = json!({ "customer_id": customer, "product_id": "pdt_presets", "quantity": 2, "metadata": { "order": "1" } });
        let (status, payment) = shop.post("/_sandbox/purchases", body).await;
        assert_eq!(status, 200, "{customer}: {payment}");
        assert_eq!(payment["status"], "succeeded");
        assert_eq!(payment["total_amount"], 6380);
        assert_eq!(payment["metadata"]["order"], "1");
        assert_eq!(payment["product_cart"], json!([{ "product_id": "pdt_presets", "quantity": 2 }]));
        assert_eq!(endpoint.next().await.event["data"]["payment_id"], payment["payment_id"]);
    }
}

#[tokio::test]
async fn a_plan_becomes_a_subscription_that_can_be_renewed_and_changed() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    let body = json!({ "customer_id": "cus_paid", "product_id": "pdt_starter" });
    let (_, first) = shop.post("/_sandbox/purchases", body.clone()).await;
    assert_eq!(first["charge_type"], "new");
    assert!(first["product_cart"].is_null());
    let id = first["subscription_id"].as_str().unwrap().to_owned();
    let kinds = endpoint.next_kinds(3).await;
    assert_eq!(kinds, ["payment.succeeded", "subscription.active", "subscription.renewed"]);

    let (_, renewal) = shop
        .post(&format!("/_sandbox/subscriptions/{id}/payments"), json!({ "charge_type": "renewal" }))
        .await;
    assert_eq!((&renewal["charge_type"], &renewal["subscription_id"]), (&json!("renewal"), &json!(id)));
    assert_eq!(endpoint.next_kinds(2).await, ["payment.succeeded", "subscription.renewed"]);

    let mut change = body;
    change["charge_type"] = json!("plan_change");
    let (_, change) = shop.post("/_sandbox/purchases", change).await;
    assert_eq!((&change["charge_type"], &change["subscription_id"]), (&json!("plan_change"), &json!(id)));
    assert_eq!(endpoint.next().await.kind(), "payment.succeeded");
    let (_, list) = shop.get("/subscriptions?customer_id=cus_paid").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn charges_are_counted_per_metadata_value() {
    let shop = Shop::open().await;
    shop.one_click("paid", "pdt_guide").await;
    shop.one_click("paid", "pdt_guide").await;
    shop.one_click("declined", "pdt_guide").await;
    let (_, charges) = shop.get("/_sandbox/charges?metadata_key=attempt").await;
    let of = |value: &str| {
        charges["items"].as_array().unwrap().iter().find(|item| item["value"] == value).unwrap().clone()
    };
    assert_eq!((&of("att_paid")["count"], &of("att_paid")["succeeded"]), (&json!(2), &json!(2)));
    assert_eq!((&of("att_declined")["count"], &of("att_declined")["succeeded"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn the_log_has_every_call_and_never_the_key() {
    let shop = Shop::open().await;
    shop.one_click("paid", "pdt_guide").await;
    shop.get("/payments?page_size=1").await;
    let (_, log) = shop.get("/_sandbox/requests").await;
    let calls: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|call| call["path"].as_str().unwrap()).collect();
    assert_eq!(calls, ["/checkouts", "/payments"]);
    assert_eq!(log["items"][0]["body"]["confirm"], true);
    assert_eq!(log["items"][1]["query"], "page_size=1");
    assert!(!log.to_string().contains("dodo_test_sandbox"));
}

#[tokio::test]
async fn a_scripted_method_and_a_fresh_customer_do_as_told() {
    let shop = Shop::open().await;
    let (_, customer) = shop.post("/_sandbox/customers", json!({ "scenario": "declined" })).await;
    let id = customer["customer_id"].as_str().unwrap();
    let (_, methods) = shop.get(&format!("/customers/{id}/payment-methods")).await;
    assert_eq!(methods["items"][0]["card"]["last4_digits"], "9995");
    for code in [
        "AUTHENTICATION_REQUIRED",
        "CARD_VELOCITY_EXCEEDED",
        "LOST_CARD",
        "NETWORK_TIMEOUT",
        "MANDATE_INVALID",
    ] {
        let (_, method) =
            shop.post(&format!("/_sandbox/customers/{id}/methods"), json!({ "error_code": code })).await;
        let body = json!({
            "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }],
            "customer": { "customer_id": id }, "confirm": true, "payment_method_id": method["payment_method_id"],
        });
        let (_, session) = shop.post("/checkouts", body).await;
        assert_eq!(shop.payment(&session["payment_id"]).await["error_code"], code);
    }
}

#[tokio::test]
async fn a_moved_price_is_in_the_next_preview() {
    let shop = Shop::open().await;
    shop.post("/_sandbox/products/pdt_course/price", json!({ "price": 5900 })).await;
    let body = json!({ "product_cart": [{ "product_id": "pdt_course", "quantity": 1 }], "customer": { "customer_id": "cus_paid" } });
    assert_eq!(shop.post("/checkouts/preview", body).await.1["total_price"], 6490);
}

#[tokio::test]
async fn a_reset_is_a_fresh_shop_that_keeps_its_endpoint() {
    let shop = Shop::open().await;
    let endpoint = shop.endpoint().await;
    shop.one_click("paid", "pdt_guide").await;
    let (_, info) = shop.post("/_sandbox/reset", json!({})).await;
    assert_eq!(info["webhook_url"], endpoint.url);
    assert_eq!(shop.get("/payments?customer_id=cus_paid").await.1["items"], json!([]));
    assert_eq!(shop.get("/_sandbox/deliveries").await.1["items"], json!([]));
}

#[tokio::test]
async fn a_refund_is_whole_once_and_announced() {
    let shop = Shop::open().await;
    let (_, session) = shop.one_click("paid", "pdt_guide").await;
    let mut endpoint = shop.endpoint().await;
    let body = json!({ "payment_id": session["payment_id"], "reason": "duplicate" });
    let (status, refund) = shop.post("/refunds", body.clone()).await;
    assert_eq!((status, &refund["amount"]), (200, &json!(2090)));
    let webhook = endpoint.next().await;
    assert_eq!(
        (webhook.kind(), &webhook.event["data"]["refund_id"]),
        ("refund.succeeded", &refund["refund_id"])
    );
    assert_eq!(shop.payment(&session["payment_id"]).await["refund_status"], "full");
    let (status, again) = shop.post("/refunds", body).await;
    assert_eq!((status, again["code"].as_str()), (400, Some("PAYMENT_ALREADY_REFUNDED")));
}

#[tokio::test]
async fn the_panel_shows_what_happened_and_its_buttons_work() {
    let shop = Shop::open().await;
    let fields = [("customer_id", "cus_paid"), ("product_id", "pdt_presets")];
    assert_eq!(shop.submit("/_sandbox/panel/purchase", &fields).await.status(), 303);
    let fault = [("path_prefix", "/checkouts"), ("customer_id", "cus_paid"), ("fault", "drop_after")];
    assert_eq!(shop.submit("/_sandbox/panel/fault", &fault).await.status(), 303);
    let page = panel(&shop).await;
    for expected in [
        "pdt_presets",
        "USD 31.90",
        "payment.succeeded",
        "cut the connection after the effect",
        "cus_lost_answer",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    let (_, faults) = shop.get("/_sandbox/faults").await;
    assert_eq!(faults["items"][0]["fault"], json!({ "kind": "drop", "commit": true }));
}

#[tokio::test]
async fn text_from_outside_is_text_on_the_panel() {
    let shop = Shop::open().await;
    let body = json!({ "email": "x@example.com", "name": "<script>alert(1)</script>" });
    let (_, customer): (u16, Value) = shop.post("/customers", body).await;
    assert_eq!(customer["name"], "<script>alert(1)</script>");
    let page = panel(&shop).await;
    assert!(!page.contains("<script>alert(1)"));
}

/// The panel as HTML.
async fn panel(shop: &Shop) -> String {
    let answer = shop.client.get(format!("{}/_sandbox", shop.sandbox.url())).send().await.unwrap();
    answer.text().await.unwrap()
}
