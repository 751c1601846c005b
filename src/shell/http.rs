//! The requests of the contract. Each is sent once; nothing here retries.

use super::clock;
use crate::config::Config;
use aftercart_contract::{
    AcceptRequest, EventBatch, EventName, IdempotencyKey, OfferId, OfferToken, ReportedEvent,
};
use gloo_net::http::Request;
use js_sys::{Object, Reflect};
use std::pin::Pin;
use web_sys::{AbortSignal, RequestInit};

/// Status and body; `None` is no answer at all.
pub(super) type Answer = Option<(u16, String)>;
/// A request under way. Of one type, so that what waits for it is one function too.
pub(super) type Call = Pin<Box<dyn Future<Output = Answer>>>;

pub(super) fn get_offer(config: &Config) -> Call {
    let locale = config
        .locale
        .as_deref()
        .filter(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let query = locale.map(|tag| ["?locale=", tag].concat()).unwrap_or_default();
    get(config, &query, config.token.as_ref())
}

pub(super) fn post_accept(config: &Config, key: &IdempotencyKey, body: &AcceptRequest) -> Call {
    send(
        &url(config, "/accept"),
        config.token.as_ref(),
        &[("Idempotency-Key", key.as_str())],
        Some(body.to_json()),
    )
}

pub(super) fn get_status(config: &Config, offer_id: &OfferId, token: Option<&OfferToken>) -> Call {
    let id = String::from(js_sys::encode_uri_component(offer_id.as_str()));
    get(config, &["/status?offer_id=", &id].concat(), token.or(config.token.as_ref()))
}

/// A question or a word that charges nothing: `/quote`, `/revoke`, `/decline`.
pub(super) fn post(config: &Config, path: &str, body: String) -> Call {
    send(&url(config, path), config.token.as_ref(), &[], Some(body))
}

/// A file of ours; `None` when it is not there within the limit.
pub(super) async fn get_file(address: &str, limit_ms: u32) -> Option<String> {
    let init = RequestInit::new();
    init.set_signal(Some(&AbortSignal::timeout_with_u32(limit_ms)));
    let (status, text) = answered(request(address, &init)).await?;
    (status == 200).then_some(text)
}

/// Sends a report that outlives the page and is not waited for. Losing one harms nobody.
pub(super) fn report(config: &Config, offer_id: OfferId, name: EventName) {
    let Some(at) = clock::now() else { return };
    let batch =
        EventBatch { offer_id, token: config.token.clone(), events: vec![ReportedEvent { name, at }] };
    let Some(window) = web_sys::window() else { return };
    let _ = window.navigator().send_beacon_with_opt_str(&url(config, "/events"), Some(&batch.to_json()));
}

fn url(config: &Config, rest: &str) -> String {
    [&config.endpoint, "/", config.subject.as_str(), rest].concat()
}

fn get(config: &Config, rest: &str, token: Option<&OfferToken>) -> Call {
    send(&url(config, rest), token, &[], None)
}

/// A `POST` where there is a body, else a `GET`.
fn send(url: &str, token: Option<&OfferToken>, more: &[(&str, &str)], body: Option<String>) -> Call {
    let headers = Object::new();
    let set = |name: &str, value: &str| {
        let _ = Reflect::set(&headers, &name.into(), &value.into());
    };
    set("Accept", "application/json");
    if let Some(token) = token {
        set("Authorization", &["Bearer ", token.reveal()].concat());
    }
    for (name, value) in more {
        set(name, value);
    }
    let init = RequestInit::new();
    if let Some(body) = body {
        set("Content-Type", "application/json");
        init.set_method("POST");
        init.set_body(&body.into());
    }
    init.set_headers(&headers);
    Box::pin(answered(request(url, &init)))
}

/// `None`: the browser refuses such a request.
fn request(url: &str, init: &RequestInit) -> Option<Request> {
    web_sys::Request::new_with_str_and_init(url, init).ok().map(Request::from)
}

async fn answered(request: Option<Request>) -> Answer {
    let response = request?.send().await.ok()?;
    let status = response.status();
    Some((status, response.text().await.ok()?))
}
