//! The requests of the contract. Each is sent once; nothing here retries.

use super::clock;
use crate::config::Config;
use aftercart_contract::{
    AcceptRequest, EventBatch, EventName, IdempotencyKey, OfferId, OfferToken, ReportedEvent,
};
use gloo_net::http::{Request, RequestBuilder};
use serde::Serialize;

/// Status and body; `None` is no answer at all.
type Answer = Option<(u16, String)>;

pub(super) fn get_offer(config: &Config) -> impl Future<Output = Answer> + use<> {
    let locale = config
        .locale
        .as_deref()
        .filter(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let query = locale.map(|tag| format!("?locale={tag}")).unwrap_or_default();
    send(authorised(Request::get(&url(config, &query)), config.token.as_ref()), None)
}

pub(super) fn post_accept(
    config: &Config,
    key: &IdempotencyKey,
    body: &AcceptRequest,
) -> impl Future<Output = Answer> + use<> {
    let request = Request::post(&url(config, "/accept")).header("Idempotency-Key", key.as_str());
    send(authorised(request, config.token.as_ref()), json(body))
}

pub(super) fn get_status(
    config: &Config,
    offer_id: &OfferId,
    token: Option<&OfferToken>,
) -> impl Future<Output = Answer> + use<> {
    let id = String::from(js_sys::encode_uri_component(offer_id.as_str()));
    let request = Request::get(&url(config, &format!("/status?offer_id={id}")));
    send(authorised(request, token.or(config.token.as_ref())), None)
}

/// A question or a word that charges nothing: `/quote`, `/revoke`, `/decline`.
pub(super) fn post<B: Serialize>(
    config: &Config,
    path: &str,
    body: &B,
) -> impl Future<Output = Answer> + use<B> {
    send(authorised(Request::post(&url(config, path)), config.token.as_ref()), json(body))
}

/// A file of ours; `None` when it is not there within the limit.
pub(super) async fn get_file(address: &str, limit_ms: u32) -> Option<String> {
    let limit = web_sys::AbortSignal::timeout_with_u32(limit_ms);
    let response = Request::get(address).abort_signal(Some(&limit)).send().await.ok()?;
    if response.ok() { response.text().await.ok() } else { None }
}

/// Sends a report that outlives the page and is not waited for. Losing one harms nobody.
pub(super) fn report(config: &Config, offer_id: OfferId, name: EventName) {
    let Some(at) = clock::now() else { return };
    let batch = EventBatch { offer_id, events: vec![ReportedEvent { name, at }] };
    let (Some(window), Some(body)) = (web_sys::window(), json(&batch)) else { return };
    let _ = window.navigator().send_beacon_with_opt_str(&url(config, "/events"), Some(&body));
}

fn url(config: &Config, rest: &str) -> String {
    format!("{}/{}{rest}", config.endpoint, config.subject)
}

fn authorised(request: RequestBuilder, token: Option<&OfferToken>) -> RequestBuilder {
    let request = request.header("Accept", "application/json");
    match token {
        Some(token) => request.header("Authorization", &format!("Bearer {}", token.reveal())),
        None => request,
    }
}

fn json(body: &impl Serialize) -> Option<String> {
    serde_json::to_string(body).ok()
}

async fn send(request: RequestBuilder, body: Option<String>) -> Answer {
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let response = request.ok()?.send().await.ok()?;
    let status = response.status();
    Some((status, response.text().await.ok()?))
}
