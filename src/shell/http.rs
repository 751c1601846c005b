//! The requests of the contract. Each is sent once; nothing here retries.

use super::clock;
use crate::config::Config;
use aftercart_contract::{
    AcceptRequest, EventBatch, EventName, IdempotencyKey, OfferId, OfferToken, ReportedEvent,
};
use gloo_net::http::{Request, RequestBuilder};
use std::pin::Pin;

/// Status and body; `None` is no answer at all.
pub(super) type Answer = Option<(u16, String)>;
/// A request under way. Of one type, so that what waits for it is one function too.
pub(super) type Call = Pin<Box<dyn Future<Output = Answer>>>;

pub(super) fn get_offer(config: &Config) -> Call {
    let locale = config
        .locale
        .as_deref()
        .filter(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let query = locale.map(|tag| format!("?locale={tag}")).unwrap_or_default();
    send(authorised(Request::get(&url(config, &query)), config.token.as_ref()), None)
}

pub(super) fn post_accept(config: &Config, key: &IdempotencyKey, body: &AcceptRequest) -> Call {
    let request = Request::post(&url(config, "/accept")).header("Idempotency-Key", key.as_str());
    send(authorised(request, config.token.as_ref()), Some(body.to_json()))
}

pub(super) fn get_status(config: &Config, offer_id: &OfferId, token: Option<&OfferToken>) -> Call {
    let id = String::from(js_sys::encode_uri_component(offer_id.as_str()));
    let request = Request::get(&url(config, &format!("/status?offer_id={id}")));
    send(authorised(request, token.or(config.token.as_ref())), None)
}

/// A question or a word that charges nothing: `/quote`, `/revoke`, `/decline`.
pub(super) fn post(config: &Config, path: &str, body: String) -> Call {
    send(authorised(Request::post(&url(config, path)), config.token.as_ref()), Some(body))
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
    let Some(window) = web_sys::window() else { return };
    let _ = window.navigator().send_beacon_with_opt_str(&url(config, "/events"), Some(&batch.to_json()));
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

fn send(request: RequestBuilder, body: Option<String>) -> Call {
    Box::pin(answered(request, body))
}

async fn answered(request: RequestBuilder, body: Option<String>) -> Answer {
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let response = request.ok()?.send().await.ok()?;
    let status = response.status();
    Some((status, response.text().await.ok()?))
}
