//! Every reason for showing nothing is reached, and explained by the check that failed, with the value it saw.
//!
//! A new reason of the contract does not compile here without a case of its own.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp};
use crate::operator::machine::printed;
use aftercart_contract::{OfferAnswer, Reason};
use dodo_sandbox::DEFAULT_API_KEY;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A course after presets.
const COURSE: &str = "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]\nEXTRA{{words}}";
/// An upgrade after stickers.
const UPGRADE: &str = "[[offer]]\nid = \"plan\"\nkind = \"upgrade\"\nproduct = \"pdt_pro\"\nwhen.purchased = [\"pdt_stickers\"]\n\
    change.from = [\"pdt_basic\"]{{words}}";

/// A subject that is shown nothing.
struct Case {
    app: TestApp,
    subject: String,
    /// The check that failed.
    check: &'static str,
    /// In what it saw.
    seen: String,
}

fn case(app: TestApp, subject: String, check: &'static str, seen: impl Into<String>) -> Case {
    Case { app, subject, check, seen: seen.into() }
}

async fn course(extra: &str) -> TestApp {
    TestApp::start_offering(&COURSE.replace("EXTRA", extra)).await
}

/// A case of the shop that offers an upgrade.
async fn plan(customer: &str, seen: &str) -> Case {
    let app = TestApp::start_offering(UPGRADE).await;
    let purchase = app.buy(customer, "pdt_stickers").await;
    case(app, purchase, "changeable", seen)
}

async fn dodo(app: &TestApp, path: &str, body: Value) -> Value {
    let request = app.http.post(format!("{}{path}", app.sandbox.url())).bearer_auth(DEFAULT_API_KEY);
    let answer = request.json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}");
    answer.json().await.unwrap()
}

async fn reached(reason: &Reason) -> Case {
    match reason {
        Reason::UnknownSubject => {
            case(course("").await, "pay_nobody".into(), "known", "neither we nor Dodo know it")
        }
        Reason::TooLate => {
            let app = course("").await;
            let (purchase, _) = app.offered("cus_paid", "pdt_presets").await;
            app.clock.advance(SignedDuration::from_hours(24));
            case(app, purchase, "fresh", "paid at 20")
        }
        Reason::NoRule => {
            let app = course("").await;
            let other = app.buy("cus_paid", "pdt_guide").await;
            let seen = format!("{other} of pdt_guide");
            case(app, other, "opened", seen)
        }
        Reason::NoPaymentMethod => plan("cus_upgrade_no_method", "without a method; none saved").await,
        Reason::AlreadyAccepted => {
            let app = course("").await;
            let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
            app.accept(&purchase, &offer, "click-1").await;
            case(app, purchase, "not_accepted", "accepted at step 0")
        }
        Reason::Declined => {
            let app = course("").await;
            let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
            app.decline(&purchase, &offer, None).await;
            let seen = format!("on {purchase}");
            case(app, purchase, "not_declined", seen)
        }
        Reason::OwnPayment => {
            let app = course("").await;
            let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
            app.accept(&purchase, &offer, "click-1").await;
            let own = app.payments("cus_paid").await[0]["payment_id"].as_str().unwrap().to_owned();
            case(app, own, "a_purchase", "the charge of the offer course")
        }
        Reason::NotPaid => {
            let app = course("").await;
            let body = json!({"product_cart": [{"product_id": "pdt_presets", "quantity": 1}], "confirm": true,
                "customer": {"customer_id": "cus_3ds"}, "payment_method_id": "pm_3ds"});
            let session = dodo(&app, "/checkouts", body).await;
            let payment = session["payment_id"].as_str().unwrap().to_owned();
            case(app, payment, "paid", "requires_customer_action")
        }
        Reason::NoQuote => {
            let app =
                TestApp::start_offering(&COURSE.replace("pdt_course", "pdt_gone").replace("EXTRA", "")).await;
            let purchase = app.buy("cus_paid", "pdt_presets").await;
            case(app, purchase, "priced", "Dodo knows no pdt_gone")
        }
        Reason::AlreadyOwned => {
            let app = course("").await;
            let owned = app.buy("cus_paid", "pdt_course").await;
            app.no_offer(&owned).await;
            let purchase = app.buy("cus_paid", "pdt_presets").await;
            case(app, purchase, "not_owned", "pdt_course is bought")
        }
        Reason::ShownOften => {
            let app = course("show_at_most = 1").await;
            let (purchase, _) = app.offered("cus_paid", "pdt_presets").await;
            let shown =
                json!({"offer_id": "course", "events": [{"name": "shown", "at": "2026-01-16T10:00:00Z"}]});
            let request = app.post(&format!("/api/upsell/{purchase}/events")).header("origin", SHOP);
            request.json(&shown).send().await.unwrap();
            case(app, purchase, "not_shown_often", "shown 1 times")
        }
        Reason::Ended => {
            let app = course("ends_at = 2020-01-01T00:00:00Z").await;
            let purchase = app.buy("cus_paid", "pdt_presets").await;
            case(app, purchase, "not_ended", "20")
        }
        Reason::NoSubscription => plan("cus_paid", "no subscription to these plans").await,
        Reason::OnDemand => plan("cus_on_demand", "to pdt_basic is active, on demand").await,
        Reason::Cancelling => plan("cus_cancelling", "to pdt_basic is active, ends at 20").await,
        Reason::ChangePending => {
            let found = plan("cus_upgrade", "to pdt_basic is active, changes to pdt_starter").await;
            let list = found
                .app
                .http
                .get(format!("{}/subscriptions?customer_id=cus_upgrade", found.app.sandbox.url()));
            let list: Value = list.bearer_auth(DEFAULT_API_KEY).send().await.unwrap().json().await.unwrap();
            let id = list["items"][0]["subscription_id"].as_str().unwrap();
            let later = json!({"product_id": "pdt_starter", "quantity": 1, "effective_at": "next_billing_date",
                "proration_billing_mode": "full_immediately", "on_payment_failure": "prevent_change"});
            dodo(&found.app, &format!("/subscriptions/{id}/change-plan"), later).await;
            found
        }
        // The one reason that only this backend has.
        Reason::Other(_) => {
            let app = course("").await;
            let renewal =
                json!({"customer_id": "cus_upgrade", "product_id": "pdt_basic", "charge_type": "renewal"});
            let renewal = app.buy_with(renewal).await;
            case(app, renewal, "a_new_purchase", "renewal")
        }
    }
}

