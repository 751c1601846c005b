//! What the law of the shopper's country changes: the button, the words beside it, the tick, the record.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, outcome, problem};
use aftercart_contract::{AcceptRequest, Offer, Outcome};
use reqwest::Response;

async fn offered(app: &TestApp, customer: &str, locale: &str) -> (String, Offer) {
    let purchase = app.buy(customer, "pdt_presets").await;
    let answer = app.get(&format!("/api/upsell/{purchase}?locale={locale}")).send().await.unwrap();
    (purchase, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

async fn accept(
    app: &TestApp,
    purchase: &str,
    offer: &Offer,
    text_version: Option<&str>,
    consent: bool,
) -> Response {
    let body = AcceptRequest {
        offer_id: offer.offer_id.clone(),
        token: offer.token.clone(),
        payment_method: None,
        quantity: None,
        text_version: text_version.map(str::to_owned),
        consent,
    };
    let request = app.post(&format!("/api/upsell/{purchase}/accept")).header("origin", SHOP);
    request.header("idempotency-key", "click-1").json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_german_button_names_the_obligation_to_pay_and_asks_for_the_tick() {
    let app = TestApp::start().await;
    let (_, offer) = offered(&app, "cus_de", "de").await;
    assert_eq!(offer.copy.get("accept"), Some("Jetzt kaufen: {amount}"));
    assert_eq!(offer.copy.get("accept_with_method"), Some("Jetzt kaufen: {amount} · {method}"));
    let legal = offer.legal.unwrap();
    assert!(legal.withdrawal.unwrap().contains("14 Tagen"));
    assert!(legal.consent.unwrap().contains("Widerrufsrecht"));
}

#[tokio::test]
async fn elsewhere_the_plain_words_stay_and_nothing_is_to_be_ticked() {
    let app = TestApp::start().await;
    let (purchase, offer) = offered(&app, "cus_paid", "de").await;
    assert_eq!(offer.copy.get("accept"), Some("{amount} zahlen"));
    let legal = offer.legal.clone().unwrap();
    assert_eq!((legal.withdrawal, legal.consent), (None, None));
    let paid = outcome(accept(&app, &purchase, &offer, None, false).await).await;
    assert!(matches!(paid, Outcome::Succeeded { .. }), "an older page names no version: {paid:?}");
}

#[tokio::test]
async fn without_the_tick_nothing_is_claimed_and_with_it_the_same_click_pays() {
    let app = TestApp::start().await;
    let (purchase, offer) = offered(&app, "cus_de", "de").await;
    let version = offer.legal.as_ref().unwrap().text_version.clone();
    let refused = accept(&app, &purchase, &offer, Some(&version), false).await;
    assert_eq!(problem(refused).await, (422, "consent_missing".to_owned()));
    assert_eq!(app.charges().await.len(), 0);
    let paid = outcome(accept(&app, &purchase, &offer, Some(&version), true).await).await;
    assert!(matches!(paid, Outcome::Succeeded { .. }), "{paid:?}");
    assert_eq!(app.charges().await.len(), 1);

    let list = app.get("/api/attempts").bearer_auth(MERCHANT_KEY).send().await.unwrap();
    let list: serde_json::Value = list.json().await.unwrap();
    let agreed = &list["attempts"][0]["agreed"];
    assert_eq!(agreed["text_version"], version);
    assert_eq!((&agreed["locale"], &agreed["country"]), (&"de".into(), &"DE".into()));
    assert_eq!((&agreed["consent"], &agreed["currency"]), (&true.into(), &"USD".into()));
    assert_eq!(agreed["at"], list["attempts"][0]["claimed_at"]);
    assert_eq!(agreed["amount"], list["attempts"][0]["amount"]);
}

#[tokio::test]
async fn other_words_than_those_of_now_are_shown_anew_and_charge_nothing() {
    let app = TestApp::start().await;
    let (purchase, offer) = offered(&app, "cus_de", "de").await;
    for old in [Some("000000000000"), None] {
        let told = outcome(accept(&app, &purchase, &offer, old, true).await).await;
        let Outcome::Requote { offer: anew } = told else { panic!("a requote, not {told:?}") };
        assert_eq!(anew.legal, offer.legal);
    }
    assert_eq!(app.charges().await.len(), 0);
}
