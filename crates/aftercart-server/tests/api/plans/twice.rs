//! A plan that was paid twice: the later payment is given back, and the subscription that it began ends.

use crate::helpers::TestApp;
use crate::operator::machine::printed;
use crate::reconcile::refund_until;
use aftercart_contract::Outcome;
use dodo_sandbox::DEFAULT_API_KEY;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A subscription that was begun twice.
struct Twice {
    app: TestApp,
    /// Of the click, and of the checkout after it.
    payments: [String; 2],
    /// Begun by them.
    subscriptions: [String; 2],
}

/// A plan is declined, paid with another card, and then in its checkout, too. `fault` is made for the first payment's
/// id before the second is paid.
async fn paid_twice(trial: &str, fault: impl FnOnce(&str) -> Option<Value>) -> Twice {
    let offers = format!(
        "[[offer]]\nid = \"plan\"\nproduct = \"pdt_starter\"\nwhen.purchased = [\"pdt_presets\"]\n{trial}{{{{words}}}}"
    );
    let app = TestApp::start_offering(&offers).await;
    let customer = app.new_customer("declined").await;
    app.control(&format!("customers/{customer}/methods"), json!({"last4": "1881"})).await;
    let (purchase, mut offer) = app.offered(&customer, "pdt_presets").await;
    offer.payment_methods.retain(|method| method.last4.as_deref() == Some("9995"));
    offer.payment_methods[0].default = true;
    let told = app.accept(&purchase, &offer, "click-1").await.settled();
    let Outcome::Failed(failure) = told else { panic!("{told:?}") };
    let told = app.accept(&purchase, &failure.retry.unwrap(), "click-2").await;
    let Outcome::Succeeded { payment_id: Some(first), .. } = told else { panic!("{told:?}") };
    app.control("clock", json!({"advance_seconds": 5})).await;
    if let Some(fault) = fault(first.as_str()) {
        app.control("faults", fault).await;
    }
    let due = offer.quote.as_ref().unwrap().due_now.get();
    let late = app.pay_at(&failure.checkout_url.unwrap(), due, "4242 4242 4242 4242").await;
    let payments = [first.to_string(), late];
    let list = app.payments(&customer).await;
    let begun_by = |payment: &String| {
        let found = list.iter().find(|found| found["payment_id"] == **payment).unwrap();
        found["subscription_id"].as_str().unwrap().to_owned()
    };
    Twice { subscriptions: payments.each_ref().map(begun_by), payments, app }
}

impl Twice {
    /// Until the server has read that it is over, and looks at it no more: it stores that after the other.
    async fn ended(&self) -> Value {
        let is_done =
            |refund: &Value| refund["subscription_ended_at"].is_string() && refund["next_look_at"].is_null();
        refund_until(&self.app, is_done).await
    }

