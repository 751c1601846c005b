//! The server as shoppers' pages ask it, each request timed and judged.
//!
//! Expected are 2xx, 404 `not_accepted` after an accept that did not arrive, and a 503 that honestly says that Dodo or
//! this server cannot now. Every other answer, an answer that cannot be read, and no answer are troubles.

use crate::tally::{Kind, Tally};
use aftercart_contract::{
    AcceptRequest, DeclineRequest, DeclineResponse, Offer, OfferAnswer, Outcome, Problem,
};
use anyhow::Result;
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The widget's own patience is longer than the server's 30 seconds.
const PATIENCE: Duration = Duration::from_secs(40);
/// Below the server's limit on idle connections, so that no request meets one that is being closed.
const IDLE: Duration = Duration::from_secs(5);

/// Codes of a 503 that is an honest answer.
const HONEST: [&str; 4] = ["busy", "dodo_unavailable", "no_quote", "overloaded"];

/// The server at the other end.
pub(crate) struct Shop {
    http: Client,
    server: String,
    origin: String,
    tally: Arc<Tally>,
}

impl Shop {
    pub(crate) fn new(server: &str, origin: &str, tally: Arc<Tally>) -> Result<Self> {
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self { http, server: server.to_owned(), origin: origin.to_owned(), tally })
    }

    /// What there is for this purchase.
    pub(crate) async fn offer(&self, purchase: &str) -> Option<OfferAnswer> {
        let request = self.http.get(format!("{}/api/upsell/{purchase}?locale=en", self.server));
        let text = self.send(Kind::Offer, request).await?;
        self.read(Kind::Offer, OfferAnswer::from_json(&text))
    }

    /// One click.
    pub(crate) async fn accept(&self, purchase: &str, offer: &Offer, key: &str) -> Option<Outcome> {
        let body = AcceptRequest {
            offer_id: offer.offer_id.clone(),
            token: offer.token.clone(),
            payment_method: offer.default_method().map(|method| method.method_ref.clone()),
            quantity: None,
            text_version: None,
            consent: false,
        };
        let request = self.post(purchase, "accept").header("idempotency-key", key).json(&body);
        let text = self.send(Kind::Accept, request).await?;
        self.read(Kind::Accept, Outcome::from_json(&text))
    }

    /// How it went.
    pub(crate) async fn status(&self, purchase: &str, offer: &Offer) -> Option<Outcome> {
        let path = format!("{}/api/upsell/{purchase}/status?offer_id={}", self.server, offer.offer_id);
        let mut request = self.http.get(path);
        if let Some(token) = &offer.token {
            request = request.bearer_auth(token.reveal());
        }
        let text = self.send(Kind::Status, request).await?;
        self.read(Kind::Status, Outcome::from_json(&text))
    }

    /// No, and what is offered instead.
    pub(crate) async fn decline(&self, purchase: &str, offer: &Offer) -> Option<Box<Offer>> {
        let (offer_id, token) = (offer.offer_id.clone(), offer.token.clone());
        let request = self.post(purchase, "decline").json(&DeclineRequest { offer_id, token, reason: None });
        let text = self.send(Kind::Decline, request).await?;
        self.read(Kind::Decline, DeclineResponse::from_json(&text))?.next
    }

    /// The page tells that the offer was shown.
    pub(crate) async fn shown(&self, purchase: &str, offer: &Offer) {
        let event = json!({"name": "shown", "at": jiff::Timestamp::now().to_string()});
        let body = json!({"offer_id": offer.offer_id, "events": [event]});
        self.send(Kind::Events, self.post(purchase, "events").json(&body)).await;
    }

    fn post(&self, purchase: &str, what: &str) -> RequestBuilder {
        let path = format!("{}/api/upsell/{purchase}/{what}", self.server);
        self.http.post(path).header("origin", &self.origin)
    }

    /// The text of a 2xx answer.
    async fn send(&self, kind: Kind, request: RequestBuilder) -> Option<String> {
        let began = Instant::now();
        let answer = async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
        };
        let (status, text) = match answer.await {
            Ok(answer) => answer,
            Err(error) => {
                self.tally.trouble(format!("{}: no answer: {:#}", kind.name(), anyhow::Error::new(error)));
                return None;
            }
        };
        let code = serde_json::from_str::<Problem>(&text).map(|problem| problem.code).unwrap_or_default();
        let said = format!("{} {code}", status.as_u16());
        self.tally.answered(kind, began.elapsed(), said.trim_end());
        if status.is_success() {
            return Some(text);
        }
        let is_expected = match status.as_u16() {
            404 => kind == Kind::Status && code == "not_accepted",
            503 => HONEST.contains(&code.as_str()),
            _ => false,
        };
        if !is_expected {
            self.tally.trouble(format!("{}: {said}: {text}", kind.name()));
        }
        None
    }

    fn read<T, E: std::fmt::Display>(&self, kind: Kind, read: Result<T, E>) -> Option<T> {
        let unreadable = |error| self.tally.trouble(format!("{}: unreadable: {error}", kind.name()));
        read.map_err(unreadable).ok()
    }
}
