//! One test per way that a charge can go.

use crate::helpers::TestApp;
use aftercart_contract::{Failure, Mode, Offer, Outcome};
use dodo_sandbox::{DeclineMode, SandboxConfig};
use serde_json::json;

fn failure(outcome: Outcome) -> Failure {
    match outcome.settled() {
        Outcome::Failed(failure) => failure,
        other => panic!("a failure, not {other:?}"),
    }
}

fn is_paid(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Succeeded { .. })
}

/// A charge that fails: this code leaves the server, with a sentence and a standard checkout; the
/// method is tried once, and a reload says the same.
async fn check_failure(customer: &str, code: &str) -> (TestApp, String, Offer, Failure) {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered(customer, "pdt_presets").await;
    let failed = failure(app.accept(&purchase, &offer, "click-1").await);
    assert_eq!(failed.code, code);
    assert!(failed.message.contains("not been charged"), "{}", failed.message);
    assert_eq!(app.charges().await.len(), 1);
    let (reason, outcome) = app.no_offer(&purchase).await;
    assert_eq!(reason, "already_accepted");
    assert_eq!(failure(outcome.unwrap()), failed);
    let opened = app.opened_checkouts().await;
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0]["show_saved_payment_methods"], true);
    assert_eq!(opened[0]["return_url"], "http://127.0.0.1:8080/thanks");
    assert!(opened[0].get("payment_method_id").is_none());
    (app, purchase, offer, failed)
}

#[tokio::test]
async fn a_declined_card_leads_to_the_standard_checkout_and_paying_there_counts() {
    let (app, purchase, offer, failed) = check_failure("cus_declined", "insufficient_funds").await;
    let due = offer.quote.as_ref().unwrap().due_now.get();
    let paid = app.pay_at(&failed.checkout_url.unwrap(), due, "5555 5555 5555 4444").await;
    let (reason, outcome) = app.no_offer(&paid).await;
    assert_eq!(reason, "own_payment");
    let Some(Outcome::Succeeded { payment_id, receipt, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(payment_id.unwrap().as_str(), paid);
    let receipt = receipt.unwrap();
    assert_eq!((receipt.amount.get(), receipt.last4.as_deref()), (due, Some("4444")));
    assert!(is_paid(&app.status(&purchase, &offer).await));
    assert!(is_paid(&app.status(&paid, &offer).await));
}

#[tokio::test]
async fn each_failure_has_its_code_and_fraud_has_none_of_its_own() {
    for (customer, code) in [
        ("cus_generic_decline", "generic_decline"),
        ("cus_fraud", "generic_decline"),
        ("cus_network", "processing_error"),
        ("cus_rate_limited", "too_many_requests"),
        ("cus_foreign_method", "not_found"),
        ("cus_unsupported", "no_eligible_payment_methods"),
    ] {
        check_failure(customer, code).await;
    }
}

#[tokio::test]
async fn a_decline_that_is_answered_402_is_a_failure_too() {
    let sandbox = SandboxConfig { decline_mode: DeclineMode::PaymentRequired, ..SandboxConfig::default() };
    let app = TestApp::start_at(sandbox, |_| {}).await;
    let (purchase, offer) = app.offered("cus_declined", "pdt_presets").await;
    failure(app.accept(&purchase, &offer, "click-1").await);
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_failure_speaks_the_shoppers_language() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_declined", "pdt_presets").await;
    let french = app.get(&format!("/api/upsell/{purchase}?locale=fr")).send().await.unwrap();
    let offer: Offer = serde_json::from_str(&french.text().await.unwrap()).unwrap();
    assert_eq!(offer.locale.as_deref(), Some("fr"));
    assert_eq!(offer.quote.as_ref().unwrap().display.due_now.as_deref(), Some("53,90\u{a0}$US"));
    let failed = failure(app.accept(&purchase, &offer, "click-1").await);
    assert!(failed.message.contains("Vous n’avez pas été débité"), "{}", failed.message);
}

#[tokio::test]
async fn a_bank_that_wants_the_customer_gets_them_once_and_no_second_charge() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_3ds", "pdt_presets").await;
    let Outcome::ActionRequired { url } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("the bank wants the customer")
    };
    assert!(url.as_str().starts_with(&app.sandbox.url()));
    let again = app.accept(&purchase, &offer, "click-2").await;
    assert_eq!(again.settled(), Outcome::ActionRequired { url });
    assert_eq!((app.charges().await.len(), app.opened_checkouts().await.len()), (1, 0));
}