    /// Until the money is given back and the server has asked so often for the end of a subscription.
    async fn asked(&self, times: usize) {
        refund_until(&self.app, |refund| refund["state"] == "succeeded").await;
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.ends_asked().await < times {
            assert!(Instant::now() < deadline, "not asked {times} times");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(self.ends_asked().await, times);
    }

    async fn ends_asked(&self) -> usize {
        self.requests("PATCH", &format!("/subscriptions/{}", self.subscriptions[1])).await
    }

    async fn requests(&self, method: &str, path: &str) -> usize {
        let log = self.app.observe("requests").await;
        let requests = log["items"].as_array().unwrap().iter();
        requests.filter(|request| request["method"] == method && request["path"] == path).count()
    }

    async fn dodo_behaves(&self) {
        let faults = format!("{}/_sandbox/faults", self.app.sandbox.url());
        assert!(self.app.http.delete(faults).send().await.unwrap().status().is_success());
    }

    /// At Dodo.
    async fn statuses(&self) -> [String; 2] {
        let mut statuses = Vec::new();
        for id in &self.subscriptions {
            let request = self.app.http.get(format!("{}/subscriptions/{id}", self.app.sandbox.url()));
            let found = request.bearer_auth(DEFAULT_API_KEY).send().await.unwrap();
            let found: Value = found.json().await.unwrap();
            statuses.push(found["status"].as_str().unwrap().to_owned());
        }
        statuses.try_into().unwrap()
    }
}

/// Both went on and renewed.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_subscription_ends_and_the_first_goes_on() {
    let twice = paid_twice("", |_| None).await;
    let refund = twice.ended().await;
    assert_ne!(twice.subscriptions[0], twice.subscriptions[1]);
    assert_eq!(refund["payment_id"], *twice.payments[1]);
    assert_eq!(refund["subscription_id"], *twice.subscriptions[1]);
    assert_eq!(refund["attention"], "paid_twice");
    assert_eq!(twice.statuses().await, ["active", "cancelled"]);
    assert_eq!(twice.ends_asked().await, 1);
    let list = printed(&twice.app, &["refunds", "list"]);
    let line = list.lines().nth(1).unwrap();
    assert!(line.contains(&format!("subscription {} has ended", twice.subscriptions[1])), "{list}");
    assert!(!line.contains('!'), "{list}");
    assert!(printed(&twice.app, &["attempts", "list"]).contains("PAID TWICE: see the refund"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_trial_begun_twice_nothing_is_asked_back_and_one_subscription_is_left() {
    let twice = paid_twice("trial_days = 14\n", |_| None).await;
    twice.ended().await;
    assert_eq!(twice.statuses().await, ["active", "cancelled"]);
    assert_eq!(twice.requests("POST", "/refunds").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_whose_answer_is_lost_is_looked_at_and_not_asked_for_again() {
    let lost = json!({"method": "PATCH", "times": 1, "fault": {"kind": "drop", "commit": true}});
    let twice = paid_twice("", |_| Some(lost)).await;
    twice.asked(1).await;
    assert_eq!(twice.statuses().await, ["active", "cancelled"]);
    twice.app.clock.advance(SignedDuration::from_secs(31));
    twice.ended().await;
    assert_eq!(twice.ends_asked().await, 1);
}

/// It might be the subscription of the payment that is kept.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ended_while_the_payment_that_is_kept_cannot_be_read() {
    let twice = paid_twice("", |first| {
        let path = format!("/payments/{first}");
        Some(
            json!({"method": "GET", "path": path, "times": 1000, "fault": {"kind": "status", "status": 500}}),
        )
    })
    .await;
    let deadline = Instant::now() + Duration::from_secs(20);
    // A look begins when the one before is over.
    while twice.requests("GET", &format!("/subscriptions/{}", twice.subscriptions[1])).await < 2 {
        assert!(Instant::now() < deadline, "not looked at twice");
        twice.app.clock.advance(SignedDuration::from_secs(31));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(twice.ends_asked().await, 0);
    assert_eq!(twice.statuses().await, ["active", "active"]);
    twice.dodo_behaves().await;
    twice.app.clock.advance(SignedDuration::from_mins(10));
    twice.ended().await;
    assert_eq!(twice.statuses().await, ["active", "cancelled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_a_person_ends_it_and_the_list_sees_that() {
    let down = json!({"method": "PATCH", "times": 1000, "fault": {"kind": "status", "status": 500}});
    let twice = paid_twice("", |_| Some(down)).await;
    twice.asked(1).await;
    let refund = refund_until(&twice.app, |refund| refund["subscription_id"].is_string()).await;
    assert_eq!(refund["attention"], "paid_twice", "the server still tries");
    twice.app.clock.advance(SignedDuration::from_hours(25));
    refund_until(&twice.app, |refund| refund["attention"] == "cancel_subscription").await;
    twice.dodo_behaves().await;
    let asked = twice.ends_asked().await;
    let url = format!("{}/subscriptions/{}", twice.app.sandbox.url(), twice.subscriptions[1]);
    let by_hand =
        twice.app.http.patch(url).bearer_auth(DEFAULT_API_KEY).json(&json!({"status": "cancelled"}));
    assert!(by_hand.send().await.unwrap().status().is_success());
    twice.app.clock.advance(SignedDuration::from_hours(7));
    let refund = twice.ended().await;
    assert_eq!(refund["attention"], "paid_twice");
    assert_eq!(twice.ends_asked().await, asked + 1, "by hand");
}
