//! What a monitoring system reads: states, lag, refusals; and no word that somebody else chose.

use crate::helpers::{MERCHANT_KEY, TestApp, problem};
use aftercart_server::Secret;
use jiff::SignedDuration;
use serde_json::json;
use sqlx::Connection;

const METRICS_KEY: &str = "metrics-key-of-the-tests";

async fn scraped(app: &TestApp) -> String {
    let answer = app.get("/metrics").bearer_auth(MERCHANT_KEY).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.text().await.unwrap()
}

/// The value of one line.
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in:\n{text}")).parse().unwrap()
}

fn check(text: &str, expected: &[(&str, f64)]) {
    for (name, wanted) in expected {
        assert!((value(text, name) - wanted).abs() < 1e-9, "{name} is not {wanted} in:\n{text}");
    }
}

#[tokio::test]
async fn states_answers_and_charges_are_counted() {
    let app = TestApp::start().await;
    check(
        &scraped(&app).await,
        &[("aftercart_attempts{state=\"succeeded\"}", 0.0), ("aftercart_store_up", 1.0)],
    );
    for (customer, key) in [("cus_paid", "click-1"), ("cus_declined", "click-2"), ("cus_conflict", "click-3")]
    {
        let (purchase, offer) = app.offered(customer, "pdt_presets").await;
        app.accept(&purchase, &offer, key).await;
        app.accept(&purchase, &offer, key).await;
    }
    app.clock.advance(SignedDuration::from_secs(90));
    let text = scraped(&app).await;
    check(
        &text,
        &[
            ("aftercart_attempts{state=\"succeeded\"}", 1.0),
            ("aftercart_attempts{state=\"failed\"}", 1.0),
            ("aftercart_attempts{state=\"unknown\"}", 1.0),
            ("aftercart_attempts{state=\"given_up\"}", 0.0),
            ("aftercart_refunds{state=\"succeeded\"}", 0.0),
            ("aftercart_oldest_open_attempt_age_seconds{state=\"sent\"}", 0.0),
            ("aftercart_accepts_total{outcome=\"succeeded\"}", 2.0),
            ("aftercart_accepts_total{outcome=\"failed\"}", 2.0),
            ("aftercart_accepts_total{outcome=\"unknown\"}", 2.0),
            ("aftercart_charge_duration_seconds_count{answer=\"initiated\"}", 2.0),
            ("aftercart_charge_duration_seconds_count{answer=\"lost\"}", 1.0),
        ],
    );
    let age = value(&text, "aftercart_oldest_open_attempt_age_seconds{state=\"unknown\"}");
    assert!((90.0..300.0).contains(&age), "{age}");
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_store_is_counted_at_most_every_few_seconds_and_says_nothing_while_it_fails() {
    let app = TestApp::start().await;
    let first = scraped(&app).await;
    let url = format!("sqlite://{}", app.directory.path().join("test.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("drop table refunds").execute(&mut connection).await.unwrap();
    let states = |text: &str| text.lines().filter(|line| line.contains("{state=")).count();
    assert_eq!(states(&scraped(&app).await), states(&first));
    app.clock.advance(SignedDuration::from_secs(6));
    let text = scraped(&app).await;
    check(&text, &[("aftercart_store_up", 0.0)]);
    assert_eq!(states(&text), 0, "{text}");
}

#[tokio::test]
async fn webhooks_are_counted_with_their_lag() {
    let app = TestApp::start().await;
    // Dodo's event is, for this server, half an hour old when it arrives.
    app.clock.advance(SignedDuration::from_mins(30));
    app.control("purchases", json!({"customer_id": "cus_paid", "product_id": "pdt_presets"})).await;
    let forged = app.post("/webhooks/dodo").body("{}").send().await.unwrap();
    assert_eq!(forged.status(), 401);
    for _ in 0..100 {
        let text = scraped(&app).await;
        let applied = value(&text, "aftercart_webhooks_total{result=\"applied\"}");
        if applied > 0.0 {
            check(
                &text,
                &[
                    ("aftercart_webhook_lag_seconds_count", applied),
                    ("aftercart_webhook_lag_seconds_bucket{le=\"300.0\"}", 0.0),
                    ("aftercart_webhook_lag_seconds_bucket{le=\"7200.0\"}", applied),
                    ("aftercart_webhooks_total{result=\"bad_signature\"}", 1.0),
                    ("aftercart_webhooks_total{result=\"failed\"}", 0.0),
                ],
            );
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no webhook came");
}

/// Lost answers must not wait behind the paid offers of a busy hour.
#[tokio::test]
async fn a_paid_offer_with_nothing_beside_it_takes_no_look_of_the_reconciler() {
    const ROUNDS: &str = "aftercart_reconciler_rounds_total{result=\"done\"}";
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    let accepted = value(&scraped(&app).await, ROUNDS);
    for _ in 0..100 {
        let text = scraped(&app).await;
        // The second round from here has begun after the accept, and the third sees what the second left.
        if value(&text, ROUNDS) > accepted + 2.0 {
            check(&text, &[("aftercart_reconciler_looks_total{result=\"done\"}", 0.0)]);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no rounds of the reconciler");
}

#[tokio::test]
async fn refusals_are_counted_by_code_in_json_and_on_pages_and_rounds_are_counted() {
    let app = TestApp::start().await;
    app.get("/api/upsell/nobody").send().await.unwrap();
    app.get("/api/upsell/pay_1/outcome").send().await.unwrap();
    app.get("/somewhere/else").send().await.unwrap();
    app.get("/metrics").send().await.unwrap();
    for _ in 0..100 {
        let text = scraped(&app).await;
        if value(&text, "aftercart_reconciler_rounds_total{result=\"done\"}") > 0.0 {
            check(
                &text,
                &[
                    ("aftercart_refusals_total{code=\"unknown_subject\"}", 1.0),
                    ("aftercart_refusals_total{code=\"malformed\"}", 1.0),
                    ("aftercart_refusals_total{code=\"not_found\"}", 1.0),
                    ("aftercart_refusals_total{code=\"merchant_key_wrong\"}", 1.0),
                    ("aftercart_reconciler_rounds_total{result=\"failed\"}", 0.0),
                    ("aftercart_reconciler_looks_total{result=\"failed\"}", 0.0),
                ],
            );
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no round of the reconciler");
}

#[tokio::test]
async fn no_label_holds_an_id_or_what_a_caller_sent() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    app.accept(&purchase, &offer, "click-1").await;
    app.get("/api/upsell/pay_secret/status?offer_id=words-of-a-caller").send().await.unwrap();
    app.get("/words-of-a-caller").send().await.unwrap();
    let text = scraped(&app).await;
    for id in ["pay_", "cus_", "pdt_", "course", "click-1", "words-of-a-caller", "127.0.0.1"] {
        assert!(!text.contains(id), "{id} in:\n{text}");
    }
}

#[tokio::test]
async fn only_a_key_opens_the_metrics_and_the_metrics_key_opens_nothing_else() {
    let app = TestApp::start_with(|config| config.metrics_key = Some(Secret::new(METRICS_KEY))).await;
    let ask = async |path: &str, key: &str| app.get(path).bearer_auth(key).send().await.unwrap();
    assert_eq!(ask("/metrics", METRICS_KEY).await.status(), 200);
    assert_eq!(ask("/metrics", MERCHANT_KEY).await.status(), 200);
    assert_eq!(problem(ask("/metrics", "another").await).await, (401, "merchant_key_wrong".into()));
    assert_eq!(problem(ask("/api/attempts", METRICS_KEY).await).await, (401, "merchant_key_wrong".into()));
    let closed = TestApp::start_with(|config| config.merchant_key = None).await;
    assert_eq!(
        problem(closed.get("/metrics").send().await.unwrap()).await,
        (403, "merchant_key_not_set".into())
    );
}
