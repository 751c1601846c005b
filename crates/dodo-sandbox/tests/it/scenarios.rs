//! Every customer of the catalogue does what the README says.

use std::time::{Duration, Instant};

use dodo_sandbox::{DeclineMode, SandboxConfig};
use reqwest::Method;
use serde_json::json;

use crate::support::{Shop, one_click_body};

const PRODUCT: &str = "pdt_course";

#[tokio::test]
async fn a_paid_customer_pays_the_previewed_total_and_the_answer_has_no_url() {
    let shop = Shop::open().await;
    let mut cart = one_click_body("paid", PRODUCT);
    cart.as_object_mut().unwrap().retain(|key, _| key == "product_cart" || key == "customer");
    let (_, preview) = shop.post("/checkouts/preview", cart).await;
    assert_eq!(preview["total_price"], 5390);
    let (status, session) = shop.one_click("paid", PRODUCT).await;
    assert_eq!(status, 200);
    assert!(session["checkout_url"].is_null());
    assert_eq!(session["session_id"].as_str().unwrap().len(), 25);
    let payment = shop.payment(&session["payment_id"]).await;
    assert_eq!(payment["status"], "succeeded");
    assert_eq!(payment["total_amount"], preview["total_price"]);
    assert_eq!(payment["metadata"]["attempt"], "att_paid");
    assert_eq!(payment["checkout_session_id"], session["session_id"]);
}

#[tokio::test]
async fn failing_cards_fail_with_their_code_and_settle_nothing() {
    let shop = Shop::open().await;
    for (scenario, code) in [
        ("declined", "INSUFFICIENT_FUNDS"),
        ("generic_decline", "GENERIC_DECLINE"),
        ("fraud", "STOLEN_CARD"),
        ("network", "PROCESSING_ERROR"),
        ("expired_card", "EXPIRED_CARD"),
    ] {
        let (status, session) = shop.one_click(scenario, PRODUCT).await;
        assert_eq!(status, 200, "{scenario}");
        let payment = shop.payment(&session["payment_id"]).await;
        assert_eq!(payment["status"], "failed", "{scenario}");
        assert_eq!(payment["error_code"], code, "{scenario}");
        assert_eq!(payment["settlement_amount"], 0, "{scenario}");
    }
}

#[tokio::test]
async fn in_the_stricter_mode_a_decline_is_402_and_still_a_payment() {
    let config = SandboxConfig { decline_mode: DeclineMode::PaymentRequired, ..SandboxConfig::default() };
    let shop = Shop::open_with(config).await;
    let (status, body) = shop.one_click("declined", PRODUCT).await;
    assert_eq!((status, body["code"].as_str()), (402, Some("INSUFFICIENT_FUNDS")));
    let (_, list) = shop.get("/payments?customer_id=cus_declined").await;
    assert_eq!(list["items"][0]["status"], "failed");
}

#[tokio::test]
async fn refusals_charge_nothing() {
    let shop = Shop::open().await;
    for (scenario, status, code) in [
        ("conflict", 409, "PREVIOUS_PAYMENT_PENDING"),
        ("rate_limited", 429, "TOO_MANY_REQUESTS"),
        ("foreign_method", 404, "NOT_FOUND"),
        ("unsupported", 422, "NO_ELIGIBLE_PAYMENT_METHODS"),
    ] {
        let (answered, body) = shop.one_click(scenario, PRODUCT).await;
        assert_eq!((answered, body["code"].as_str()), (status, Some(code)), "{scenario}");
        let (_, list) = shop.get(&format!("/payments?customer_id=cus_{scenario}")).await;
        assert_eq!(list["items"], json!([]), "{scenario}");
    }
    let limited = shop
        .send(Method::POST, "/checkouts", Some(one_click_body("rate_limited", PRODUCT).to_string()))
        .await;
    assert_eq!(limited.unwrap().headers()["retry-after"], "1");
}

#[tokio::test]
async fn a_lost_answer_is_a_reset_connection_after_the_charge() {
    let shop = Shop::open().await;
    let body = one_click_body("lost_answer", PRODUCT).to_string();
    let broken = shop.send(Method::POST, "/checkouts", Some(body)).await;
    assert!(broken.unwrap_err().is_request(), "the connection must break before a status line");
    let (_, list) = shop.get("/payments?customer_id=cus_lost_answer").await;
    assert_eq!(list["items"][0]["status"], "succeeded");
    assert_eq!(list["items"][0]["metadata"]["attempt"], "att_lost_answer");
}