#[tokio::test]
async fn who_goes_back_from_the_bank_is_charged_nothing_and_may_pay_otherwise() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_3ds", "pdt_presets").await;
    let Outcome::ActionRequired { url } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("the bank wants the customer")
    };
    let (_, payment) = url.as_str().rsplit_once('/').unwrap();
    app.sandbox.with_core(|core, now| core.cancel_payment(now, payment)).unwrap();
    let ended = app.status_until(&purchase, &offer, |outcome| matches!(outcome, Outcome::Failed(_))).await;
    let failed = failure(ended);
    assert_eq!((failed.code.as_str(), failed.checkout_url.is_some()), ("cancelled", true));
    assert!(failed.message.contains("cancelled"), "{}", failed.message);
    assert!(failed.message.contains("not been charged"), "{}", failed.message);
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_bank_page_outside_the_allowed_hosts_is_never_named() {
    let app = TestApp::start_with(|config| config.redirect_hosts = vec!["bank.example".into()]).await;
    let (purchase, offer) = app.offered("cus_3ds", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Processing { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_wish_of_the_bank_without_an_address_is_waited_for() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_3ds_no_link", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Processing { .. }), "{outcome:?}");
    assert_eq!(app.opened_checkouts().await.len(), 0);
}

#[tokio::test]
async fn processing_is_told_and_ends_in_the_truth() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_processing", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert_eq!(outcome, Outcome::Processing { poll_after_ms: 2000 });
    app.control("clock", json!({"advance_seconds": 10})).await;
    app.status_until(&purchase, &offer, is_paid).await;
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn processing_that_fails_leads_to_the_checkout_only_then() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_processing_fails", "pdt_presets").await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Processing { .. }), "{outcome:?}");
    assert_eq!(app.opened_checkouts().await.len(), 0);
    app.control("clock", json!({"advance_seconds": 10})).await;
    let ended = app.status_until(&purchase, &offer, |outcome| matches!(outcome, Outcome::Failed(_))).await;
    assert!(failure(ended).checkout_url.is_some());
}

#[tokio::test]
async fn a_lost_answer_is_found_again_and_never_sent_again() {
    for customer in ["cus_lost_answer", "cus_error_after_commit"] {
        let app = TestApp::start().await;
        let (purchase, offer) = app.offered(customer, "pdt_presets").await;
        assert!(is_paid(&app.accept(&purchase, &offer, "click-1").await), "{customer}");
        assert_eq!(app.charges().await.len(), 1, "{customer}");
        let paid = app.payments(customer).await;
        let attempts = paid.iter().filter(|payment| payment["metadata"]["aftercart_attempt"].is_string());
        assert_eq!(attempts.count(), 1, "{customer}");
    }
}

#[tokio::test]
async fn a_time_out_is_unknown_until_the_payment_is_found() {
    let app = TestApp::start_with(|config| config.dodo.timeout = std::time::Duration::from_secs(1)).await;
    // No webhook comes, and even the search finds no answer at first.
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    app.control("webhooks", json!({"paused": true})).await;
    app.control(
        "faults",
        json!({"method": "GET", "path_prefix": "/payments", "customer_id": "cus_slow", "times": 2,
            "fault": {"kind": "status", "status": 500}}),
    )
    .await;
    let outcome = app.accept(&purchase, &offer, "click-1").await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    app.status_until(&purchase, &offer, is_paid).await;
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_slow_answer_within_the_limit_is_simply_waited_for() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    assert!(is_paid(&app.accept(&purchase, &offer, "click-1").await));
}

#[tokio::test]
async fn a_conflict_stays_unknown_and_invites_to_no_second_payment() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_conflict", "pdt_presets").await;
    for _ in 0..3 {
        let outcome = app.accept(&purchase, &offer, "click-1").await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    }
    assert_eq!((app.charges().await.len(), app.opened_checkouts().await.len()), (1, 0));
}

