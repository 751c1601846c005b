//! What a whole visit leaves in the log: what happened, and nothing about whom.

use crate::helpers::{SHOP, TestApp, token_key};
use aftercart_contract::{Offer, OfferAnswer};
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[tokio::test]
async fn no_secret_address_token_payment_method_or_whole_payment_id_is_logged() {
    // The sandbox of a test app, and beside its own server the real program, told to log everything.
    let app = TestApp::start().await;
    let directory = tempfile::tempdir().unwrap();
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop/aftercart.toml");
    let mut program = Command::new(env!("CARGO_BIN_EXE_aftercart-server"))
        .args(["serve", "--log", "json", "--config", shop])
        .env("RUST_LOG", "aftercart_server=trace")
        .env("AFTERCART_LISTEN", "127.0.0.1:0")
        .env("AFTERCART_DATABASE_URL", format!("sqlite://{}", directory.path().join("log.db").display()))
        .env("AFTERCART_ALLOWED_ORIGINS", SHOP)
        .env("AFTERCART_TOKEN_KEYS", token_key())
        .env("DODO_PAYMENTS_BASE_URL", app.sandbox.url())
        .env("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY)
        .env("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.strip_prefix("aftercart-server: ").unwrap().trim_end().to_owned();
    app.control("webhooks", json!({"url": format!("{url}webhooks/dodo")})).await;

    let mut secrets = vec![DEFAULT_API_KEY.to_owned(), DEFAULT_WEBHOOK_SECRET.to_owned(), token_key()];
    for customer in ["cus_paid", "cus_declined", "cus_lost_answer", "cus_conflict", "cus_no_method"] {
        let purchase = app.buy(customer, "pdt_presets").await;
        let answer = app.http.get(format!("{url}api/upsell/{purchase}")).send().await.unwrap();
        let OfferAnswer::Offer(offer) = OfferAnswer::from_json(&answer.text().await.unwrap()).unwrap() else {
            panic!("an offer")
        };
        let Offer { offer_id, token, .. } = *offer;
        let key = format!("key-of-{customer}");
        let body = json!({"offer_id": offer_id, "token": token});
        for action in ["accept", "decline"] {
            let request = app.http.post(format!("{url}api/upsell/{purchase}/{action}"));
            request.header("origin", SHOP).header("idempotency-key", &key).json(&body).send().await.unwrap();
        }
        let broken = app.http.post(format!("{url}webhooks/dodo")).body("forged@example.com");
        assert_eq!(broken.send().await.unwrap().status(), 401);
        secrets.extend([token.unwrap().reveal().to_owned(), key, purchase]);
    }
    Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    let logs = String::from_utf8(program.wait_with_output().unwrap().stderr).unwrap();

    assert!(logs.contains("offer accepted") && logs.contains("webhook applied"), "{logs}");
    assert!(logs.contains("purchase noted") && logs.contains("pay_…"), "{logs}");
    // The digits as a value or a word of their own: a random id may well hold them.
    let of_a_card = ["\"4242\"", " 4242", "·4242", "Visa"];
    secrets.extend(of_a_card.map(str::to_owned));
    secrets.extend(["@example.com", "pm_", "Bearer", "Main St"].map(str::to_owned));
    for secret in secrets {
        assert!(!logs.contains(&secret), "{secret} is in the log:\n{logs}");
    }
}