#[tokio::test]
async fn an_error_after_the_commit_is_a_500_and_a_charge() {
    let shop = Shop::open().await;
    let (status, body) = shop.one_click("error_after_commit", PRODUCT).await;
    assert_eq!((status, body["code"].as_str()), (500, Some("INTERNAL_SERVER_ERROR")));
    let (_, list) = shop.get("/payments?customer_id=cus_error_after_commit").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_takes_six_real_seconds_while_others_are_served() {
    let shop = Shop::open_with(SandboxConfig { time_scale: 600.0, ..SandboxConfig::default() }).await;
    let begun = Instant::now();
    let ((status, _), (other, _)) = tokio::join!(shop.one_click("slow", PRODUCT), async {
        let answer = shop.get("/customers/cus_paid").await;
        assert!(begun.elapsed() < Duration::from_secs(5));
        answer
    });
    assert_eq!((status, other), (200, 200));
    assert!(begun.elapsed() >= Duration::from_secs(6));
}

#[tokio::test]
async fn processing_ends_by_itself_with_a_webhook_at_both_ends() {
    let shop = Shop::open_with(SandboxConfig { time_scale: 60.0, ..SandboxConfig::default() }).await;
    let mut endpoint = shop.endpoint().await;
    for (scenario, end) in [("processing", "succeeded"), ("processing_fails", "failed")] {
        let (_, session) = shop.one_click(scenario, PRODUCT).await;
        assert_eq!(endpoint.next().await.kind(), "payment.processing");
        assert_eq!(endpoint.next().await.kind(), format!("payment.{end}"));
        shop.payment_reaches(&session["payment_id"], end).await;
    }
}

#[tokio::test]
async fn a_bank_question_waits_silently_and_may_have_no_link() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    for (scenario, has_link) in [("3ds", true), ("3ds_no_link", false)] {
        let (_, session) = shop.one_click(scenario, PRODUCT).await;
        let payment = shop.payment(&session["payment_id"]).await;
        assert_eq!(payment["status"], "requires_customer_action");
        assert_eq!(payment["payment_link"].is_string(), has_link);
    }
    // The next event is that of a later purchase, so none was sent for the two above.
    shop.one_click("paid", PRODUCT).await;
    assert_eq!(endpoint.next().await.event["data"]["customer"]["customer_id"], "cus_paid");
    assert!(endpoint.is_empty());
}

#[tokio::test]
async fn lists_of_methods_are_what_the_scenario_says() {
    let shop = Shop::open().await;
    let methods = async |scenario: &str| {
        shop.get(&format!("/customers/cus_{scenario}/payment-methods")).await.1["items"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert!(methods("no_method").await.is_empty());
    assert_eq!(methods("not_recurring").await[0]["recurring_enabled"], false);
    assert_eq!(methods("expired_card").await[0]["card"]["expiry_year"], "2024");
    let many = methods("many_cards").await;
    let expired = many.iter().filter(|method| method["card"]["expiry_year"] == "2024").count();
    assert_eq!((many.len(), expired), (4, 1));
    let paid = methods("paid").await;
    let used = |index: usize| paid[index]["last_used_at"].as_str().unwrap().to_owned();
    assert!(used(0) > used(1), "the Visa is the newest");
}

#[tokio::test]
async fn tax_follows_the_country_and_prices_may_contain_it() {
    let shop = Shop::open().await;
    for (scenario, product, total, tax) in [
        ("paid", "pdt_presets", 3190, 290),
        ("de", "pdt_lut_eur", 3900, 623),
        ("jp", "pdt_brush_jpy", 4950, 450),
        ("kw", "pdt_archive_kwd", 12_500, 0),
    ] {
        let body = json!({
            "product_cart": [{ "product_id": product, "quantity": 1 }],
            "customer": { "customer_id": format!("cus_{scenario}") },
        });
        let (_, preview) = shop.post("/checkouts/preview", body).await;
        assert_eq!(
            (&preview["total_price"], &preview["total_tax"]),
            (&json!(total), &json!(tax)),
            "{product}"
        );
        let breakup = &preview["current_breakup"];
        let sum = breakup["subtotal"].as_i64().unwrap() + breakup["tax"].as_i64().unwrap();
        assert_eq!(breakup["total_amount"], sum, "{product}");
    }
}

#[tokio::test]
async fn the_upgrade_customer_has_a_running_plan() {
    let shop = Shop::open().await;
    let (_, list) = shop.get("/subscriptions?customer_id=cus_upgrade&status=active").await;
    assert_eq!(list["items"][0]["product_id"], "pdt_basic");
    assert_eq!(list["items"][0]["product_name"], "Basic plan");
}

#[tokio::test]
async fn the_key_of_a_repeated_request_is_ignored() {
    let shop = Shop::open().await;
    for _ in 0..2 {
        let request = shop
            .client
            .post(format!("{}/checkouts", shop.sandbox.url()))
            .header("authorization", "Bearer dodo_test_sandbox")
            .header("idempotency-key", "same")
            .body(one_click_body("paid", PRODUCT).to_string());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let (_, list) = shop.get("/payments?customer_id=cus_paid").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "two requests are two charges, as with Dodo");
}
