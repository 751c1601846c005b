//! A server and a sandbox on free ports, and the calls that tests make.

use aftercart_contract::{
    AcceptRequest, CustomerId, DeclineRequest, DeclineResponse, Offer, OfferAnswer, Outcome, WebUrl,
};
use aftercart_server::{Clock, Config, Dodo, Secret, Server, ShiftedClock, TokenKeys};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, Sandbox, SandboxConfig};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const SHOP: &str = "http://127.0.0.1:8080";
pub(crate) const MERCHANT_KEY: &str = "merchant-key-of-the-tests";

/// Both ends and a client between them.
pub(crate) struct TestApp {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    pub(crate) clock: Arc<ShiftedClock>,
    pub(crate) http: Client,
    pub(crate) directory: tempfile::TempDir,
    config: Config,
}

/// A key that is good for tests only, as the environment would hold it.
pub(crate) fn token_key() -> String {
    format!("test:{}", STANDARD.encode([7; 32]))
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With settings changed before the start.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_at(SandboxConfig::default(), change).await
    }

    /// With these offers instead of the example shop's; the default locale is English, and each offer that is
    /// written as `{{words}}` ends with words.
    pub(crate) async fn start_offering(offers: &str) -> Self {
        Self::start_offering_with(offers, |_| {}).await
    }

    /// As [`Self::start_offering`], with settings changed before the start.
    pub(crate) async fn start_offering_with(offers: &str, change: impl FnOnce(&mut Config)) -> Self {
        let text = offers.replace("{{words}}", "\n[offer.locale.en]\nfeatures = [\"A\"]\n");
        let text = format!("default_locale = \"en\"\n{text}");
        Self::start_with(|config| {
            config.offers = config.assets.with_file_name("offers.toml");
            std::fs::write(&config.offers, text).unwrap();
            change(config);
        })
        .await
    }

    pub(crate) async fn start_at(sandbox: SandboxConfig, change: impl FnOnce(&mut Config)) -> Self {
        let sandbox = Sandbox::start(sandbox).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let dodo = Dodo {
            base_url: WebUrl::new(sandbox.url()).unwrap(),
            api_key: Secret::new(DEFAULT_API_KEY),
            webhook_key: Secret::new(DEFAULT_WEBHOOK_SECRET),
            timeout: Duration::from_secs(20),
        };
        let shop = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop/offers.toml");
        let mut config = Config::new(shop, dodo, TokenKeys::parse(&token_key()).unwrap());
        config.database_url = format!("sqlite://{}", directory.path().join("test.db").display());
        config.assets = directory.path().join("dist");
        config.allowed_origins = vec![SHOP.to_owned()];
        config.success_url = Some(WebUrl::new(format!("{SHOP}/thanks")).unwrap());
        config.merchant_key = Some(Secret::new(MERCHANT_KEY));
        // Nothing in the background: `prepared.rs` turns it on, and the processes of `nodes.rs` have it on.
        config.dodo_requests_per_minute = 0;
        change(&mut config);
        let clock = Arc::new(ShiftedClock::default());
        let server = Server::start_with_clock(config.clone(), clock.clone()).await.unwrap();
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let app = Self { sandbox, server, clock, http, directory, config };
        app.control("webhooks", json!({"url": app.url("/webhooks/dodo")})).await;
        app
    }

    /// Stops the server and starts it again on the same database.
    pub(crate) async fn restarted(self) -> Self {
        self.restarted_with(|_| {}).await
    }

    /// As [`Self::restarted`], with settings changed in between.
    pub(crate) async fn restarted_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { sandbox, server, clock, http, directory, mut config } = self;
        server.stop().await;
        change(&mut config);
        let server = Server::start_with_clock(config.clone(), clock.clone()).await.unwrap();
        let app = Self { sandbox, server, clock, http, directory, config };
        app.control("webhooks", json!({"url": app.url("/webhooks/dodo")})).await;
        app
    }

    /// A purchase that succeeded at the sandbox; answers its payment id. Its webhook is on the way.
    pub(crate) async fn buy(&self, customer: &str, product: &str) -> String {
        self.buy_with(json!({"customer_id": customer, "product_id": product})).await
    }

    pub(crate) async fn buy_with(&self, purchase: Value) -> String {
        let payment = self.control("purchases", purchase).await;
        payment["payment_id"].as_str().unwrap().to_owned()
    }

    /// A call to the sandbox's control API.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/{path}", self.sandbox.url());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap_or(Value::Null)
    }

    pub(crate) async fn observe(&self, path: &str) -> Value {
        let url = format!("{}/_sandbox/{path}", self.sandbox.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path))
    }

    /// What the merchant's app tells; answers status and document.
    pub(crate) async fn tell(&self, trigger: Value) -> (u16, Value) {
        let request = self.post("/api/triggers").bearer_auth(MERCHANT_KEY);
        let answer = request.json(&trigger).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// What a customer with a subject token is answered.
    pub(crate) async fn answer_to(&self, customer: &str) -> OfferAnswer {
        let request = self.get(&format!("/api/upsell/{customer}?locale=en"));
        let answer = request.bearer_auth(self.subject_token(customer)).send().await.unwrap();
        OfferAnswer::from_json(&answer.text().await.unwrap()).unwrap()
    }

    /// As [`Self::offer`], for a customer.
    pub(crate) async fn offer_to(&self, customer: &str) -> Offer {
        match self.answer_to(customer).await {
            OfferAnswer::Offer(offer) => *offer,
            OfferAnswer::Ineligible(nothing) => panic!("no offer: {nothing:?}"),
        }
    }

    pub(crate) fn subject_token(&self, customer: &str) -> String {
        self.config.mint_subject_token(&CustomerId::new(customer).unwrap(), self.clock.now()).0
    }

    /// Declines, and answers what comes next.
    pub(crate) async fn decline(&self, subject: &str, offer: &Offer, reason: Option<&str>) -> Option<Offer> {
        let (offer_id, token) = (offer.offer_id.clone(), offer.token.clone());
        let body = DeclineRequest { offer_id, token, reason: reason.map(str::to_owned) };
        let request = self.post(&format!("/api/upsell/{subject}/decline")).header("origin", SHOP);
        let text = request.json(&body).send().await.unwrap().text().await.unwrap();
        DeclineResponse::from_json(&text)
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .next
            .map(|offer| *offer)
    }

    pub(crate) async fn answer(&self, subject: &str) -> OfferAnswer {
        let answer = self.get(&format!("/api/upsell/{subject}?locale=en")).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{text}");
        OfferAnswer::from_json(&text).unwrap()
    }

    /// The offer that this subject gets; panics when there is none.
    pub(crate) async fn offer(&self, subject: &str) -> Offer {
        match self.answer(subject).await {
            OfferAnswer::Offer(offer) => *offer,
            OfferAnswer::Ineligible(nothing) => panic!("no offer: {nothing:?}"),
        }
    }

    /// Why there is no offer, and the outcome beside it.
    pub(crate) async fn no_offer(&self, subject: &str) -> (String, Option<Outcome>) {
        match self.answer(subject).await {
            OfferAnswer::Ineligible(nothing) => {
                (nothing.reason.map_or_else(String::new, Into::into), nothing.outcome)
            }
            OfferAnswer::Offer(offer) => panic!("an offer: {offer:?}"),
        }
    }

    /// Buys and gets the offer that follows.
    pub(crate) async fn offered(&self, customer: &str, product: &str) -> (String, Offer) {
        let purchase = self.buy(customer, product).await;
        let offer = self.offer(&purchase).await;
        (purchase, offer)
    }

    pub(crate) async fn send_accept(&self, subject: &str, offer: &Offer, key: &str) -> Response {
        let body = AcceptRequest {
            offer_id: offer.offer_id.clone(),
            token: offer.token.clone(),
            payment_method: offer.default_method().map(|method| method.method_ref.clone()),
            quantity: None,
            text_version: offer.legal.as_ref().map(|legal| legal.text_version.clone()),
            consent: offer.legal.as_ref().is_some_and(|legal| legal.consent.is_some()),
        };
        let request = self.post(&format!("/api/upsell/{subject}/accept")).header("origin", SHOP);
        request.header("idempotency-key", key).json(&body).send().await.unwrap()
    }

    pub(crate) async fn accept(&self, subject: &str, offer: &Offer, key: &str) -> Outcome {
        outcome(self.send_accept(subject, offer, key).await).await
    }

    /// What a shopper wants with an accept that is not charged, or with a planned change.
    pub(crate) async fn send_wish(&self, subject: &str, offer: &Offer, wish: &str) -> Response {
        let body = json!({"offer_id": offer.offer_id, "token": offer.token, "wish": wish});
        let request = self.post(&format!("/api/upsell/{subject}/revoke")).header("origin", SHOP);
        request.json(&body).send().await.unwrap()
    }

    pub(crate) async fn wish(&self, subject: &str, offer: &Offer, wish: &str) -> Outcome {
        outcome(self.send_wish(subject, offer, wish).await).await
    }

    /// The outcome, asked for with the offer's token: it may be followed long after the purchase.
    pub(crate) async fn followed(&self, subject: &str, offer: &Offer) -> Outcome {
        let path = format!("/api/upsell/{subject}/status?offer_id={}", offer.offer_id);
        let request = self.get(&path).bearer_auth(offer.token.as_ref().unwrap().reveal());
        outcome(request.send().await.unwrap()).await
    }

    /// The states of all attempts, as the operator sees them.
    pub(crate) async fn states(&self) -> Vec<String> {
        let list = self.get("/api/attempts").bearer_auth(MERCHANT_KEY).send().await.unwrap();
        let list: Value = list.json().await.unwrap();
        let attempts = list["attempts"].as_array().unwrap().iter();
        attempts.map(|attempt| attempt["state"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until all attempts are in this state, without asking for any.
    pub(crate) async fn states_until(&self, wanted: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let states = self.states().await;
            if !states.is_empty() && states.iter().all(|state| state == wanted) {
                return;
            }
            assert!(Instant::now() < deadline, "still {states:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Where the shop's offers stand.
    pub(crate) fn offers_file(&self) -> &std::path::Path {
        &self.config.offers
    }

    /// A second node on the same database, with the same clock.
    pub(crate) async fn second_node(&self) -> Server {
        Server::start_with_clock(self.config.clone(), self.clock.clone()).await.unwrap()
    }

    /// A customer of their own, with the methods of a scenario.
    pub(crate) async fn new_customer(&self, scenario: &str) -> String {
        let made = self.control("customers", json!({"scenario": scenario})).await;
        made["customer_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn status(&self, subject: &str, offer: &Offer) -> Outcome {
        let path = format!("/api/upsell/{subject}/status?offer_id={}", offer.offer_id);
        outcome(self.get(&path).send().await.unwrap()).await
    }

    /// Asks for the status until it is as wanted.
    pub(crate) async fn status_until(
        &self,
        subject: &str,
        offer: &Offer,
        wanted: impl Fn(&Outcome) -> bool,
    ) -> Outcome {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let outcome = self.status(subject, offer).await;
            if wanted(&outcome) {
                return outcome;
            }
            assert!(Instant::now() < deadline, "still {outcome:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Pays a hosted checkout with a card of Dodo's test list; answers the payment's id from the
    /// address that the shopper is returned to.
    pub(crate) async fn pay_at(&self, checkout: &WebUrl, shown_total: i64, number: &str) -> String {
        let fields = [
            ("action", "pay"),
            ("means", "card"),
            ("email", "buyer@example.com"),
            ("name", "Paying customer"),
            ("country", "US"),
            ("number", number),
            ("expiry", "06/32"),
            ("cvc", "123"),
            ("shown_total", &shown_total.to_string()),
        ];
        let page = self.http.post(checkout.as_str()).form(&fields).send().await.unwrap();
        let status = page.status();
        let Some(location) = page.headers().get("location").cloned() else {
            panic!("{status}: {}", page.text().await.unwrap())
        };
        let location = reqwest::Url::parse(location.to_str().unwrap()).unwrap();
        assert_eq!(location.path(), "/thanks");
        location.query_pairs().find(|(name, _)| name == "payment_id").unwrap().1.into_owned()
    }

    /// The charges (confirmed checkouts) that Dodo was sent, with their bodies.
    pub(crate) async fn charges(&self) -> Vec<Value> {
        self.checkouts(true).await
    }

    /// The standard checkouts that Dodo was asked to open.
    pub(crate) async fn opened_checkouts(&self) -> Vec<Value> {
        self.checkouts(false).await
    }

    async fn checkouts(&self, confirmed: bool) -> Vec<Value> {
        let log = self.observe("requests").await;
        let made = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|request| request["method"] == "POST" && request["path"] == "/checkouts");
        let body = |request: &Value| match &request["body"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            body => body.clone(),
        };
        made.map(body).filter(|body| (body["confirm"] == true) == confirmed).collect()
    }

    /// How often Dodo was asked for a price.
    pub(crate) async fn previews(&self) -> usize {
        let log = self.observe("requests").await;
        let asked = log["items"].as_array().unwrap().iter();
        asked.filter(|request| request["path"] == "/checkouts/preview").count()
    }

    /// The customer's payments at Dodo, newest first.
    pub(crate) async fn payments(&self, customer: &str) -> Vec<Value> {
        let list = self.observe(&format!("payments?customer_id={customer}")).await;
        list["items"].as_array().unwrap().clone()
    }
}

pub(crate) async fn outcome(answer: Response) -> Outcome {
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{text}");
    Outcome::from_json(&text).unwrap()
}

/// Status and code of an error answer, which must be a problem of the contract.
pub(crate) async fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let problem: aftercart_contract::Problem =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {text}: {error}"));
    assert!(!problem.message.is_empty());
    (status, problem.code)
}
