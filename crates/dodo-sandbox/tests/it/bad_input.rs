//! Requests that break the rules are refused with Dodo's codes and change nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Shop, one_click_body, read};

fn with(change: Value) -> Value {
    let mut body = one_click_body("paid", "pdt_guide");
    let Value::Object(change) = change else { panic!("a change is an object") };
    body.as_object_mut().unwrap().extend(change);
    body
}

#[tokio::test]
async fn bad_checkouts_are_refused_and_charge_nothing() {
    let shop = Shop::open().await;
    let long_value = "x".repeat(501);
    let many_keys: serde_json::Map<String, Value> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    let cases = [
        ("no confirm", with(json!({ "confirm": false })), 422, "INVALID_REQUEST_PARAMETERS"),
        ("no customer", with(json!({ "customer": null })), 422, "INVALID_REQUEST_PARAMETERS"),
        (
            "customer by email",
            with(json!({ "customer": { "email": "a@example.com" } })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        ("unknown customer", with(json!({ "customer": { "customer_id": "cus_x" } })), 404, "NOT_FOUND"),
        ("another's method", with(json!({ "payment_method_id": "pm_de" })), 404, "NOT_FOUND"),
        ("empty cart", with(json!({ "product_cart": [] })), 422, "PRODUCT_CART_EMTPY"),
        ("no cart", with(json!({ "product_cart": null })), 422, "INVALID_REQUEST_BODY"),
        (
            "unknown product",
            with(json!({ "product_cart": [{ "product_id": "pdt_x", "quantity": 1 }] })),
            404,
            "NOT_FOUND",
        ),
        (
            "quantity 0",
            with(json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": 0 }] })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        (
            "quantity -1",
            with(json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": -1 }] })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        (
            "quantity 1.5",
            with(json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": 1.5 }] })),
            422,
            "INVALID_REQUEST_BODY",
        ),
        (
            "overflow",
            with(json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": i64::MAX }] })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        (
            "above 32 bits",
            with(json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": 1_100_000 }] })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        (
            "two currencies",
            with(
                json!({ "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }, { "product_id": "pdt_lut_eur", "quantity": 1 }] }),
            ),
            422,
            "UNSUPPORTED_CURRENCY",
        ),
        (
            "script address",
            with(json!({ "return_url": "javascript:alert(1)" })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        ("relative address", with(json!({ "cancel_url": "/back" })), 422, "INVALID_REQUEST_PARAMETERS"),
        (
            "bad country",
            with(json!({ "billing_address": { "country": "usa" } })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        (
            "long metadata",
            with(json!({ "metadata": { "k": long_value } })),
            422,
            "INVALID_REQUEST_PARAMETERS",
        ),
        ("odd metadata key", with(json!({ "metadata": { "a b": "v" } })), 422, "INVALID_REQUEST_PARAMETERS"),
        ("nested metadata", with(json!({ "metadata": { "k": {} } })), 422, "INVALID_REQUEST_PARAMETERS"),
        ("much metadata", with(json!({ "metadata": many_keys })), 422, "INVALID_REQUEST_PARAMETERS"),
        ("confirm is text", with(json!({ "confirm": "yes" })), 422, "INVALID_REQUEST_BODY"),
    ];
    for (name, body, status, code) in cases {
        let (answered, refusal) = shop.post("/checkouts", body).await;
        assert_eq!((answered, refusal["code"].as_str()), (status, Some(code)), "{name}: {refusal}");
        assert!(refusal["message"].is_string(), "{name}");
    }
    assert_eq!(shop.get("/payments?customer_id=cus_paid").await.1["items"], json!([]));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400() {
    let shop = Shop::open().await;
    for body in ["", "{", "<xml/>"] {
        let answer = shop.send(Method::POST, "/checkouts", Some(body.into())).await.unwrap();
        let (status, refusal) = read(answer).await;
        assert_eq!((status, refusal["code"].as_str()), (400, Some("INVALID_REQUEST_BODY")), "{body}");
    }
}

#[tokio::test]
async fn nulls_and_unknown_fields_are_accepted() {
    let shop = Shop::open().await;
    let body = with(json!({
        "cancel_url": null, "return_url": null, "billing_address": null, "metadata": null, "discount_codes": null,
        "feature_flags": { "always_create_new_customer": null, "redirect_immediately": null }, "from_the_future": 1,
    }));
    assert_eq!(shop.post("/checkouts", body).await.0, 200);
}

#[tokio::test]
async fn unknown_things_are_404_and_bad_queries_422() {
    let shop = Shop::open().await;
    for path in [
        "/customers/cus_x",
        "/products/pdt_x",
        "/checkouts/cks_x",
        "/payments/pay_x",
        "/subscriptions/sub_x",
        "/refunds/ref_x",
        "/nothing",
        "/customers/cus_x/payment-methods",
    ] {
        let (status, refusal) = shop.get(path).await;
        assert_eq!((status, refusal["code"].as_str()), (404, Some("NOT_FOUND")), "{path}");
    }
    for path in
        ["/payments?page_size=many", "/payments?created_at_gte=yesterday", "/products?recurring=perhaps"]
    {
        let (status, refusal) = shop.get(path).await;
        assert_eq!((status, refusal["code"].as_str()), (422, Some("INVALID_QUERY_PARAMS")), "{path}");
    }
}

#[tokio::test]
async fn an_amount_below_the_minimum_is_refused() {
    let shop = Shop::open().await;
    shop.post("/_sandbox/products/pdt_guide/price", json!({ "price": 40 })).await;
    let (status, refusal) = shop.one_click("paid", "pdt_guide").await;
    assert_eq!((status, refusal["code"].as_str()), (422, Some("TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT")));
}

#[tokio::test]
async fn a_huge_body_is_refused_and_the_sandbox_lives() {
    let shop = Shop::open().await;
    let body = format!("{{\"product_cart\":\"{}\"}}", "x".repeat(5_000_000));
    // The server may answer 413 or close the connection while the body is still being sent.
    if let Ok(answer) = shop.send(Method::POST, "/checkouts", Some(body)).await {
        assert_eq!(answer.status(), 413);
    }
    assert_eq!(shop.get("/products").await.0, 200);
}
