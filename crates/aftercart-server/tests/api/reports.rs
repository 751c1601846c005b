//! What pages report: kept where it is about somebody and something known, and never without bound.

use crate::helpers::{SHOP, TestApp};
use aftercart_contract::OfferAnswer;
use serde_json::json;
use sqlx::AnyPool;

const LIMITED: &str = r#"
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
when.milestone = ["first_export"]
show_at_most = 1
{{words}}
"#;

async fn rows(app: &TestApp) -> i64 {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", app.directory.path().join("test.db").display());
    let pool = AnyPool::connect(&url).await.unwrap();
    let (count,): (i64,) =
        sqlx::query_as("select count(*) from reported_events").fetch_one(&pool).await.unwrap();
    count
}

/// As a beacon sends it; what a customer's own page tells, with their token.
async fn report(app: &TestApp, subject: &str, offer: &str, times: usize) {
    let token = subject.starts_with("cus_").then(|| app.subject_token(subject));
    report_with(app, token, subject, offer, times).await;
}

async fn report_with(app: &TestApp, token: Option<String>, subject: &str, offer: &str, times: usize) {
    let event = json!({"name": "shown", "at": "2026-01-16T10:00:00Z"});
    let body = json!({"offer_id": offer, "token": token, "events": vec![event; times]});
    let request = app.post(&format!("/api/upsell/{subject}/events")).header("origin", SHOP);
    let told = request.header("content-type", "text/plain").body(body.to_string()).send().await.unwrap();
    assert_eq!(told.status(), 204, "{subject}");
}

#[tokio::test]
async fn nothing_is_kept_about_whom_or_what_nobody_knows() {
    let app = TestApp::start_offering(LIMITED).await;
    let (purchase, _) = app.offered("cus_paid", "pdt_presets").await;
    for subject in ["cus_made_up", "cus_declined", "pay_made_up"] {
        report(&app, subject, "course", 50).await;
    }
    report(&app, &purchase, "made_up", 50).await;
    report(&app, "cus_paid", "made_up", 50).await;
    assert_eq!(rows(&app).await, 0);
    report(&app, &purchase, "course", 1).await;
    assert_eq!(rows(&app).await, 1);
    assert_eq!(app.no_offer(&purchase).await.0, "shown_often");
}

#[tokio::test]
async fn what_was_shown_to_a_customer_before_anything_is_known_of_them_does_not_count() {
    let app = TestApp::start_offering(LIMITED).await;
    report(&app, "cus_paid", "course", 50).await;
    let (status, _) =
        app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"})).await;
    assert_eq!(status, 201);
    assert_eq!(app.offer_to("cus_paid").await.offer_id.as_str(), "course");
    // From here on there is something that could have been shown.
    report(&app, "cus_paid", "course", 1).await;
    let OfferAnswer::Ineligible(nothing) = app.answer_to("cus_paid").await else { panic!("shown once") };
    assert_eq!(nothing.reason.unwrap().code(), "shown_often");
}

#[tokio::test]
async fn who_knows_a_customers_id_alone_cannot_have_their_offer_counted_as_shown() {
    let app = TestApp::start_offering(LIMITED).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let of_the_offer = course.token.unwrap().reveal().to_owned();
    for token in
        [None, Some(app.subject_token("cus_declined")), Some(of_the_offer), Some("made-up".to_owned())]
    {
        report_with(&app, token, "cus_paid", "course", 1).await;
    }
    assert_eq!(rows(&app).await, 0);
    assert_eq!(app.offer(&purchase).await.offer_id.as_str(), "course");
    report(&app, "cus_paid", "course", 1).await;
    assert_eq!(app.no_offer(&purchase).await.0, "shown_often");
}

#[tokio::test]
async fn of_one_customer_and_offer_only_so_many_are_kept() {
    let app = TestApp::start_offering_with(LIMITED, |config| {
        config.limits.requests_per_minute_per_subject = 0;
    })
    .await;
    let (purchase, _) = app.offered("cus_paid", "pdt_presets").await;
    for _ in 0..12 {
        report(&app, &purchase, "course", 50).await;
        report(&app, "cus_paid", "course", 50).await;
    }
    assert_eq!(rows(&app).await, 1_000);
}
