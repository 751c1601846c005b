//! The words that come with an answer, in the shopper's language.

use crate::helpers::TestApp;
use aftercart_contract::Outcome;
use serde_json::{Map, Value};

async fn asked(app: &TestApp, subject: &str, locale: &str) -> Value {
    app.get(&format!("/api/upsell/{subject}?locale={locale}")).send().await.unwrap().json().await.unwrap()
}

fn copy(answer: &Value) -> Map<String, Value> {
    answer["copy"].as_object().cloned().unwrap_or_default()
}

#[tokio::test]
async fn every_language_of_ours_comes_whole_with_the_offer_and_english_comes_with_none() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    for tag in aftercart_words::TAGS {
        let offer = asked(&app, &purchase, tag).await;
        assert_eq!(offer["locale"], tag);
        let copy = copy(&offer);
        let whole = aftercart_words::widget_table(tag);
        let missing = whole.iter().filter(|(key, _)| !copy.contains_key(*key)).count();
        assert_eq!(missing, if tag == "en" { whole.len() - copy.len() } else { 0 }, "{tag}");
        assert!(offer["quote"]["display"]["due_now"].is_string(), "{tag}");
    }
    assert_eq!(copy(&asked(&app, &purchase, "de-AT").await)["decline"], "Nein, danke");
    assert_eq!(copy(&asked(&app, &purchase, "pt").await)["decline"], "Não, obrigado");
}

#[tokio::test]
async fn an_outcome_after_a_reload_brings_its_words_and_no_offer_brings_none() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert!(matches!(app.accept(&purchase, &offer, "click-1").await, Outcome::Succeeded { .. }));
    let told = asked(&app, &purchase, "sv").await;
    assert_eq!(told["reason"], "already_accepted");
    assert_eq!(copy(&told)["close"], "Stäng");
    assert!(copy(&asked(&app, "pay_nobody", "sv").await).is_empty());
}

#[tokio::test]
async fn a_failure_of_fraud_reads_like_any_other_in_every_language() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_fraud", "pdt_presets").await;
    let offer = asked(&app, &purchase, "ko").await;
    let offer: aftercart_contract::Offer = serde_json::from_value(offer).unwrap();
    let Outcome::Failed(failure) = app.accept(&purchase, &offer, "click-1").await.settled() else {
        panic!("a failure")
    };
    assert_eq!(failure.code, "generic_decline");
    assert_eq!(failure.message, "은행에서 결제를 승인하지 않았습니다. 결제되지 않았습니다.");
}

#[tokio::test]
async fn a_page_without_scripts_speaks_arabic_from_right_to_left() {
    let app = TestApp::start().await;
    let page = app.get("/api/upsell/pay_nobody/outcome?offer_id=course&locale=ar").send().await.unwrap();
    let html = page.text().await.unwrap();
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{html}");
    assert!(html.contains("لا يوجد شيء هنا"), "{html}");
}
