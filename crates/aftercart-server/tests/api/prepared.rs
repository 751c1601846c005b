//! Offers that are ready before they are asked for: one read, no call to Dodo, and gone with every change.

use crate::arrivals::calls;
use crate::helpers::{MERCHANT_KEY, SHOP, TestApp};
use crate::nodes::offer_at;
use crate::processes::{Database, Process};
use aftercart_contract::{Offer, OfferAnswer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::json;
use std::time::{Duration, Instant};

/// A meter of `aftercart_offers`.
async fn answered(app: &TestApp, answer: &str) -> u64 {
    let metrics = app.get("/metrics").bearer_auth(MERCHANT_KEY).send().await.unwrap().text().await.unwrap();
    let name = format!("aftercart_offers_total{{answer=\"{answer}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&name)).unwrap().parse().unwrap()
}

/// How many offers were made ready.
async fn made(app: &TestApp) -> u64 {
    let metrics = app.get("/metrics").bearer_auth(MERCHANT_KEY).send().await.unwrap().text().await.unwrap();
    let name = "aftercart_prepared_offers_total{result=\"done\"} ";
    metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
}

/// Waits until one more than `before` was made.
async fn made_after(app: &TestApp, before: u64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while made(app).await <= before {
        assert!(Instant::now() < deadline, "nothing was made ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A purchase whose offer is ready.
async fn ready(app: &TestApp, customer: &str) -> String {
    let before = made(app).await;
    let purchase = app.buy(customer, "pdt_presets").await;
    made_after(app, before).await;
    purchase
}

/// The offer, which must be the one that was ready, or must not.
async fn shown(app: &TestApp, purchase: &str, is_ready: bool) -> Offer {
    let (before, asked) = (answered(app, "prepared").await, calls(app).await);
    let offer = app.offer(purchase).await;
    assert_eq!(answered(app, "prepared").await - before, u64::from(is_ready), "whether it was ready");
    if is_ready {
        assert_eq!(calls(app).await, asked, "a ready offer asks Dodo for nothing");
    }
    offer
}

/// Prepared as in a shop: other tests have it turned off.
async fn start() -> TestApp {
    TestApp::start_with(|config| config.dodo_requests_per_minute = 100_000).await
}

#[tokio::test]
async fn an_offer_is_ready_when_it_is_asked_for_and_is_what_dodo_would_have_said() {
    let app = start().await;
    let customer = app.new_customer("many_cards").await;
    let purchase = ready(&app, &customer).await;
    let prepared = shown(&app, &purchase, true).await;

    let plain = TestApp::start().await;
    let customer_there = plain.new_customer("many_cards").await;
    let purchase_there = plain.buy(&customer_there, "pdt_presets").await;
    let asked = plain.offer(&purchase_there).await;
    let bare = |offer: &Offer| {
        let mut document = serde_json::to_value(offer).unwrap();
        for moving in ["token", "payment_methods"] {
            document.as_object_mut().unwrap().remove(moving);
        }
        for moment in ["quoted_at", "expires_at"] {
            document["quote"].as_object_mut().unwrap().remove(moment);
        }
        // Each sandbox has an address of its own.
        document["product"].as_object_mut().unwrap().remove("image_url");
        document
    };
    assert_eq!(bare(&prepared), bare(&asked));
    assert_eq!(prepared.payment_methods.len(), asked.payment_methods.len());
}

#[tokio::test]
async fn one_row_serves_every_language_and_the_customers_own_subject() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    let asked = calls(&app).await;
    let answer = app.get(&format!("/api/upsell/{purchase}?locale=fr")).send().await.unwrap();
    let OfferAnswer::Offer(french) = OfferAnswer::from_json(&answer.text().await.unwrap()).unwrap() else {
        panic!("no offer")
    };
    assert_eq!(french.locale.as_deref(), Some("fr"));
    let own = app.offer_to(&customer).await;
    assert_eq!((own.offer_id, own.locale.as_deref()), (french.offer_id.clone(), Some("en")));
    assert_eq!(calls(&app).await, asked);
    let outcome = app.accept(&purchase, &french, "a-key").await;
    assert!(matches!(outcome, aftercart_contract::Outcome::Succeeded { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_decline_takes_it_away_and_the_next_offer_gets_ready() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    let offer = shown(&app, &purchase, true).await;
    let next = app.decline(&purchase, &offer, None).await.unwrap();
    let made_before = made(&app).await;
    let after = shown(&app, &purchase, false).await;
    assert_eq!(after.offer_id, next.offer_id);
    made_after(&app, made_before).await;
    assert_eq!(shown(&app, &purchase, true).await.offer_id, next.offer_id);
}

#[tokio::test]
async fn an_accept_takes_it_away_at_once() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    let offer = shown(&app, &purchase, true).await;
    app.accept(&purchase, &offer, "a-key").await;
    let before = answered(&app, "prepared").await;
    app.answer(&purchase).await;
    assert_eq!(answered(&app, "prepared").await, before);
}

#[tokio::test]
async fn another_purchase_takes_it_away() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let first = ready(&app, &customer).await;
    // What is offered is bought by hand.
    let offered = shown(&app, &first, true).await.product.id;
    let before = made(&app).await;
    app.buy(&customer, offered.as_str()).await;
    made_after(&app, before).await;
    let before = answered(&app, "prepared").await;
    let answer = app.answer(&first).await;
    assert_eq!(answered(&app, "prepared").await, before);
    if let OfferAnswer::Offer(offer) = answer {
        assert_ne!(offer.product.id, offered);
    }
}

#[tokio::test]
async fn a_trigger_makes_its_offer_ready_and_takes_the_older_one_from_the_customer() {
    let app = TestApp::start_offering_with(
        "[[offer]]\nid = \"a\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]\n{{words}}\
         [[offer]]\nid = \"b\"\nproduct = \"pdt_guide\"\nwhen.onboarding_done = true\n{{words}}",
        |config| config.dodo_requests_per_minute = 100_000,
    )
    .await;
    let customer = app.new_customer("paid").await;
    ready(&app, &customer).await;
    assert_eq!(app.offer_to(&customer).await.offer_id.as_str(), "a");
    let before = made(&app).await;
    app.tell(json!({"customer_id": customer, "trigger": "onboarding_done"})).await;
    made_after(&app, before).await;
    let asked = calls(&app).await;
    assert_eq!(app.offer_to(&customer).await.offer_id.as_str(), "b");
    assert_eq!(calls(&app).await, asked);
}

#[tokio::test]
async fn an_offer_that_is_shown_so_often_at_most_counts_every_time() {
    let app = TestApp::start_offering_with(
        "[[offer]]\nid = \"a\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]\nshow_at_most = 1\n{{words}}",
        |config| config.dodo_requests_per_minute = 100_000,
    )
    .await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    shown(&app, &purchase, true).await;
    let event = json!({"name": "shown", "at": "2026-01-16T10:00:00Z"});
    let request = app.post(&format!("/api/upsell/{purchase}/events")).header("origin", SHOP);
    let told = request.json(&json!({"offer_id": "a", "events": [event]})).send().await.unwrap();
    assert_eq!(told.status(), 204);
    assert_eq!(app.no_offer(&purchase).await.0, "shown_often");
}

#[tokio::test]
async fn half_of_a_quotes_time_is_the_shoppers() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    let first = shown(&app, &purchase, true).await;
    app.clock.advance(SignedDuration::from_secs(301));
    // The keeper may have made it anew in the meantime: either way it is not the old price.
    let second = app.offer(&purchase).await;
    assert_ne!(first.quote.unwrap().quoted_at, second.quote.unwrap().quoted_at);
}

#[tokio::test]
async fn what_runs_out_is_made_anew_in_the_background() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    let before = made(&app).await;
    app.clock.advance(SignedDuration::from_secs(250));
    made_after(&app, before).await;
    app.clock.advance(SignedDuration::from_secs(100));
    shown(&app, &purchase, true).await;
}

#[tokio::test]
async fn an_old_purchase_opens_nothing_however_ready_its_offer_is() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    app.clock.advance(SignedDuration::from_mins(31));
    assert_eq!(app.no_offer(&purchase).await.0, "too_late");
}

#[tokio::test]
async fn nobody_is_given_a_checkout_before_they_ask() {
    let app = start().await;
    let customer = app.new_customer("no_method").await;
    ready(&app, &customer).await;
    assert_eq!(app.opened_checkouts().await.len(), 0);
}

#[tokio::test]
async fn without_a_budget_the_first_page_waits_for_dodo_and_what_it_waited_for_is_kept() {
    let app = TestApp::start_with(|config| config.dodo_requests_per_minute = 4).await;
    let customer = app.new_customer("paid").await;
    let purchase = app.buy(&customer, "pdt_presets").await;
    assert_eq!(made(&app).await, 0);
    let first = shown(&app, &purchase, false).await;
    assert_eq!(made(&app).await, 1);
    let again = shown(&app, &purchase, true).await;
    assert_eq!((&again.offer_id, &again.quote), (&first.offer_id, &first.quote));
    app.decline(&purchase, &again, None).await;
    assert_ne!(shown(&app, &purchase, false).await.offer_id, first.offer_id, "of a decline it knows nothing");
}

#[tokio::test]
async fn what_a_vouched_page_waited_for_vouches_for_nobody_else() {
    let app = TestApp::start_with(|config| config.dodo_requests_per_minute = 4).await;
    let customer = app.new_customer("paid").await;
    let purchase = app.buy(&customer, "pdt_presets").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    let vouched = loop {
        if let OfferAnswer::Offer(offer) = app.answer_to(&customer).await {
            break offer;
        }
        assert!(Instant::now() < deadline, "the webhook never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let plain = shown(&app, &purchase, true).await;
    assert_eq!((is_vouched(&vouched), is_vouched(&plain)), (true, false));
}

/// Whether an offer's token says that the merchant vouched for who asked.
fn is_vouched(offer: &Offer) -> bool {
    let token = offer.token.as_ref().unwrap().reveal();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(2).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["vch"] == true
}

async fn two_nodes(database: &Database) {
    let app = TestApp::start().await;
    let dodo = app.sandbox.url();
    let processes = [Process::start(database, &dodo, &dodo), Process::start(database, &dodo, &dodo)];
    app.control("webhooks", json!({"url": format!("{}/webhooks/dodo", processes[1].url)})).await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    // The one that got the webhook makes it ready; the other one shows it.
    let offer = loop {
        let before = calls(&app).await;
        let offer = offer_at(&app, &processes[0].url, &purchase).await;
        if calls(&app).await == before {
            break offer;
        }
        assert!(Instant::now() < deadline, "it never is ready");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    // And does not any more, once the first has taken an answer.
    let body = json!({"offer_id": offer.offer_id, "token": offer.token});
    let request = app.http.post(format!("{}/api/upsell/{purchase}/decline", processes[1].url));
    assert_eq!(request.header("origin", SHOP).json(&body).send().await.unwrap().status(), 200);
    assert_ne!(offer_at(&app, &processes[0].url, &purchase).await.offer_id, offer.offer_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_made_ready_another_shows_on_sqlite() {
    two_nodes(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_made_ready_another_shows_on_postgresql() {
    if let Some(database) = Database::postgres().await {
        two_nodes(&database).await;
    }
}

#[tokio::test]
async fn other_rules_make_every_ready_offer_void() {
    let app = start().await;
    let customer = app.new_customer("paid").await;
    let purchase = ready(&app, &customer).await;
    shown(&app, &purchase, true).await;
    let book = std::env::temp_dir().join(format!("offers-{}.toml", uuid::Uuid::new_v4()));
    let text = "default_locale = \"en\"\n[[offer]]\nid = \"other\"\nproduct = \"pdt_guide\"\n\
                when.purchased = [\"pdt_presets\"]\n[offer.locale.en]\nfeatures = [\"A\"]\n";
    std::fs::write(&book, text).unwrap();
    let app = app.restarted_with(|config| config.offers = book).await;
    assert_eq!(shown(&app, &purchase, false).await.offer_id.as_str(), "other");
}