#[tokio::test]
async fn without_a_usable_method_the_offer_leads_to_a_checkout() {
    for (customer, product) in [
        ("cus_expired_card", "pdt_presets"),
        ("cus_no_method", "pdt_presets"),
        ("cus_not_recurring", "pdt_guide"),
    ] {
        let app = TestApp::start().await;
        let (purchase, offer) = app.offered(customer, product).await;
        assert_eq!(offer.mode, Mode::Checkout, "{customer}");
        assert!(offer.payment_methods.is_empty(), "{customer}");
        let url = offer.checkout_url.clone().unwrap();
        assert_eq!(app.offer(&purchase).await.checkout_url.unwrap(), url, "one checkout per offer");
        assert_eq!((app.opened_checkouts().await.len(), app.charges().await.len()), (1, 0), "{customer}");
        let refused = failure(app.accept(&purchase, &offer, "click-1").await);
        assert_eq!((refused.code.as_str(), refused.checkout_url), ("no_payment_method", Some(url.clone())));
        let due = offer.quote.as_ref().unwrap().due_now.get();
        let paid = app.pay_at(&url, due, "4242 4242 4242 4242").await;
        let (reason, outcome) = app.no_offer(&paid).await;
        assert_eq!(reason, "own_payment", "{customer}");
        assert!(is_paid(&outcome.unwrap()), "{customer}");
    }
}

#[tokio::test]
async fn a_card_that_may_not_be_charged_again_still_buys_something_once() {
    let app = TestApp::start().await;
    let (_, offer) = app.offered("cus_not_recurring", "pdt_presets").await;
    assert_eq!(offer.mode, Mode::OneClick);
}

#[tokio::test]
async fn a_plan_says_what_and_when_it_renews() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_guide").await;
    let renewal = offer.quote.as_ref().unwrap().renewal.clone().unwrap();
    assert_eq!((renewal.amount.get(), renewal.interval.count.get()), (2200, 1));
    assert_eq!(offer.product.interval, Some(renewal.interval));
    assert!(is_paid(&app.accept(&purchase, &offer, "click-1").await));
}

#[tokio::test]
async fn of_many_cards_the_good_ones_are_shown_and_the_chosen_one_is_charged() {
    let app = TestApp::start().await;
    let (purchase, mut offer) = app.offered("cus_many_cards", "pdt_presets").await;
    assert_eq!(offer.payment_methods.len(), 3);
    assert!(offer.payment_methods[0].default && !offer.payment_methods[1].default);
    let shown = serde_json::to_string(&offer).unwrap();
    assert!(!shown.contains("pm_"), "{shown}");
    let chosen = offer.payment_methods.remove(2);
    offer.payment_methods = vec![chosen.clone()];
    let Outcome::Succeeded { receipt, .. } = app.accept(&purchase, &offer, "click-1").await else {
        panic!("paid")
    };
    assert_eq!(receipt.unwrap().last4, chosen.last4);
    assert_eq!(app.payments("cus_many_cards").await[0]["card_last_four"], chosen.last4.unwrap());
}

#[tokio::test]
async fn a_purchase_that_no_offer_follows_gets_none() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_not_eligible", "pdt_stickers").await;
    assert_eq!(app.no_offer(&purchase).await, ("no_rule".into(), None));
}

#[tokio::test]
async fn prices_come_in_their_own_currency_with_the_customers_tax() {
    for (customer, product, currency, due, text) in [
        ("cus_de", "pdt_presets", "USD", 5831, "$58.31"),
        ("cus_jp", "pdt_lut_eur", "JPY", 4950, "¥4,950"),
        ("cus_kw", "pdt_brush_jpy", "KWD", 12_500, "KWD\u{a0}12.500"),
        ("cus_de", "pdt_archive_kwd", "EUR", 3900, "€39.00"),
    ] {
        let app = TestApp::start().await;
        let (purchase, offer) = app.offered(customer, product).await;
        let quote = offer.quote.as_ref().unwrap();
        assert_eq!((quote.currency.code(), quote.due_now.get()), (currency, due), "{customer} {product}");
        assert_eq!(quote.display.due_now.as_deref(), Some(text));
        let Outcome::Succeeded { receipt, .. } = app.accept(&purchase, &offer, "click-1").await else {
            panic!("paid")
        };
        assert_eq!(receipt.unwrap().amount.get(), due);
    }
}
