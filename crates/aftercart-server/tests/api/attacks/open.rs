//! An open offer, and the rows that are tried on it.

use crate::helpers::{MERCHANT_KEY, SHOP, TestApp, problem};
use aftercart_contract::Offer;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// One try, and the refusal it must meet. An empty code: an answer without a body.
struct Attack {
    name: String,
    request: RequestBuilder,
    status: u16,
    code: &'static str,
}

/// An open offer, and what an attacker would send about it.
pub(super) struct Open<'a> {
    pub(super) app: &'a TestApp,
    pub(super) purchase: String,
    pub(super) offer: Offer,
    attacks: Vec<Attack>,
}

impl Open<'_> {
    pub(super) fn token(&self) -> &str {
        self.offer.token.as_ref().unwrap().reveal()
    }

    pub(super) fn body(&self, change: &Value) -> Value {
        let mut body = json!({"offer_id": self.offer.offer_id, "token": self.token()});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    }

    pub(super) fn address(&self, action: &str) -> String {
        format!("/api/upsell/{}/{action}", self.purchase)
    }

    /// An accept that is right but for its body and what the caller adds.
    pub(super) fn accept(&self) -> RequestBuilder {
        self.app.post(&self.address("accept")).header("origin", SHOP).header("idempotency-key", "k")
    }

    pub(super) fn row(&mut self, name: &str, request: RequestBuilder, status: u16, code: &'static str) {
        self.attacks.push(Attack { name: name.to_owned(), request, status, code });
    }

    pub(super) fn with_body(&mut self, name: &str, change: &Value, status: u16, code: &'static str) {
        let request = self.accept().json(&self.body(change));
        self.row(name, request, status, code);
    }

    pub(super) fn with_token(&mut self, name: &str, token: &str, status: u16, code: &'static str) {
        self.with_body(name, &json!({"token": token}), status, code);
    }

    /// Sends every row; answers how many there were.
    pub(super) async fn all_fail(self) -> usize {
        let count = self.attacks.len();
        for Attack { name, request, status, code } in self.attacks {
            let answer = request.send().await.unwrap();
            let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            if code.is_empty() || kind.is_some_and(|kind| kind.starts_with("text/html")) {
                assert_eq!(answer.status(), status, "{name}");
            } else {
                assert_eq!(problem(answer).await, (status, code.to_owned()), "{name}");
            }
            assert_eq!(self.app.charges().await.len(), 0, "{name}");
        }
        assert_eq!(self.app.offer(&self.purchase).await.offer_id, self.offer.offer_id);
        count
    }
}

pub(super) async fn open(app: &TestApp) -> Open<'_> {
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    Open { app, purchase, offer, attacks: Vec::new() }
}

/// A server without the limit per subject: a table asks more often than a shopper.
pub(super) async fn start() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.requests_per_minute_per_subject = 0;
        config.allowed_origins.push("https://shop.example".to_owned());
    })
    .await
}

pub(super) async fn minted(app: &TestApp, customer: &str) -> String {
    let answer = app.post("/api/tokens").bearer_auth(MERCHANT_KEY).json(&json!({"customer_id": customer}));
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}
