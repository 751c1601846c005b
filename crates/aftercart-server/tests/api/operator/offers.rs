//! What offers earn, as a shop's owner asks for it.

use super::asked;
use super::machine::printed;
use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use aftercart_contract::{Offer, Outcome};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A page tells, as often as it is loaded, that it shows this offer.
async fn show(app: &TestApp, subject: &str, offer: &Offer, times: usize) {
    let event = json!({"name": "shown", "at": "2026-01-16T10:00:00Z"});
    let body = json!({"offer_id": offer.offer_id, "events": vec![event; times]});
    let request = app.post(&format!("/api/upsell/{subject}/events")).header("origin", SHOP);
    assert_eq!(request.json(&body).send().await.unwrap().status(), 204);
}

fn line<'a>(list: &'a Value, offer: &str) -> &'a Value {
    let lines = list["offers"].as_array().unwrap();
    lines.iter().find(|line| line["offer_id"] == offer).unwrap_or_else(|| panic!("no {offer}: {list}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_offer_has_a_line_with_what_it_was_worth() {
    let app = TestApp::start().await;
    // One pays by one click, one in the checkout after the card failed, one declines and takes the smaller offer.
    let (first, course) = app.offered("cus_paid", "pdt_presets").await;
    show(&app, &first, &course, 3).await;
    app.accept(&first, &course, "click-1").await;
    let (second, again) = app.offered("cus_declined", "pdt_presets").await;
    show(&app, &second, &again, 1).await;
    let Outcome::Failed(failure) = app.accept(&second, &again, "click-2").await else { panic!("a bad card") };
    let due = again.quote.as_ref().unwrap().due_now.get();
    app.pay_at(&failure.checkout_url.unwrap(), due, "4242 4242 4242 4242").await;
    let (third, dear) = app.offered("cus_many_cards", "pdt_presets").await;
    show(&app, &third, &dear, 1).await;
    let guide = app.decline(&third, &dear, None).await.unwrap();
    show(&app, &third, &guide, 1).await;
    app.accept(&third, &guide, "click-3").await;

    let mut list = asked(&app, "/api/offers").await;
    for _ in 0..200 {
        if line(&list, "course")["sold"] == 2 && line(&list, guide.offer_id.as_str())["sold"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        list = asked(&app, "/api/offers").await;
    }
    let counts = |line: &Value| {
        ["shown", "accepted", "sold", "sold_at_checkout", "declined", "taken_back"]
            .map(|name| line[name].as_u64().unwrap())
    };
    let sold = line(&list, "course");
    assert_eq!(counts(sold), [3, 2, 2, 1, 1, 0], "{list}");
    let price = course.quote.as_ref().unwrap().due_now.get();
    assert_eq!(sold["earned"], json!([{"amount": price + due, "currency": "USD", "sold": 2}]));
    assert_eq!(counts(line(&list, guide.offer_id.as_str())), [1, 1, 1, 0, 0, 0], "{list}");
    let lines = list["offers"].as_array().unwrap();
    assert!(lines.len() > 3 && lines.iter().all(|line| line["is_in_file"] == true), "{list}");

    // A day later the last day was quiet.
    app.clock.advance(SignedDuration::from_hours(25));
    let quiet = asked(&app, "/api/offers?days=1").await;
    assert_eq!(counts(line(&quiet, "course")), [0; 6], "{quiet}");
    for wrong in ["days=0", "days=3651", "days=all"] {
        let answer = app.get(&format!("/api/offers?{wrong}")).bearer_auth(MERCHANT_KEY).send().await.unwrap();
        assert_eq!(problem(answer).await, (422, "malformed".into()), "{wrong}");
    }
    assert_eq!(problem(app.get("/api/offers").send().await.unwrap()).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_machine_the_same_numbers_are_a_table() {
    let app = TestApp::start_offering(
        "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nwhen.purchased = [\"pdt_presets\"]\n{{words}}",
    )
    .await;
    assert!(printed(&app, &["offers", "list"]).contains("course  0"));
    // The program has the real clock.
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    show(&app, &purchase, &offer, 1).await;
    app.accept(&purchase, &offer, "click-1").await;
    let days = ["--days", "3650"];
    let json: Value =
        serde_json::from_str(&printed(&app, &[&["offers", "list", "--json"][..], &days].concat())).unwrap();
    assert_eq!(json["offers"], asked(&app, "/api/offers").await["offers"]);
    // The owner takes the offer out of the file: what it earned stays known.
    std::fs::write(app.offers_file(), "default_locale = \"en\"\n").unwrap();
    let table = printed(&app, &[&["offers", "list"][..], &days].concat());
    let row = table.lines().find(|line| line.starts_with("course")).unwrap();
    let price = offer.quote.as_ref().unwrap().due_now.get();
    let earned = format!("${}.{:02}", price / 100, price % 100);
    assert!(row.contains("100.0 %") && row.contains(&earned) && row.ends_with("any more"), "{table}");
}
