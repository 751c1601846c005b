//! Plan changes: what is compared, what is due, when it begins, and how it is called off.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod visit;

use aftercart::model::{Action, Effect, Event};
use aftercart_contract::{Outcome, Revocation};
use serde_json::{Value, json};
use visit::{Visit, changed, offers, outcome, terms, warned};

/// The upgrade of the fixtures with some fields replaced.
fn upgrade(changes: &[(&str, Value)]) -> Visit {
    Visit::with(changed(include_str!("../fixtures/contract/answer.upgrade.json"), changes), |_| ())
}

#[test]
fn an_upgrade_compares_the_plans_and_says_what_is_due_when() {
    let visit = upgrade(&[("/quote/tax", json!(500)), ("/quote/credit_used", json!(700))]);
    let card = visit.card();
    assert_eq!(card.price, "USD 50.00 more than now");
    assert_eq!(card.plans.iter().map(|plan| &*plan.name).collect::<Vec<_>>(), ["Basic", "Pro"]);
    assert_eq!(card.plans[0].price, "USD 30.00 per month");
    assert_eq!(card.facts, [("Due now".to_owned(), "USD 50.00".to_owned())]);
    assert_eq!(card.accept, "Switch and pay USD 50.00 with Visa\u{a0}····\u{a0}4242");
    let terms = terms(&visit);
    for sentence in [
        "total: of which tax: USD 5.00",
        "credit: USD 7.00 of your credit is used.",
        "terms: The change takes effect right away.",
        "terms: USD 80.00 per month, next bill on 2026-02-16.",
    ] {
        assert!(terms.contains(sentence), "{sentence} in\n{terms}");
    }
}

#[test]
fn a_planned_downgrade_says_its_day_and_that_nothing_is_paid() {
    let changes = [
        ("/kind", json!("downgrade")),
        ("/price_difference", json!(-5000)),
        ("/quote/due_now", json!(0)),
        ("/quote/credit_granted", json!(1200)),
        ("/quote/effective_at", json!("2026-02-16T10:00:00Z")),
    ];
    let mut visit = upgrade(&changes);
    assert_eq!(visit.card().price, "USD 50.00 less than now");
    assert_eq!(visit.card().accept, "Switch on 2026-02-16");
    assert!(terms(&visit).contains("The change takes effect on 2026-02-16. Until then you keep Basic."));
    assert!(terms(&visit).contains("You get USD 12.00 credit."));
    visit.accept();
    let planned = r#"{"status":"succeeded","change":{"product_name":"Pro","effective_at":"2026-02-16T10:00:00Z","is_scheduled":true}}"#;
    visit.event(Event::AcceptAnswered(Ok(outcome(planned))));
    assert_eq!(visit.notice().title, "Your plan changes on 2026-02-16");
    assert!(offers(&visit.notice(), Action::Revoke(Revocation::Revoke)));
    visit.event(Event::RevokeClicked(Revocation::Revoke));
    visit.event(Event::RevokeClicked(Revocation::Revoke));
    assert_eq!(visit.count(|effect| matches!(effect, Effect::PostRevoke(_))), 1);
    visit.event(Event::RevokeAnswered(Some(Outcome::Revoked)));
    assert_eq!(visit.notice().title, "The change is called off");
}

#[test]
fn a_downgrade_that_loses_paid_time_warns() {
    let full = [("/kind", json!("downgrade")), ("/quote/proration_billing_mode", json!("full_immediately"))];
    assert!(warned(&upgrade(&full), "Time you have already paid for on Basic"));
    assert!(!warned(&upgrade(&full[..1]), "Time you have already paid"));
    let later = [&full[..], &[("/quote/effective_at", json!("2026-02-16T10:00:00Z"))]].concat();
    assert!(
        !warned(&upgrade(&later), "Time you have already paid"),
        "what is paid for is used up until then"
    );
}

#[test]
fn a_change_with_credit_is_told_in_words() {
    let mut visit = upgrade(&[("/quote/due_now", json!(0))]);
    assert_eq!(visit.card().accept, "Switch to Pro");
    visit.accept();
    let now = r#"{"status":"succeeded","change":{"product_name":"Pro","credit_granted":"$12.00"}}"#;
    visit.event(Event::AcceptAnswered(Ok(outcome(now))));
    assert_eq!(visit.notice().title, "You now have Pro");
    assert_eq!(
        visit.notice().paragraphs,
        ["Nothing was charged.", "$12.00 credit is kept for your next bills."]
    );
}
