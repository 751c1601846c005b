//! The official Rust crate, unmodified: every call of the groups imitated decodes.

use dodopayments::models;
use dodopayments::{Client, ClientConfig, Error};
use serde_json::{Value, json};

use crate::support::Shop;

fn client(shop: &Shop) -> Client {
    let config = ClientConfig::new(shop.sandbox.url()).with_api_key("dodo_test_sandbox").with_max_retries(0);
    Client::new(config).unwrap()
}

fn body<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn customers_and_methods() {
    let shop = Shop::open().await;
    let client = client(&shop);
    let made = client
        .customers()
        .create()
        .body(body(json!({ "email": "crate@example.com", "name": "Crate customer" })))
        .await
        .unwrap();
    let read = client.customers().retrieve().customer_id(&made.customer_id).await.unwrap();
    assert_eq!(read.email, "crate@example.com");
    let changed = client
        .customers()
        .update()
        .customer_id(&made.customer_id)
        .body(body(json!({ "name": "Renamed customer" })))
        .await
        .unwrap();
    assert_eq!(changed.name, "Renamed customer");
    let list = client.customers().list().query(json!({ "email": "crate@example.com" })).await.unwrap();
    assert_eq!(list.items.len(), 1);
    let methods = client.customers().retrieve_payment_methods().customer_id("cus_paid").await.unwrap();
    assert_eq!(methods.items[0]["payment_method_id"], "pm_paid");
    client
        .customers()
        .delete_payment_method()
        .customer_id("cus_paid")
        .payment_method_id("pm_paid_older")
        .await
        .unwrap();
    let methods = client.customers().retrieve_payment_methods().customer_id("cus_paid").await.unwrap();
    assert_eq!(methods.items.len(), 1);
    let portal = client.customers().customer_portal().create().customer_id("cus_paid").await.unwrap();
    assert!(portal.link.starts_with(&shop.sandbox.url()));
}

#[tokio::test]
async fn products() {
    let shop = Shop::open().await;
    let client = client(&shop);
    let one = client.products().retrieve().id("pdt_presets").await.unwrap();
    assert_eq!(one.name.as_deref(), Some("Film preset pack"));
    let price = serde_json::to_value(&one.price).unwrap();
    assert_eq!((&price["type"], &price["price"]), (&json!("one_time_price"), &json!(2900)));
    let list = client.products().list().query(json!({ "page_size": 100 })).await.unwrap();
    assert_eq!(list.items.len(), 10);
}

#[tokio::test]
async fn checkouts_and_payments() {
    let shop = Shop::open().await;
    let client = client(&shop);
    let params = || -> models::CheckoutSessionsCreateParams {
        body(json!({
            "product_cart": [{ "product_id": "pdt_course", "quantity": 1 }],
            "customer": { "customer_id": "cus_paid" },
            "billing_address": { "country": "US", "zipcode": "94105" },
            "metadata": { "attempt": "att_crate" },
        }))
    };
    let preview = client.checkout_sessions().preview().body(params()).await.unwrap();
    assert_eq!(preview.total_price, 5390);
    let one_click = models::CheckoutSessionsCreateParams {
        confirm: Some(true),
        payment_method_id: Some("pm_paid".into()),
        ..params()
    };
    let session = client.checkout_sessions().create().body(one_click).await.unwrap();
    assert!(session.checkout_url.is_none());
    let status = client.checkout_sessions().retrieve().id(&session.session_id).await.unwrap();
    assert_eq!(status.payment_id, session.payment_id);
    let payment = client.payments().retrieve().payment_id(session.payment_id.unwrap()).await.unwrap();
    assert_eq!(payment.total_amount, preview.total_price);
    assert_eq!(payment.product_cart.unwrap()[0]["product_id"], "pdt_course");
    let list =
        client.payments().list().query(json!({ "customer_id": "cus_paid", "page_size": 100 })).await.unwrap();
    assert_eq!(list.items[0].metadata["attempt"], "att_crate");
    let hosted = client.checkout_sessions().create().body(params()).await.unwrap();
    assert!(hosted.checkout_url.unwrap().starts_with(&shop.sandbox.url()));
    let old = client
        .payments()
        .create()
        .body(body(json!({
            "billing": { "country": "US" },
            "customer": { "customer_id": "cus_paid" },
            "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }],
            "payment_method_id": "pm_paid",
        })))
        .await
        .unwrap();
    assert_eq!(old.total_amount, 2090);
    let refund = client.refunds().create().body(body(json!({ "payment_id": old.payment_id }))).await.unwrap();
    assert_eq!(client.refunds().retrieve().refund_id(&refund.refund_id).await.unwrap().amount, Some(2090));
    assert_eq!(client.refunds().list().await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn subscriptions() {
    let shop = Shop::open().await;
    let client = client(&shop);
    let list = client.subscriptions().list().query(json!({ "customer_id": "cus_upgrade" })).await.unwrap();
    let read =
        client.subscriptions().retrieve().subscription_id(&list.items[0].subscription_id).await.unwrap();
    assert_eq!((read.product_id.as_str(), read.recurring_pre_tax_amount), ("pdt_basic", 3000));

    let params = |effective_at: &str| -> models::SubscriptionsChangePlanParams {
        body(json!({
            "product_id": "pdt_pro",
            "quantity": 1,
            "proration_billing_mode": "difference_immediately",
            "effective_at": effective_at,
        }))
    };
    let id = &read.subscription_id;
    let preview = client
        .subscriptions()
        .preview_change_plan()
        .subscription_id(id)
        .body(params("immediately"))
        .await
        .unwrap();
    assert_eq!(preview.immediate_charge["summary"]["total_amount"], 5500);
    assert_eq!(preview.new_plan.product_id, "pdt_pro");
    let later = params("next_billing_date");
    client.subscriptions().change_plan().subscription_id(id).body(later).await.unwrap();
    let waiting = client.subscriptions().retrieve().subscription_id(id).await.unwrap();
    assert_eq!(waiting.scheduled_change.unwrap().product_id, "pdt_pro");
    client.subscriptions().cancel_change_plan().subscription_id(id).await.unwrap();
    let now = params("immediately");
    let changed = client.subscriptions().change_plan().subscription_id(id).body(now).await.unwrap();
    assert!(changed.payment_id.is_none() && changed.payment_link.is_none());
    let read = client.subscriptions().retrieve().subscription_id(id).await.unwrap();
    assert_eq!((read.product_id.as_str(), read.recurring_pre_tax_amount), ("pdt_pro", 8000));
}

#[tokio::test]
async fn errors_carry_dodos_body() {
    let shop = Shop::open().await;
    let refused = client(&shop).products().retrieve().id("pdt_x").await.unwrap_err();
    let Error::Api { status, message } = refused else { panic!("{refused}") };
    assert_eq!(status, 404);
    assert_eq!(serde_json::from_str::<Value>(&message).unwrap()["code"], "NOT_FOUND");
}
