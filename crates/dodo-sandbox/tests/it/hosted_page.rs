//! A buyer on the hosted page, by form posts: pays, is declined, meets the bank.

use reqwest::Url;
use serde_json::{Value, json};

use crate::support::{Shop, location};

const RETURN: &str = "http://localhost:8080/thanks?order=7#receipt";

/// A plain session of one guide, and the path of its page.
async fn session(shop: &Shop, change: Value) -> (String, String) {
    let mut body = json!({
        "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }],
        "return_url": RETURN,
        "cancel_url": "http://localhost:8080/cart",
        "metadata": { "order": "7" },
    });
    let Value::Object(change) = change else { panic!("a change is an object") };
    body.as_object_mut().unwrap().extend(change);
    let (status, session) = shop.post("/checkouts", body).await;
    assert_eq!(status, 200, "{session}");
    let url = session["checkout_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&shop.sandbox.url()));
    let id = session["session_id"].as_str().unwrap().to_owned();
    (format!("/session/{id}"), id)
}

fn card(number: &str) -> Vec<(&str, &str)> {
    vec![
        ("action", "pay"),
        ("means", "card"),
        ("email", "buyer@example.com"),
        ("name", "New customer"),
        ("country", "US"),
        ("number", number),
        ("expiry", "06/32"),
        ("cvc", "123"),
        ("shown_total", "2090"),
    ]
}

fn returned(address: &str) -> (Url, Vec<(String, String)>) {
    let url = Url::parse(address).unwrap();
    let pairs = url.query_pairs().into_owned().collect();
    (url, pairs)
}

async fn page(shop: &Shop, path: &str) -> String {
    shop.client.get(format!("{}{path}", shop.sandbox.url())).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_new_buyer_pays_saves_the_card_and_returns_with_dodos_parameters() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    let (path, id) = session(&shop, json!({})).await;
    let shown = page(&shop, &path).await;
    for expected in
        ["Colour grading guide", "USD 20.90", "USD 1.90", "4000 0000 0000 9995", "http://localhost:8080/cart"]
    {
        assert!(shown.contains(expected), "{expected}");
    }
    let mut fields = card("4242 4242 4242 4242");
    fields.push(("save", "yes"));
    let (url, pairs) = returned(&location(&shop.submit(&path, &fields).await));
    assert_eq!(url.fragment(), Some("receipt"));
    let payment_id = pairs[1].1.clone();
    assert_eq!(pairs[0], ("order".into(), "7".into()));
    assert_eq!(pairs[1].0, "payment_id");
    assert_eq!(pairs[2], ("status".into(), "succeeded".into()));
    assert_eq!(pairs[3], ("email".into(), "buyer@example.com".into()));

    let webhook = endpoint.next().await;
    assert_eq!(webhook.kind(), "payment.succeeded");
    assert_eq!(webhook.event["data"]["payment_id"], payment_id);
    assert_eq!(webhook.event["data"]["metadata"]["order"], "7");
    let customer = webhook.event["data"]["customer"]["customer_id"].as_str().unwrap().to_owned();
    let (_, methods) = shop.get(&format!("/customers/{customer}/payment-methods")).await;
    assert_eq!(methods["items"][0]["card"]["last4_digits"], "4242");
    let (_, status) = shop.get(&format!("/checkouts/{id}")).await;
    assert_eq!(status["payment_status"], "succeeded");
}

#[tokio::test]
async fn a_paid_session_cannot_be_paid_again() {
    let shop = Shop::open().await;
    let (path, _) = session(&shop, json!({})).await;
    location(&shop.submit(&path, &card("4242424242424242")).await);
    let again = shop.submit(&path, &card("4242424242424242")).await;
    assert_eq!(again.status(), 200);
    assert!(again.text().await.unwrap().contains("This order is paid"));
    assert_eq!(
        shop.sandbox
            .ledger()
            .payments
            .iter()
            .filter(|payment| payment.metadata.contains_key("order"))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_declined_buyer_stays_and_pays_with_another_card() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    let (path, _) = session(&shop, json!({})).await;
    let declined = shop.submit(&path, &card("4000 0000 0000 9995")).await;
    assert_eq!(declined.status(), 422);
    let text = declined.text().await.unwrap();
    assert!(text.contains("role=\"alert\"") && text.contains("insufficient funds"));
    let failed = endpoint.next().await;
    assert_eq!(
        (failed.kind(), &failed.event["data"]["error_code"]),
        ("payment.failed", &json!("INSUFFICIENT_FUNDS"))
    );
    let (_, pairs) = returned(&location(&shop.submit(&path, &card("5555555555554444")).await));
    assert!(pairs.contains(&("status".into(), "succeeded".into())));
    assert_eq!(endpoint.next().await.kind(), "payment.succeeded");
}

#[tokio::test]
async fn a_saved_card_pays_and_only_its_owner_sees_it() {
    let shop = Shop::open().await;
    let known = json!({ "customer": { "customer_id": "cus_paid" }, "show_saved_payment_methods": true });
    let (path, _) = session(&shop, known).await;
    let shown = page(&shop, &path).await;
    assert!(shown.contains("Visa ···· 4242") && shown.contains("Paid customer"));
    let fields = [("action", "pay"), ("means", "pm_paid_older"), ("country", "US"), ("shown_total", "2090")];
    let (_, pairs) = returned(&location(&shop.submit(&path, &fields).await));
    let payment = shop.payment(&json!(pairs[1].1)).await;
    assert_eq!(
        (&payment["payment_method_id"], &payment["card_last_four"]),
        (&json!("pm_paid_older"), &json!("4444"))
    );

    let (hidden, _) = session(&shop, json!({ "customer": { "customer_id": "cus_paid" } })).await;
    assert!(!page(&shop, &hidden).await.contains("pm_paid"));
    let (stranger, _) = session(&shop, json!({})).await;
    let foreign = shop
        .submit(
            &stranger,
            &[
                ("action", "pay"),
                ("means", "pm_paid"),
                ("email", "x@example.com"),
                ("name", "X"),
                ("country", "US"),
                ("shown_total", "2090"),
            ],
        )
        .await;
    assert_eq!(foreign.status(), 422);
}

#[tokio::test]
async fn a_card_number_beside_a_chosen_saved_card_is_a_question_not_a_charge() {
    let shop = Shop::open().await;
    let known = json!({ "customer": { "customer_id": "cus_paid" }, "show_saved_payment_methods": true });
    let (path, _) = session(&shop, known).await;
    let mut fields = card("5555555555554444");
    fields.retain(|(key, _)| *key != "means");
    fields.push(("means", "pm_paid"));
    let answer = shop.submit(&path, &fields).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("Another card"));
    assert!(shop.sandbox.ledger().payments.iter().all(|payment| !payment.metadata.contains_key("order")));
}

#[tokio::test]
async fn the_bank_may_be_asked_may_refuse_and_may_be_left() {
    let shop = Shop::open().await;
    let mut endpoint = shop.endpoint().await;
    for (decision, status) in [("approve", "succeeded"), ("refuse", "failed"), ("cancel", "cancelled")] {
        let (path, _) = session(&shop, json!({})).await;
        let bank = location(&shop.submit(&path, &card("4000 0000 0000 3220")).await);
        assert!(page(&shop, &bank).await.contains("Approve USD 20.90?"));
        let (_, pairs) = returned(&location(&shop.submit(&bank, &[("decision", decision)]).await));
        assert!(pairs.contains(&("status".into(), status.into())));
        assert_eq!(endpoint.next().await.kind(), format!("payment.{status}"));
        // A second answer changes nothing.
        shop.submit(&bank, &[("decision", "approve")]).await;
        assert_eq!(shop.payment(&json!(pairs[1].1)).await["status"], status);
    }
}

#[tokio::test]
async fn a_one_click_bank_question_returns_to_its_return_url() {
    let shop = Shop::open().await;
    let mut body = crate::support::one_click_body("3ds", "pdt_guide");
    body["return_url"] = json!(RETURN);
    let (_, session) = shop.post("/checkouts", body).await;
    let link = shop.payment(&session["payment_id"]).await["payment_link"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(&shop.sandbox.url()).unwrap();
    let (url, pairs) = returned(&location(&shop.submit(path, &[("decision", "approve")]).await));
    assert_eq!((url.path(), pairs.contains(&("status".into(), "succeeded".into()))), ("/thanks", true));
}

#[tokio::test]
async fn mistakes_are_shown_in_place_and_charge_nothing() {
    let shop = Shop::open().await;
    let (path, _) = session(&shop, json!({})).await;
    for (field, value, message) in [
        ("email", "nobody", "Enter an e-mail address"),
        ("name", " ", "Enter your name"),
        ("number", "1234", "test cards"),
        ("expiry", "13/32", "expiry date"),
        ("expiry", "01/20", "expired"),
        ("shown_total", "100", "total has changed"),
        ("country", "DE", "total has changed"),
    ] {
        let fields: Vec<(&str, &str)> = card("4242424242424242")
            .into_iter()
            .map(|(key, old)| (key, if key == field { value } else { old }))
            .collect();
        let answer = shop.submit(&path, &fields).await;
        assert_eq!(answer.status(), 422, "{field}");
        assert!(answer.text().await.unwrap().contains(message), "{field}: {message}");
    }
    assert!(shop.sandbox.ledger().payments.iter().all(|payment| !payment.metadata.contains_key("order")));
}

#[tokio::test]
async fn the_card_that_saves_but_never_pays_again_does_so() {
    let shop = Shop::open().await;
    let (path, _) = session(&shop, json!({})).await;
    let mut fields = card("4000000000000341");
    fields.push(("save", "yes"));
    location(&shop.submit(&path, &fields).await);
    let ledger = shop.sandbox.ledger();
    let customer = ledger.customers.iter().find(|customer| customer.email == "buyer@example.com").unwrap();
    let body = json!({
        "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }], "confirm": true,
        "customer": { "customer_id": customer.id }, "payment_method_id": customer.methods[0].id,
    });
    let (_, session) = shop.post("/checkouts", body).await;
    assert_eq!(shop.payment(&session["payment_id"]).await["error_code"], "GENERIC_DECLINE");
}

#[tokio::test]
async fn a_payment_link_opens_a_session_and_a_plan_returns_its_subscription() {
    let shop = Shop::open().await;
    let link = format!(
        "{}/buy/pdt_basic?quantity=1&redirect_url=http%3A%2F%2Flocalhost%3A8080%2Fok",
        shop.sandbox.url()
    );
    let path = location(&shop.client.get(link).send().await.unwrap());
    let mut fields = card("4242424242424242");
    fields.retain(|(key, _)| *key != "shown_total");
    fields.push(("shown_total", "3300"));
    let (url, pairs) = returned(&location(&shop.submit(&path, &fields).await));
    assert_eq!(url.path(), "/ok");
    assert!(pairs.iter().any(|(key, value)| key == "subscription_id" && value.starts_with("sub_")));
}

#[tokio::test]
async fn a_payment_link_refuses_odd_addresses_and_unknown_products() {
    let shop = Shop::open().await;
    for (path, status) in [
        ("/buy/pdt_guide?redirect_url=javascript:alert(1)", 422),
        ("/buy/pdt_x", 404),
        ("/buy/pdt_guide?quantity=0", 422),
    ] {
        let answer = shop.client.get(format!("{}{path}", shop.sandbox.url())).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
}

#[tokio::test]
async fn an_old_session_takes_no_money() {
    let shop = Shop::open().await;
    let (path, _) = session(&shop, json!({})).await;
    shop.post("/_sandbox/clock", json!({ "advance_seconds": 24 * 3600 + 1 })).await;
    assert!(page(&shop, &path).await.contains("Checkout expired"));
    shop.submit(&path, &card("4242424242424242")).await;
    assert!(shop.sandbox.ledger().payments.iter().all(|payment| !payment.metadata.contains_key("order")));
}

#[tokio::test]
async fn a_confirmed_session_without_a_method_waits_and_is_paid_as_the_same_payment() {
    let shop = Shop::open().await;
    let body = json!({
        "product_cart": [{ "product_id": "pdt_guide", "quantity": 1 }], "confirm": true,
        "customer": { "customer_id": "cus_no_method" }, "return_url": RETURN,
    });
    let (_, session) = shop.post("/checkouts", body).await;
    assert!(session["client_secret"].is_string());
    assert_eq!(shop.payment(&session["payment_id"]).await["status"], "requires_payment_method");
    let path = format!("/session/{}", session["session_id"].as_str().unwrap());
    location(&shop.submit(&path, &card("4242424242424242")).await);
    assert_eq!(shop.payment(&session["payment_id"]).await["status"], "succeeded");
}

#[tokio::test]
async fn an_e_mail_finds_its_customer_unless_a_new_one_is_asked_for() {
    let shop = Shop::open().await;
    for (always_new, count) in [(false, 1), (true, 2)] {
        let described = json!({
            "customer": { "email": "paid@example.com", "name": "Paid customer" },
            "feature_flags": { "always_create_new_customer": always_new },
        });
        let (path, _) = session(&shop, described).await;
        location(&shop.submit(&path, &card("4242424242424242")).await);
        let ledger = shop.sandbox.ledger();
        assert_eq!(
            ledger.customers.iter().filter(|customer| customer.email == "paid@example.com").count(),
            count
        );
    }
}
