//! The promises of [`AcceptanceStore`], held against every store there is.
//!
//! PostgreSQL is tested where `AFTERCART_TEST_POSTGRES` names one that may be written to, as
//! `cargo xtask test` does; each test makes a database of its own in it.
//!
//! Long because every promise of the port stands here once, for all stores.

use super::{AcceptanceStore, Claim, Counted, EventSeen, Figure, PreparedOffer, SqlStore};
use crate::attempt::{
    AgreedChange, Attempt, AttemptState, Card, Checkout, Credit, Effective, Fact, KeptAddon,
    LeftSubscription, Noted, Payable, PaymentStatus, Refund, Source, Step, money,
};
use crate::law::Agreed;
use crate::occasion::{Cause, Trigger, TriggerId};
use crate::purchase::Purchase;
use aftercart_contract::{
    AmountMinor, CustomerId, EventBatch, IdempotencyKey, OfferId, PaymentId, ProductId, Subject, WebUrl,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Connection;
use std::sync::Arc;
use tokio::task::JoinSet;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn payment(id: &str) -> PaymentId {
    PaymentId::new(id).unwrap()
}

fn step(purchase: &str, offer: &str) -> Step {
    Step { occasion: payment(purchase).into(), offer: OfferId::new(offer).unwrap(), number: 0 }
}

fn payable(step: Step, product: &str) -> Payable {
    Payable {
        step,
        customer: CustomerId::new("cus_1").unwrap(),
        product: ProductId::new(product).unwrap(),
        product_name: "A course".into(),
        quantity: 2,
        locale: "fr".into(),
    }
}

fn attempt(id: &str, purchase: &str, product: &str) -> Attempt {
    Attempt {
        id: id.into(),
        payable: payable(step(purchase, "course"), product),
        quoted: money(5390, "USD").unwrap(),
        renewal: AmountMinor::new(2200).ok(),
        key: IdempotencyKey::new(format!("key-{id}")).unwrap(),
        card: Card { brand: Some("Visa".into()), last4: Some("4242".into()) },
        method: Some("pm_1".into()),
        agreed: Agreed {
            text_version: Some("0a1b2c3d4e5f".into()),
            country: Some("DE".into()),
            consent: true,
        },
        state: AttemptState::Claimed,
        charged: None,
        payment: None,
        session: None,
        change: None,
        claimed_at: at(100),
        look_at: Some(at(130)),
        version: 0,
    }
}

fn noted(fact: Fact, state: &str) -> Noted {
    Noted { at: at(101), source: Source::Charge, fact, state: state.into(), reason: None }
}

fn checkout(id: &str, purchase: &str) -> Checkout {
    Checkout {
        id: id.into(),
        payable: payable(step(purchase, "course"), "pdt_course"),
        session: None,
        url: None,
        state: AttemptState::Claimed,
        charged: None,
        payment: None,
        card: Card::default(),
        opened_at: at(100),
        look_at: None,
        version: 0,
    }
}

fn refund(id: &str, purchase: &str) -> Refund {
    Refund {
        id: id.into(),
        step: step(purchase, "course"),
        payment: payment("pay_9"),
        subscription: None,
        state: AttemptState::Claimed,
        claimed_at: at(100),
        sent_at: None,
        look_at: Some(at(100)),
        version: 0,
    }
}

fn prepared(purchase: &str) -> PreparedOffer {
    PreparedOffer {
        occasion: payment(purchase).into(),
        customer: CustomerId::new("cus_1").unwrap(),
        revision: 0,
        made_by: "rules".into(),
        is_newest: false,
        fresh_until: at(100),
        shown_until: at(50),
        look_at: Some(at(40)),
        offer: "{}".into(),
    }
}

/// Every store, empty.
async fn stores() -> Vec<(&'static str, Arc<dyn AcceptanceStore>, Option<tempfile::TempDir>)> {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("suite.db").display());
    let mut stores: Vec<(_, Arc<dyn AcceptanceStore>, _)> = Vec::new();
    stores.push(("sqlite", Arc::new(SqlStore::open(&url).await.unwrap()), Some(directory)));
    if let Some(url) = postgres().await {
        stores.push(("postgres", Arc::new(SqlStore::open(&url).await.unwrap()), None));
    }
    #[cfg(feature = "simulation")]
    stores.push(("memory", Arc::new(super::MemoryStore::calm()), None));
    stores
}

/// The address of a new database.
async fn postgres() -> Option<String> {
    let Ok(server) = std::env::var("AFTERCART_TEST_POSTGRES") else {
        eprintln!("skipped for PostgreSQL: AFTERCART_TEST_POSTGRES is not set; cargo xtask test sets it");
        return None;
    };
    let name = format!("suite_{}", uuid::Uuid::new_v4().simple());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

#[tokio::test]
async fn a_step_is_claimed_once_and_comes_back_as_it_was() {
    for (name, store, _kept) in stores().await {
        let first = attempt("a1", "pay_1", "pdt_course");
        assert_eq!(store.claim(&first).await.unwrap(), Claim::Taken, "{name}");
        let again = attempt("a2", "pay_1", "pdt_course");
        assert_eq!(store.claim(&again).await.unwrap(), Claim::StepTaken, "{name}");
        assert_eq!(store.attempt("a1").await.unwrap(), Some(first.clone()), "{name}");
        assert_eq!(store.attempt_at(&first.payable.step).await.unwrap(), Some(first.clone()), "{name}");
        let other = Attempt { key: first.key.clone(), ..attempt("a3", "pay_3", "pdt_guide") };
        assert_eq!(store.claim(&other).await.unwrap(), Claim::KeyTaken, "{name}");
        let stranger = CustomerId::new("cus_other").unwrap();
        let other = Attempt { payable: Payable { customer: stranger, ..other.payable.clone() }, ..other };
        assert_eq!(store.claim(&other).await.unwrap(), Claim::Taken, "{name}: keys are the customer's own");
        assert_eq!(store.attempt("a2").await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn a_key_claims_one_of_two_steps_that_come_at_once() {
    for (name, store, _kept) in stores().await {
        for round in 0..20 {
            let made = |half: &str| {
                let (id, purchase) = (format!("a{round}{half}"), format!("pay_{round}{half}"));
                let made = attempt(&id, &purchase, &format!("pdt_{round}{half}"));
                Attempt { key: IdempotencyKey::new(format!("key-{round}")).unwrap(), ..made }
            };
            let (one, other) = (made("x"), made("y"));
            let (one, other) = tokio::join!(store.claim(&one), store.claim(&other));
            let claims = [one.unwrap(), other.unwrap()];
            assert!(
                claims.contains(&Claim::Taken) && claims.contains(&Claim::KeyTaken),
                "{name}: {claims:?}"
            );
        }
    }
}

#[tokio::test]
async fn one_product_is_bought_once_until_its_attempt_is_dead() {
    for (name, store, _kept) in stores().await {
        let mut first = attempt("a1", "pay_1", "pdt_course");
        assert_eq!(store.claim(&first).await.unwrap(), Claim::Taken, "{name}");
        let second = attempt("a2", "pay_2", "pdt_course");
        assert_eq!(store.claim(&second).await.unwrap(), Claim::ProductTaken, "{name}");
        assert!(store.owns(&first.payable.customer, &first.payable.product).await.unwrap(), "{name}");
        for (id, owns) in [("a1", false), ("a2", true)] {
            let Payable { customer, product, .. } = &first.payable;
            assert_eq!(store.owns_without(customer, product, id).await.unwrap(), owns, "{name}: {id}");
        }
        let fact = Fact::GaveUp { at: at(200) };
        first.state = first.state.after(&fact);
        assert!(store.replace_attempt(&first, &noted(fact, "given_up")).await.unwrap(), "{name}");
        assert!(store.owns(&first.payable.customer, &first.payable.product).await.unwrap(), "{name}");
        assert_eq!(store.claim(&second).await.unwrap(), Claim::ProductTaken, "{name}: it may turn out paid");
        first.version += 1;
        let fact = Fact::ResolvedUncharged { at: at(300) };
        first.state = first.state.after(&fact);
        assert!(store.replace_attempt(&first, &noted(fact, "failed")).await.unwrap(), "{name}");
        assert!(!store.owns(&first.payable.customer, &first.payable.product).await.unwrap(), "{name}");
        assert_eq!(store.claim(&second).await.unwrap(), Claim::Taken, "{name}");
    }
}

#[tokio::test]
async fn the_tries_at_a_place_come_first_to_last_and_no_others() {
    for (name, store, _kept) in stores().await {
        let at_step = |id: &str, step: Step| {
            let made = attempt(id, "pay_1", "pdt_course");
            Attempt { payable: Payable { step, ..made.payable.clone() }, ..made }
        };
        let place = step("pay_1", "course");
        let elsewhere = Step { number: 1, ..place.clone() };
        for (id, step) in [("a1", place.clone()), ("a2", place.next_try()), ("a3", elsewhere)] {
            let mut made = at_step(id, step);
            assert_eq!(store.claim(&made).await.unwrap(), Claim::Taken, "{name}");
            let fact = Fact::Refused { at: at(102), code: "INSUFFICIENT_FUNDS".into() };
            made.state = made.state.after(&fact);
            assert!(store.replace_attempt(&made, &noted(fact, "failed")).await.unwrap(), "{name}");
        }
        let ids = |tries: Vec<Attempt>| tries.into_iter().map(|made| made.id).collect::<Vec<_>>();
        assert_eq!(ids(store.tries_at(&place).await.unwrap()), ["a1", "a2"], "{name}");
        let second = place.next_try();
        assert_eq!(ids(store.tries_at(&second).await.unwrap()), ["a1", "a2"], "{name}");
        assert_eq!(ids(store.tries_at(&step("pay_2", "course")).await.unwrap()), [""; 0], "{name}");
    }
}

#[tokio::test]
async fn what_failed_is_remembered_with_its_method() {
    for (name, store, _directory) in stores().await {
        let mut one = attempt("a", "pay_1", "pdt_course");
        store.claim(&one).await.unwrap();
        let customer = &one.payable.customer;
        assert_eq!(store.failures_of(customer).await.unwrap(), [], "{name}");
        one.state = AttemptState::Failed { as_of: at(102), code: "NO_ELIGIBLE_PAYMENT_METHODS".into() };
        one.look_at = None;
        let refused = Fact::Refused { at: at(102), code: "NO_ELIGIBLE_PAYMENT_METHODS".into() };
        assert!(store.replace_attempt(&one, &noted(refused, "failed")).await.unwrap());
        let failed = store.failures_of(customer).await.unwrap();
        assert_eq!(failed.len(), 1, "{name}");
        assert_eq!((failed[0].method.as_deref(), &failed[0].state), (Some("pm_1"), &one.state), "{name}");
    }
}

#[tokio::test]
async fn of_many_claims_at_once_one_is_taken() {
    for (name, store, _kept) in stores().await {
        let claims: Vec<_> = (0..40)
            .map(|number| {
                let store = Arc::clone(&store);
                // Half of them at the same step, half at steps of other purchases for the same product.
                let purchase = if number % 2 == 0 { "pay_1".to_owned() } else { format!("pay_{number}") };
                let wish = attempt(&format!("a{number}"), &purchase, "pdt_course");
                tokio::spawn(async move { store.claim(&wish).await.unwrap() })
            })
            .collect();
        let mut taken = 0;
        for claim in claims {
            taken += usize::from(claim.await.unwrap() == Claim::Taken);
        }
        assert_eq!(taken, 1, "{name}");
    }
}

#[tokio::test]
async fn a_change_counts_only_on_the_version_it_was_read_from() {
    for (name, store, _kept) in stores().await {
        let mut first = attempt("a1", "pay_1", "pdt_course");
        store.claim(&first).await.unwrap();
        let stale = first.clone();
        let paid = Fact::Payment {
            status: PaymentStatus::Succeeded,
            as_of: at(150),
            code: None,
            link: Some(WebUrl::new("https://bank.example/x").unwrap()),
        };
        first.state = first.state.after(&paid);
        first.payment = Some(payment("pay_charge"));
        first.charged = money(5390, "USD");
        first.look_at = None;
        assert!(store.replace_attempt(&first, &noted(paid.clone(), "succeeded")).await.unwrap(), "{name}");
        assert!(!store.replace_attempt(&stale, &noted(Fact::AnswerLost, "unknown")).await.unwrap(), "{name}");
        first.version = 1;
        assert_eq!(store.attempt("a1").await.unwrap(), Some(first.clone()), "{name}");
        assert_eq!(store.attempt_by_payment(&payment("pay_charge")).await.unwrap(), Some(first), "{name}");
        for fact in [paid.clone(), Fact::AnswerLost] {
            store.note_fact("a1", &noted(fact, "succeeded")).await.unwrap();
        }
        // Seen before the others, written after them: two hands may cross.
        store.note_fact("a1", &Noted { at: at(100), ..noted(Fact::Initiated, "succeeded") }).await.unwrap();
        let facts: Vec<_> = store.facts_of("a1").await.unwrap().into_iter().map(|seen| seen.fact).collect();
        assert_eq!(facts, [Fact::Initiated, paid, Fact::AnswerLost], "{name}: each once, in the order seen");
    }
}

#[tokio::test]
async fn a_plan_change_comes_back_with_its_terms_and_stands_alone_until_it_is_over() {
    let agreed = AgreedChange {
        subscription: "sub_1".into(),
        from: ProductId::new("pdt_basic").unwrap(),
        to: ProductId::new("pdt_pro").unwrap(),
        mode: aftercart_contract::ProrationBillingMode::DifferenceImmediately,
        effective: Effective::Immediately,
        effective_at: at(100),
        addons: vec![KeptAddon { addon_id: "adn_1".into(), quantity: 3 }],
        credit: Credit::of(-700).unwrap(),
    };
    for (name, store, _kept) in stores().await {
        let change = |id: &str, purchase: &str, product: &str| Attempt {
            change: Some(Box::new(agreed.clone())),
            ..attempt(id, purchase, product)
        };
        store.claim(&attempt("a0", "pay_0", "pdt_course")).await.unwrap();
        let mut first = change("a1", "pay_1", "pdt_pro");
        assert_eq!(store.claim(&first).await.unwrap(), Claim::Taken, "{name}");
        assert_eq!(store.attempt("a1").await.unwrap(), Some(first.clone()), "{name}");
        let other = change("a2", "pay_2", "pdt_starter");
        assert_eq!(store.claim(&other).await.unwrap(), Claim::ProductTaken, "{name}: one at a time");
        let customer = CustomerId::new("cus_1").unwrap();
        assert_eq!(store.changes_of(&customer).await.unwrap(), [first.clone()], "{name}");
        let fact = Fact::PlanChanged { as_of: at(100) };
        first.state = first.state.after(&fact);
        assert!(store.replace_attempt(&first, &noted(fact, "succeeded")).await.unwrap(), "{name}");
        assert_eq!(store.claim(&other).await.unwrap(), Claim::Taken, "{name}: the first one is over");
        let off = Fact::PlanCalledOff { as_of: at(100) };
        let gone = Attempt { state: other.state.clone().after(&off), ..other };
        assert!(store.replace_attempt(&gone, &noted(off, "called_off")).await.unwrap(), "{name}");
        let back = change("a3", "pay_3", "pdt_pro");
        assert_eq!(store.claim(&back).await.unwrap(), Claim::Taken, "{name}: a plan can be had again");
    }
}

#[tokio::test]
async fn what_is_due_is_leased_to_one_and_the_lease_runs_out() {
    for (name, store, _kept) in stores().await {
        for number in 0..5 {
            let (id, product) = (format!("a{number}"), format!("pdt_{number}"));
            store.claim(&attempt(&id, &format!("pay_{number}"), &product)).await.unwrap();
        }
        assert!(store.lease_attempts(at(129), at(200)).await.unwrap().is_empty(), "{name}: not due yet");
        let (one, other) =
            tokio::join!(store.lease_attempts(at(130), at(170)), store.lease_attempts(at(130), at(170)));
        assert_eq!(one.unwrap().len() + other.unwrap().len(), 5, "{name}");
        assert!(store.lease_attempts(at(169), at(200)).await.unwrap().is_empty(), "{name}: leased");
        assert_eq!(store.lease_attempts(at(170), at(200)).await.unwrap().len(), 5, "{name}: run out");
        store.look_at_attempt("a0", 0, None).await.unwrap();
        store.look_at_attempt("a1", 7, None).await.unwrap();
        let again = store.lease_attempts(at(200), at(300)).await.unwrap();
        assert_eq!(again.len(), 4, "{name}: a0 is over, a1 has another version");
    }
}

#[tokio::test]
async fn a_paid_attempt_needs_no_look_where_it_stands_alone() {
    for (name, store, _kept) in stores().await {
        let paid = |id: &str, purchase: &str| Attempt {
            state: AttemptState::Succeeded { as_of: at(110) },
            ..attempt(id, purchase, &format!("pdt_{id}"))
        };
        let second = paid("a2b", "pay_2");
        let second = Attempt {
            payable: Payable { step: second.payable.step.next_try(), ..second.payable.clone() },
            ..second
        };
        let later = Attempt { look_at: Some(at(500)), ..paid("a4", "pay_4") };
        let lost = Attempt { state: AttemptState::Unknown, ..paid("a5", "pay_5") };
        for made in [paid("a1", "pay_1"), paid("a2", "pay_2"), second, paid("a3", "pay_3"), later, lost] {
            assert_eq!(store.claim(&made).await.unwrap(), Claim::Taken, "{name}");
        }
        assert!(store.claim_checkout(&checkout("c3", "pay_3")).await.unwrap(), "{name}");
        assert_eq!(store.let_go_of_lone(at(129)).await.unwrap(), 0, "{name}: not due yet");
        assert_eq!(store.let_go_of_lone(at(130)).await.unwrap(), 1, "{name}");
        let due = store.lease_attempts(at(130), at(200)).await.unwrap();
        let mut ids: Vec<_> = due.iter().map(|attempt| attempt.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["a2", "a2b", "a3", "a5"], "{name}");
    }
}

#[tokio::test]
async fn a_checkout_is_opened_once_and_an_unopened_one_can_be_dropped() {
    for (name, store, _kept) in stores().await {
        let mut first = checkout("c1", "pay_1");
        assert!(store.claim_checkout(&first).await.unwrap(), "{name}");
        assert!(!store.claim_checkout(&checkout("c2", "pay_1")).await.unwrap(), "{name}");
        store.drop_unopened_checkout("c1").await.unwrap();
        assert!(store.claim_checkout(&first).await.unwrap(), "{name}");
        first.url = Some(WebUrl::new("https://checkout.example/s").unwrap());
        first.look_at = Some(at(160));
        first.opened_at = at(150);
        first.payment = Some(payment("pay_2"));
        assert!(store.replace_checkout(&first).await.unwrap(), "{name}");
        assert!(!store.replace_checkout(&first).await.unwrap(), "{name}: stale");
        store.drop_unopened_checkout("c1").await.unwrap();
        first.version = 1;
        assert_eq!(store.checkout_at(&first.payable.step).await.unwrap(), Some(first.clone()), "{name}");
        assert_eq!(store.checkout_by_payment(&payment("pay_2")).await.unwrap(), Some(first), "{name}");
        assert_eq!(store.lease_checkouts(at(160), at(200)).await.unwrap().len(), 1, "{name}");
        assert!(store.lease_checkouts(at(160), at(200)).await.unwrap().is_empty(), "{name}");
        let every = SignedDuration::from_secs(1);
        assert!(store.take_checkout_read("c1", at(5), every).await.unwrap(), "{name}");
        assert!(!store.take_checkout_read("c1", at(5), every).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_step_is_refunded_once() {
    for (name, store, _kept) in stores().await {
        let mut refund = refund("r1", "pay_1");
        assert!(store.claim_refund(&refund).await.unwrap(), "{name}");
        let other = Refund { id: "r2".into(), ..refund.clone() };
        assert!(!store.claim_refund(&other).await.unwrap(), "{name}");
        assert_eq!(store.lease_refunds(at(100), at(140)).await.unwrap().len(), 1, "{name}");
        (refund.state, refund.sent_at) = (AttemptState::Sent, Some(at(101)));
        refund.subscription = Some(LeftSubscription { id: "sub_1".into(), ended_at: Some(at(102)) });
        assert!(store.replace_refund(&refund).await.unwrap(), "{name}");
        assert!(!store.replace_refund(&refund).await.unwrap(), "{name}: stale");
        refund.version = 1;
        assert_eq!(store.refund_at(&refund.step).await.unwrap(), Some(refund.clone()), "{name}");
        assert_eq!(store.list_refunds(10).await.unwrap(), [refund], "{name}");
    }
}

fn bought(payment_id: &str, customer: &str) -> Purchase {
    Purchase {
        payment: payment(payment_id),
        customer: CustomerId::new(customer).unwrap(),
        status: "succeeded".into(),
        paid_at: Some(at(50)),
        products: vec![ProductId::new("pdt_a").unwrap()],
        billing: json!({}),
        refused: None,
    }
}

/// One that cannot be stored, of an attempt that is not there, failed all that were committed with it.
#[tokio::test]
async fn a_write_that_cannot_be_stored_fails_for_itself_and_not_for_those_beside_it() {
    for (name, store, _kept) in stores().await {
        store.claim(&attempt("a1", "pay_a1", "pdt_course")).await.unwrap();
        let mut beside = JoinSet::new();
        for number in 0..20 {
            let store = Arc::clone(&store);
            beside.spawn(async move {
                let purchase = bought(&format!("pay_{number}"), "cus_1");
                store.put_purchase(&purchase, at(1)).await.unwrap();
                store.keep_event(&format!("msg_{number}"), "payment.succeeded", "{}", at(1)).await.unwrap()
            });
        }
        let fact = noted(Fact::Initiated, "claimed");
        let (one, failed, other) = tokio::join!(
            store.note_fact("a1", &fact),
            store.note_fact("nowhere", &fact),
            store.mark_applied("msg_gone", at(2)),
        );
        one.unwrap();
        other.unwrap();
        assert!(failed.is_err() || name == "memory", "{name}");
        assert!(beside.join_all().await.iter().all(|seen| *seen == EventSeen::ToApply), "{name}");
        assert_eq!(store.facts_of("a1").await.unwrap().len(), 1, "{name}");
        for number in 0..20 {
            assert!(store.purchase(&payment(&format!("pay_{number}"))).await.unwrap().is_some(), "{name}");
        }
    }
}

/// A state of the next version, as a node of it writes beside nodes of this one: it kept everybody from what was due.
#[tokio::test]
async fn a_row_that_cannot_be_read_hides_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite://{}", directory.path().join("suite.db").display())];
    urls.extend(postgres().await);
    for url in urls {
        let store = SqlStore::open(&url).await.unwrap();
        for half in ["1", "2"] {
            let purchase = format!("pay_{half}");
            let made = attempt(&format!("a{half}"), &purchase, &format!("pdt_{half}"));
            store.claim(&made).await.unwrap();
            let opened = Checkout { look_at: Some(at(100)), ..checkout(&format!("c{half}"), &purchase) };
            store.claim_checkout(&opened).await.unwrap();
            store.claim_refund(&refund(&format!("r{half}"), &purchase)).await.unwrap();
            store.put_prepared(&prepared(&purchase)).await.unwrap();
        }
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&url).await.unwrap();
        for (table, key) in [
            ("attempts", "attempt_id = 'a1'"),
            ("checkouts", "checkout_id = 'c1'"),
            ("refunds", "refund_id = 'r1'"),
        ] {
            let sql = format!("update {table} set state = '{{\"kind\":\"of_next_version\"}}' where {key}");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        }
        let sql = "update prepared_offers set fresh_until = 9223372036854775807 where occasion_id = 'pay_1'";
        sqlx::query(sql).execute(&pool).await.unwrap();

        let attempts = store.lease_attempts(at(200), at(300)).await.unwrap();
        assert_eq!(attempts.iter().map(|one| &one.id).collect::<Vec<_>>(), ["a2"], "{url}");
        let checkouts = store.lease_checkouts(at(200), at(300)).await.unwrap();
        assert_eq!(checkouts.iter().map(|one| &one.id).collect::<Vec<_>>(), ["c2"], "{url}");
        let refunds = store.lease_refunds(at(200), at(300)).await.unwrap();
        assert_eq!(refunds.iter().map(|one| &one.id).collect::<Vec<_>>(), ["r2"], "{url}");
        let prepared = store.lease_prepared(at(200), at(300)).await.unwrap();
        assert_eq!(prepared.iter().map(|one| one.occasion.as_str()).collect::<Vec<_>>(), ["pay_2"], "{url}");
        assert_eq!(store.list_attempts(&[], 10).await.unwrap().len(), 1, "{url}");
        assert_eq!(store.list_refunds(10).await.unwrap().len(), 1, "{url}");
        assert!(store.tries_at(&step("pay_1", "course")).await.is_err(), "{url}: money is decided by these");
    }
}

/// Two nodes, one after the other's order: each waited for rows and revisions that the other one held.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_write_of_the_same_customers_do_not_stand_in_each_others_way() {
    let Some(url) = postgres().await else { return };
    let nodes =
        [Arc::new(SqlStore::open(&url).await.unwrap()), Arc::new(SqlStore::open(&url).await.unwrap())];
    nodes[0].claim(&attempt("a1", "pay_a1", "pdt_course")).await.unwrap();
    for round in 0..8 {
        let mut writes = JoinSet::new();
        for place in 0..120 {
            for (node, store) in nodes.iter().enumerate() {
                let number = if node == 0 { place } else { 119 - place };
                // Both the same payments, and different ones of the same customers.
                let own = if number % 2 == 0 { 0 } else { node };
                let purchase =
                    bought(&format!("pay_{round}_{number}_{own}"), &format!("cus_{}", number % 30));
                let fact = noted(Fact::Refused { at: at(number), code: format!("{round}") }, "failed");
                let store = Arc::clone(store);
                writes.spawn(async move {
                    let id = format!("msg_{round}_{number}");
                    let all = tokio::join!(
                        store.keep_event(&id, "payment.succeeded", "{}", at(1)),
                        store.note_fact("a1", &fact),
                        store.put_purchase(&purchase, at(1)),
                    );
                    all.0.map(drop).and(all.1).and(all.2)
                });
            }
        }
        for written in writes.join_all().await {
            written.unwrap();
        }
    }
    drop(nodes);
    assert_eq!(deadlocks(&url).await, 0, "found and undone by the database, a second later");
}

/// How many deadlocks a database has seen, after its last connection has ended: they are counted by then.
async fn deadlocks(url: &str) -> i64 {
    let server = std::env::var("AFTERCART_TEST_POSTGRES").unwrap();
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let (_, name) = url.rsplit_once('/').unwrap();
    for _ in 0..200 {
        let sql = "select deadlocks, numbackends::bigint from pg_stat_database where datname = $1";
        let (deadlocks, connections): (i64, i64) =
            sqlx::query_as(sql).bind(name).fetch_one(&mut connection).await.unwrap();
        if connections == 0 {
            return deadlocks;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("connections to {name} stay open");
}

#[tokio::test]
async fn a_paid_purchase_stays_paid_and_is_owned() {
    for (name, store, _kept) in stores().await {
        let purchase = |status: &str, paid_at: Option<Timestamp>| Purchase {
            payment: payment("pay_1"),
            customer: CustomerId::new("cus_1").unwrap(),
            status: status.into(),
            paid_at,
            products: vec![ProductId::new("pdt_a").unwrap(), ProductId::new("pdt_b").unwrap()],
            billing: json!({"country": "US", "zipcode": null}),
            refused: None,
        };
        let paid = purchase("succeeded", Some(at(50)));
        for status in ["processing", "failed", "requires_customer_action"] {
            store.put_purchase(&purchase(status, None), at(1)).await.unwrap();
        }
        assert_eq!(store.purchase(&paid.payment).await.unwrap().unwrap().status, "failed", "{name}");
        assert!(store.purchases_of(&paid.customer).await.unwrap().is_empty(), "{name}");
        store.put_purchase(&paid, at(2)).await.unwrap();
        store.put_purchase(&purchase("processing", None), at(3)).await.unwrap();
        store.put_purchase(&purchase("succeeded", Some(at(60))), at(4)).await.unwrap();
        assert_eq!(store.purchase(&paid.payment).await.unwrap(), Some(paid.clone()), "{name}");
        assert_eq!(store.purchases_of(&paid.customer).await.unwrap(), std::slice::from_ref(&paid), "{name}");
        assert!(store.owns(&paid.customer, &ProductId::new("pdt_b").unwrap()).await.unwrap(), "{name}");
        assert!(!store.owns(&paid.customer, &ProductId::new("pdt_c").unwrap()).await.unwrap(), "{name}");
        let bought = ProductId::new("pdt_b").unwrap();
        assert!(store.owns_without(&paid.customer, &bought, "a1").await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_webhook_is_applied_once_and_a_decline_is_remembered() {
    for (name, store, _kept) in stores().await {
        let keep = || store.keep_event("msg_1", "payment.succeeded", "{}", at(1));
        assert_eq!(keep().await.unwrap(), EventSeen::ToApply, "{name}");
        assert_eq!(keep().await.unwrap(), EventSeen::ToApply, "{name}: its effect was lost");
        store.mark_applied("msg_1", at(2)).await.unwrap();
        assert_eq!(keep().await.unwrap(), EventSeen::Applied, "{name}");
        let (customer, mut step) = (CustomerId::new("cus_1").unwrap(), step("pay_1", "course"));
        let known = async || store.decline_of(&customer, &step.offer).await.unwrap();
        assert_eq!(known().await, None, "{name}");
        let decline = async |step: &Step, reason: Option<&str>, second, forgotten| {
            store.put_decline(&customer, step, reason, at(second), forgotten).await.unwrap();
            store.decline_of(&customer, &step.offer).await.unwrap().unwrap()
        };
        decline(&step, None, 3, None).await;
        let later = decline(&step, Some("too much"), 4, None).await;
        assert_eq!((later.reason.as_deref(), later.declined_at), (Some("too much"), at(3)), "{name}");
        step.occasion = payment("pay_2").into();
        let kept = decline(&step, Some("no"), 5, Some(at(2))).await;
        assert_eq!((kept.reason.as_deref(), kept.occasion.as_str()), (Some("too much"), "pay_1"), "{name}");
        let anew = decline(&step, None, 6, Some(at(3))).await;
        assert_eq!((anew.reason, anew.occasion.as_str(), anew.declined_at), (None, "pay_2", at(6)), "{name}");
    }
}

#[tokio::test]
async fn a_trigger_is_kept_once_per_id_of_the_merchant() {
    for (name, store, _kept) in stores().await {
        let customer = CustomerId::new("cus_1").unwrap();
        let trigger = |id: &str, cause: Cause, key: Option<&str>, second| Trigger {
            id: TriggerId::of(id),
            customer: customer.clone(),
            cause,
            key: key.map(str::to_owned),
            told_at: at(second),
            billing: json!({"country": "FR"}),
        };
        let first = trigger("1", Cause::Milestone { name: "export".into() }, Some("m-1"), 1);
        assert_eq!(store.put_trigger(&first).await.unwrap(), (first.clone(), true), "{name}");
        let again = trigger("2", Cause::OnboardingDone, Some("m-1"), 2);
        assert_eq!(store.put_trigger(&again).await.unwrap(), (first.clone(), false), "{name}");
        let limit = trigger("3", Cause::PlanLimit { percent: 120 }, None, 3);
        let done = trigger("4", Cause::OnboardingDone, None, 4);
        for new in [&limit, &done] {
            assert!(store.put_trigger(new).await.unwrap().1, "{name}");
        }
        assert_eq!(store.trigger(&limit.id).await.unwrap(), Some(limit.clone()), "{name}");
        assert_eq!(store.trigger(&again.id).await.unwrap(), None, "{name}");
        assert_eq!(store.triggers_of(&customer).await.unwrap(), [done, limit, first], "{name}");
    }
}

#[tokio::test]
async fn what_was_shown_is_counted_per_customer_and_offer() {
    for (name, store, _kept) in stores().await {
        let customer = CustomerId::new("cus_1").unwrap();
        let batch: EventBatch = serde_json::from_value(json!({"offer_id": "course", "events": [
            {"name": "shown", "at": "2026-01-16T10:00:00Z"}, {"name": "seen", "at": "2026-01-16T10:00:01Z"},
        ]}))
        .unwrap();
        for known in [Some(&customer), Some(&customer), None] {
            store.put_events("pay_1", known, &batch, true, at(1)).await.unwrap();
        }
        let shown =
            async |offer: &str| store.times_shown(&customer, &OfferId::new(offer).unwrap()).await.unwrap();
        assert_eq!((shown("course").await, shown("guide").await), (2, 0), "{name}");
    }
}

#[tokio::test]
async fn what_became_of_offers_is_counted_since_a_moment() {
    for (name, store, _kept) in stores().await {
        let customer = CustomerId::new("cus_1").unwrap();
        let batch: EventBatch = serde_json::from_value(json!({"offer_id": "course", "events": [
            {"name": "shown", "at": "2026-01-16T10:00:00Z"}, {"name": "seen", "at": "2026-01-16T10:00:01Z"},
        ]}))
        .unwrap();
        for (subject, second) in [("pay_0", 10), ("pay_1", 100), ("pay_1", 101), ("pay_2", 102)] {
            store.put_events(subject, Some(&customer), &batch, false, at(second)).await.unwrap();
        }
        for (offer, second) in [("course", 120), ("guide", 20)] {
            store.put_decline(&customer, &step("pay_1", offer), None, at(second), None).await.unwrap();
        }
        let dead = AttemptState::Failed { as_of: at(105), code: "CARD_DECLINED".into() };
        let (paid, back) =
            (AttemptState::Succeeded { as_of: at(105) }, AttemptState::Revoked { at: at(105) });
        // Paid; tried twice at one place and dead; taken back; paid before the moment; paid twice and given back.
        let ways = [
            ("a1", "pay_1", 0, 100, &paid, Some("pay_11")),
            ("a2", "pay_2", 0, 101, &dead, None),
            ("a3", "pay_2", 10, 102, &dead, None),
            ("a4", "pay_3", 0, 103, &back, None),
            ("a5", "pay_4", 0, 50, &paid, Some("pay_14")),
            ("a6", "pay_5", 0, 104, &paid, Some("pay_9")),
        ];
        for (id, purchase, number, claimed, state, charge) in ways {
            let mut one = attempt(id, purchase, &format!("pdt_{id}"));
            (one.payable.step.number, one.claimed_at) = (number, at(claimed));
            assert_eq!(store.claim(&one).await.unwrap(), Claim::Taken, "{name}");
            (one.state, one.payment) = (state.clone(), charge.map(payment));
            one.charged = charge.and_then(|_| money(5000, "EUR"));
            assert!(store.replace_attempt(&one, &noted(Fact::AnswerLost, state.kind())).await.unwrap());
        }
        assert!(store.claim_refund(&refund("r1", "pay_5")).await.unwrap());
        let mut by_hand = checkout("c1", "pay_2");
        assert!(store.claim_checkout(&by_hand).await.unwrap());
        (by_hand.state, by_hand.charged) = (paid, money(4900, "EUR"));
        by_hand.payment = Some(payment("pay_12"));
        assert!(store.replace_checkout(&by_hand).await.unwrap());
        let sold = |amount, at_checkout| Counted::Sold {
            amount,
            currency: money(1, "EUR").unwrap().currency,
            at_checkout,
        };
        let mut figures = store.figures(at(100)).await.unwrap();
        figures.sort();
        let course = |what, number| Figure { offer: OfferId::new("course").unwrap(), what, number };
        let expected = [
            course(Counted::Shown, 2),
            course(Counted::Declined, 1),
            course(Counted::Accepted, 4),
            course(Counted::TakenBack, 1),
            course(sold(4900, true), 1),
            course(sold(5000, false), 1),
        ];
        assert_eq!(figures, expected, "{name}");
    }
}

#[tokio::test]
async fn the_operator_sees_attempts_by_state() {
    for (name, store, _kept) in stores().await {
        for number in 0..3 {
            let mut one = attempt(&format!("a{number}"), &format!("pay_{number}"), &format!("pdt_{number}"));
            one.claimed_at = at(100 + number);
            store.claim(&one).await.unwrap();
        }
        let mut lost = store.attempt("a1").await.unwrap().unwrap();
        lost.state = AttemptState::Unknown;
        store.replace_attempt(&lost, &noted(Fact::AnswerLost, "unknown")).await.unwrap();
        let ids = |found: Vec<Attempt>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(store.list_attempts(&[], 10).await.unwrap()), ["a2", "a1", "a0"], "{name}");
        assert_eq!(ids(store.list_attempts(&["unknown", "sent"], 10).await.unwrap()), ["a1"], "{name}");
        assert_eq!(ids(store.list_attempts(&[], 1).await.unwrap()), ["a2"], "{name}");
        let mut counts = store.count_attempts().await.unwrap();
        counts.sort_by(|a, b| a.kind.cmp(&b.kind));
        let counts: Vec<_> = counts.into_iter().map(|line| (line.kind, line.count, line.oldest)).collect();
        assert_eq!(counts, [("claimed".into(), 2, at(100)), ("unknown".into(), 1, at(101))], "{name}");
    }
}

#[tokio::test]
async fn everything_that_an_offer_depends_on_raises_its_customers_revision_and_nobody_elses() {
    for (name, store, _directory) in stores().await {
        let (cus_1, other) = (CustomerId::new("cus_1").unwrap(), CustomerId::new("cus_2").unwrap());
        let mut last = store.revision_of(&cus_1).await.unwrap();
        macro_rules! raises {
            ($what:expr) => {
                $what.await.unwrap();
                let now = store.revision_of(&cus_1).await.unwrap();
                assert!(now > last, "{name}: {}", stringify!($what));
                last = now;
            };
        }
        let mut purchase = Purchase {
            payment: payment("pay_1"),
            customer: cus_1.clone(),
            status: "processing".into(),
            paid_at: None,
            products: vec![ProductId::new("pdt_1").unwrap()],
            billing: json!({}),
            refused: None,
        };
        raises!(store.put_purchase(&purchase, at(1)));
        (purchase.paid_at, purchase.status) = (Some(at(2)), "succeeded".into());
        raises!(store.put_purchase(&purchase, at(2)));
        let mut one = attempt("a", "pay_1", "pdt_course");
        raises!(store.claim(&one));
        one.state = AttemptState::Sent;
        raises!(store.replace_attempt(&one, &noted(Fact::SendingStarted, "sent")));
        let mut open = checkout("c", "pay_1");
        raises!(store.claim_checkout(&open));
        open.url = WebUrl::new("https://checkout.example/1").ok();
        raises!(store.replace_checkout(&open));
        raises!(store.claim_checkout(&checkout("d", "pay_2")));
        raises!(store.drop_unopened_checkout("d"));
        raises!(store.put_decline(&cus_1, &step("pay_1", "course"), None, at(3), None));
        let trigger = Trigger {
            id: TriggerId::of("1"),
            customer: cus_1.clone(),
            cause: Cause::OnboardingDone,
            key: None,
            told_at: at(4),
            billing: json!(null),
        };
        raises!(store.put_trigger(&trigger));
        let shown =
            json!({"offer_id": "course", "events": [{"name": "shown", "at": "2026-01-16T10:00:00Z"}]});
        let shown: EventBatch = serde_json::from_value(shown).unwrap();
        raises!(store.put_events("pay_1", Some(&cus_1), &shown, true, at(5)));
        // What changes no offer raises nothing.
        store.put_events("pay_1", Some(&cus_1), &shown, false, at(5)).await.unwrap();
        store.put_purchase(&purchase, at(6)).await.unwrap();
        store.take_attempt_read("a", at(7), SignedDuration::from_secs(1)).await.unwrap();
        assert_eq!(store.revision_of(&cus_1).await.unwrap(), last, "{name}");
        assert_eq!(store.revision_of(&other).await.unwrap(), 0, "{name}");
    }
}

#[tokio::test]
async fn a_prepared_offer_is_there_until_its_customers_revision_is_another() {
    for (name, store, _directory) in stores().await {
        let customer = CustomerId::new("cus_1").unwrap();
        let subject = Subject::Payment(payment("pay_1"));
        let own = Subject::Customer(customer.clone());
        let made = prepared("pay_1");
        assert_eq!(store.prepared(&subject).await.unwrap(), None, "{name}");
        store.put_prepared(&made).await.unwrap();
        assert_eq!(store.prepared(&subject).await.unwrap(), Some(made.clone()), "{name}");
        assert_eq!(store.prepared(&own).await.unwrap(), None, "{name}");
        store.put_decline(&customer, &step("pay_1", "course"), None, at(3), None).await.unwrap();
        assert_eq!(store.prepared(&subject).await.unwrap(), None, "{name}: void");
        let anew = PreparedOffer { revision: 1, is_newest: true, ..made.clone() };
        store.put_prepared(&anew).await.unwrap();
        // Made from what was, and late.
        store.put_prepared(&made).await.unwrap();
        assert_eq!(store.prepared(&own).await.unwrap(), Some(anew.clone()), "{name}");
        let mut many = JoinSet::new();
        for _ in 0..100 {
            let (store, subject) = (Arc::clone(&store), subject.clone());
            many.spawn(async move { store.prepared(&subject).await.unwrap() });
        }
        let found = many.join_all().await;
        assert!(found.iter().all(|found| *found == Some(anew.clone())), "{name}: many at once");
        assert_eq!(store.lease_prepared(at(39), at(80)).await.unwrap(), vec![], "{name}");
        assert_eq!(store.lease_prepared(at(40), at(80)).await.unwrap().len(), 1, "{name}");
        assert_eq!(store.lease_prepared(at(41), at(80)).await.unwrap(), vec![], "{name}: leased");
        store.drop_prepared(&anew.occasion).await.unwrap();
        assert_eq!(store.prepared(&subject).await.unwrap(), None, "{name}: dropped");
    }
}
