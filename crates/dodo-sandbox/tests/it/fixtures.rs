//! The documents answered have exactly the keys of `fixtures/dodo`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Shop;

fn fixture(name: &str) -> Value {
    let path = format!("{}/../../fixtures/dodo/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Every key path, with items of a list under `[]`. Free maps and empty lists end a path.
fn keys(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter().filter(|_| !at.ends_with("metadata")) {
                let path = format!("{at}.{key}");
                keys(inner, &path, found);
                found.insert(path);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| keys(inner, &format!("{at}[]"), found)),
        _ => {}
    }
}

fn same_keys(name: &str, answered: &Value) {
    let (mut expected, mut given) = (BTreeSet::new(), BTreeSet::new());
    keys(&fixture(name), "", &mut expected);
    keys(answered, "", &mut given);
    assert_eq!(given, expected, "{name}");
}

#[tokio::test]
async fn every_document_has_the_keys_of_its_fixture() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    same_keys("customer", &shop.get("/customers/cus_paid").await.1);
    same_keys("payment_methods", &shop.get("/customers/cus_paid/payment-methods").await.1);
    same_keys("product_recurring", &shop.get("/products/pdt_pro").await.1);
    same_keys("product_one_time", &shop.get("/products/pdt_guide").await.1);
    same_keys("error_not_found", &shop.get("/products/pdt_nothing").await.1);

    let cart = json!({ "product_cart": [{ "product_id": "pdt_course", "quantity": 1 }], "customer": { "customer_id": "cus_paid" } });
    same_keys("checkout_preview", &shop.post("/checkouts/preview", cart.clone()).await.1);
    same_keys("checkout_hosted", &shop.post("/checkouts", cart).await.1);

    let (_, session) = shop.one_click("paid", "pdt_guide").await;
    same_keys("checkout_one_click", &session);
    same_keys(
        "checkout_status",
        &shop.get(&format!("/checkouts/{}", session["session_id"].as_str().unwrap())).await.1,
    );
    same_keys("payment_succeeded", &shop.payment(&session["payment_id"]).await);
    same_keys("payment_list", &shop.get("/payments?customer_id=cus_paid").await.1);
    same_keys("webhook_payment_succeeded", &endpoint.next().await.event);
    let (_, failed) = shop.one_click("declined", "pdt_guide").await;
    same_keys("payment_failed", &shop.payment(&failed["payment_id"]).await);
    same_keys("webhook_payment_failed", &endpoint.next().await.event);
    same_keys("refund", &shop.post("/refunds", json!({ "payment_id": session["payment_id"] })).await.1);

    let plan = json!({ "customer_id": "cus_de", "product_id": "pdt_starter" });
    let (_, payment) = shop.post("/_sandbox/purchases", plan).await;
    let id = payment["subscription_id"].as_str().unwrap();
    same_keys("subscription", &shop.get(&format!("/subscriptions/{id}")).await.1);
    let change =
        json!({ "product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "difference_immediately" });
    let preview = shop.post(&format!("/subscriptions/{id}/change-plan/preview"), change).await.1;
    same_keys("plan_change_preview", &preview);
    loop {
        let webhook = endpoint.next().await;
        if webhook.kind() == "subscription.renewed" {
            same_keys("webhook_subscription_renewed", &webhook.event);
            break;
        }
    }
}

#[test]
fn the_official_crate_reads_every_fixture() {
    use dodopayments::models;
    fn read<T: serde::de::DeserializeOwned>(name: &str) {
        let document = fixture(name);
        let text = if document.get("items").is_some() && name == "payment_list" {
            document["items"][0].clone()
        } else {
            document
        };
        serde_json::from_value::<T>(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    read::<models::Customer>("customer");
    read::<models::CustomerRetrievePaymentMethodsResponse>("payment_methods");
    read::<models::Product>("product_recurring");
    read::<models::Product>("product_one_time");
    read::<models::CheckoutSessionResponse>("checkout_one_click");
    read::<models::CheckoutSessionResponse>("checkout_hosted");
    read::<models::CheckoutSessionStatus>("checkout_status");
    read::<models::CheckoutSessionPreviewResponse>("checkout_preview");
    read::<models::Payment>("payment_succeeded");
    read::<models::Payment>("payment_failed");
    read::<models::PaymentListResponse>("payment_list");
    read::<models::Subscription>("subscription");
    read::<models::SubscriptionPreviewChangePlanResponse>("plan_change_preview");
    read::<models::Refund>("refund");
}