/// What Dodo was asked to do or told, and what is stored, as far as anybody can see.
async fn traces(app: &TestApp) -> (usize, Vec<String>) {
    let log = app.observe("requests").await;
    let items = log["items"].as_array().unwrap().iter();
    let writes =
        items.filter(|sent| sent["method"] != "GET" && !sent["path"].as_str().unwrap().ends_with("/preview"));
    (writes.count(), app.states().await)
}

async fn check(reason: &Reason) {
    let Case { app, subject, check, seen } = reached(reason).await;
    let code = reason.code();
    // Explained first: that nobody has looked yet is no reason of its own.
    let before = traces(&app).await;
    let asked = app.get(&format!("/api/upsell/{subject}/explain")).bearer_auth(MERCHANT_KEY).send();
    let document: Value = asked.await.unwrap().json().await.unwrap();
    assert_eq!(document["reason"], code, "{document:#}");
    let of_offers = document["offers"].as_array().unwrap().iter();
    let of_offers = of_offers.flat_map(|offer| offer["checks"].as_array().unwrap());
    let mut checks = document["checks"].as_array().unwrap().iter().chain(of_offers);
    let failed = checks.find(|line| line["passed"] == false && line["reason"] == code);
    let failed = failed.unwrap_or_else(|| panic!("{code}: no check failed: {document:#}"));
    assert_eq!(failed["check"], check, "{code}");
    assert!(failed["seen"].as_str().unwrap().contains(&seen), "{code}: {failed}");
    // The program at the machine knows no clock but the machine's.
    if *reason != Reason::TooLate {
        let text = printed(&app, &["explain", &subject]);
        assert!(text.starts_with(&format!("{subject} is shown nothing: {code}\n")), "{text}");
        let line = text.lines().find(|line| line.starts_with('!') && line.contains(check));
        assert!(line.is_some_and(|line| line.contains(code) && line.contains(&seen)), "{text}");
    }
    assert_eq!(traces(&app).await, before, "{code}: explaining changes nothing");
    assert_eq!(app.no_offer(&subject).await.0, code);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_is_reached_and_explained_with_what_was_seen() {
    for (_, reason) in &Reason::NAMED {
        check(reason).await;
    }
    check(&Reason::Other("not_a_new_purchase".to_owned())).await;
}

#[tokio::test]
async fn explaining_opens_no_checkout_and_tells_that_a_page_would() {
    let app = course("").await;
    let purchase = app.buy("cus_expired_card", "pdt_presets").await;
    let before = traces(&app).await;
    let asked = app.get(&format!("/api/upsell/{purchase}/explain")).bearer_auth(MERCHANT_KEY).send();
    let document: Value = asked.await.unwrap().json().await.unwrap();
    assert_eq!(document["offer_id"], "course");
    assert!(document.to_string().contains("expired; a checkout is opened when it is shown"), "{document:#}");
    assert_eq!((traces(&app).await, app.opened_checkouts().await.len()), (before, 0));
}

#[tokio::test]
async fn a_card_that_was_refused_in_a_currency_is_not_proposed_in_it_again() {
    let app = course("").await;
    let (purchase, offer) = app.offered("cus_unsupported", "pdt_presets").await;
    assert_eq!(offer.mode, aftercart_contract::Mode::OneClick);
    app.accept(&purchase, &offer, "click-1").await;
    let (again, offer) = app.offered("cus_unsupported", "pdt_presets").await;
    assert_eq!((offer.mode, offer.payment_methods.len()), (aftercart_contract::Mode::Checkout, 0));
    assert!(offer.checkout_url.is_some());
    let asked = app.get(&format!("/api/upsell/{again}/explain")).bearer_auth(MERCHANT_KEY).send();
    let document: Value = asked.await.unwrap().json().await.unwrap();
    assert!(document.to_string().contains("Visa 4242 2032-06: refused in USD before"), "{document:#}");
}

#[tokio::test]
async fn a_trial_of_a_product_that_is_no_plan_is_not_offered_and_explained() {
    let app = course("trial_days = 7").await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let OfferAnswer::Ineligible(nothing) = app.answer(&purchase).await else { panic!("a trial") };
    assert_eq!(nothing.reason.unwrap().code(), "no_quote");
    let asked = app.get(&format!("/api/upsell/{purchase}/explain")).bearer_auth(MERCHANT_KEY).send();
    let document: Value = asked.await.unwrap().json().await.unwrap();
    assert!(document.to_string().contains("7 free days, and pdt_course is no plan"), "{document:#}");
}
