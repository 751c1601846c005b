//! Damaged requests: webhooks, headers, bodies, language wishes.

use super::bearer::bearer;
use super::body::read as read_body;
use super::form::{AcceptForm, fields};
use super::locale::wish;
use super::webhooks::read as read_webhook;
use crate::dodo::fuzz::payment_is_given;
use crate::webhook_keys::WebhookKeys;
use aftercart_contract::{AcceptRequest, DeclineRequest, EventBatch, MethodRef};
use aftercart_fuzz::{Corpus, deep_documents, fuzz, on_a_small_stack};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::Value;
use standardwebhooks::Webhook;

const SECRET: &str = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtb25seQ==";

#[test]
fn webhook_body() {
    fuzz("webhook_body", &Corpus::fixtures("dodo", &["webhook_"]), |input| {
        let Ok(text) = std::str::from_utf8(input) else { return Ok(()) };
        let Ok((envelope, payment)) = read_webhook(text) else { return Ok(()) };
        if payment.is_some() != envelope.kind.starts_with("payment.") {
            return Err(format!("{} with payment: {}", envelope.kind, payment.is_some()));
        }
        let Ok(given) = serde_json::from_str::<Value>(text) else { return Ok(()) };
        let data = given.get("data").unwrap_or(&Value::Null);
        payment.map_or(Ok(()), |payment| payment_is_given(&payment, data))
    });
}

/// Header lines and, after an empty one, the body.
fn request(text: &str) -> (HeaderMap, &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut headers = HeaderMap::new();
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        let name =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].into_iter().find(|known| *known == name);
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    (headers, body)
}

#[test]
fn webhook_signature() {
    let keys = WebhookKeys::parse(SECRET).unwrap();
    let dodo = Webhook::new(SECRET).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let delivery = |id: &str, seconds: i64, body: &str| {
        let signature = dodo.sign(id, seconds, body.as_bytes()).unwrap();
        format!(
            "webhook-id: {id}\nwebhook-timestamp: {seconds}\nwebhook-signature: v1,bm8= {signature}\n\n{body}"
        )
    };
    let good =
        [delivery("msg_1", now, "{}"), delivery("msg_2", now + 240, r#"{"type":"payment.succeeded"}"#)];
    let seeds = [good[0].as_str(), &good[1], &delivery("msg_3", now - 400, "{}")];
    let words = [
        "v1,",
        "v1a,",
        "v2,",
        " ",
        "\n",
        ": ",
        "webhook-id: ",
        "webhook-timestamp: ",
        "-9223372036854775808",
        "+",
    ];
    fuzz("webhook_signature", &Corpus::of(&seeds).words(&words), |input| {
        let Ok(text) = std::str::from_utf8(input) else { return Ok(()) };
        let (headers, body) = request(text);
        if keys.verify(body.as_bytes(), &headers).is_err() {
            return Ok(());
        }
        // The signature's place in its list is free; id, time and body are not.
        let was_sent = |good: &String| {
            let (known, known_body) = request(good);
            let is_same = |name: &str| known.get(name) == headers.get(name);
            is_same("webhook-id") && is_same("webhook-timestamp") && known_body == body
        };
        if good.iter().any(was_sent) { Ok(()) } else { Err("verified what nobody signed".to_owned()) }
    });
}

#[test]
fn bearer_header() {
    let corpus = Corpus::of(&["Bearer a1.k1.abc.def", "bearer  x", "Basic dXNlcjpwYXNz", "Bearer"]);
    fuzz("bearer_header", &corpus.words(&["Bearer ", "bearer", "\t", " "]), |input| {
        let Ok(value) = HeaderValue::from_bytes(input) else { return Ok(()) };
        let headers = HeaderMap::from_iter([(axum::http::header::AUTHORIZATION, value)]);
        let Some(credential) = bearer(&headers) else { return Ok(()) };
        let scheme = input.get(..6).unwrap_or_default();
        let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && credential.trim() == credential;
        if is_bearer { Ok(()) } else { Err(format!("`{credential}`")) }
    });
}

#[test]
fn locale_wish() {
    let corpus = Corpus::of(&["en", "fr-CA", "zh-Hant-TW", "en-u-nu-arab", "de-1996", "x-private"]);
    fuzz("locale_wish", &corpus.words(&["-u-", "-x-", "-", "_", "und", "*", ";q=0.5"]), |input| {
        let Ok(text) = std::str::from_utf8(input) else { return Ok(()) };
        let Some(tag) = wish(Some(text)) else { return Ok(()) };
        let is_tag = tag.len() <= 35 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_tag && wish(Some(&tag)).as_ref() == Some(&tag) { Ok(()) } else { Err(format!("`{tag}`")) }
    });
}

/// A JSON body as a page sends it.
fn body<T: DeserializeOwned>(input: &[u8]) -> Result<T, u16> {
    let headers = HeaderMap::from_iter([(
        axum::http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = runtime.block_on(read_body(&headers, Body::from(input.to_vec()), None));
    read.map_err(|response: axum::response::Response| response.status().as_u16())
}

#[test]
fn request_body() {
    let corpus = Corpus::fixtures("contract", &["accept_request.", "decline_request.", "event_batch."]);
    fuzz("request_body", &corpus, |input| {
        let statuses = [
            body::<AcceptRequest>(input).err(),
            body::<DeclineRequest>(input).err(),
            body::<EventBatch>(input).err(),
        ];
        let is_long = input.len() > 64 * 1024;
        let allowed = |status: &Option<u16>| match status {
            None => !is_long,
            Some(413) => is_long,
            Some(status) => *status == 422 && !is_long,
        };
        if statuses.iter().all(allowed) {
            Ok(())
        } else {
            Err(format!("{statuses:?} for {} bytes", input.len()))
        }
    });
}

#[test]
fn accept_form() {
    let good = "offer_id=course&token=a1.k1.abc.def&idempotency_key=click-1&payment_method=mtd_x&quantity=2";
    let corpus = Corpus::of(&[
        good,
        "idempotency_key=a&token=b&offer_id=c",
        "offer_id=%C3%A9&token=%00&idempotency_key=%",
    ]);
    let words = [
        "&",
        "=",
        "%",
        "+",
        "offer_id",
        "token",
        "idempotency_key",
        "quantity",
        "-1",
        "4294967296",
        "%0d%0a",
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    fuzz("accept_form", &corpus.words(&words), |input| {
        let form = match runtime.block_on(fields::<AcceptForm>(Body::from(input.to_vec()))) {
            Ok(form) => form,
            Err(refused) if matches!(refused.status().as_u16(), 413 | 422) => return Ok(()),
            Err(refused) => return Err(format!("{}", refused.status())),
        };
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(input).unwrap_or_default();
        let sent =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let is_kept = sent("offer_id") == Some(form.offer_id.as_str())
            && sent("token") == Some(form.token.reveal())
            && sent("idempotency_key") == Some(form.idempotency_key.as_str())
            && form.payment_method.as_ref().map(MethodRef::as_str) == sent("payment_method")
            && form.quantity == sent("quantity").and_then(|text| text.parse().ok());
        let is_plain = form.idempotency_key.as_str().bytes().all(|byte| byte.is_ascii_graphic());
        if is_kept && is_plain { Ok(()) } else { Err("another form".to_owned()) }
    });
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    on_a_small_stack(|| {
        let envelope = |data: &str| {
            format!(r#"{{"type":"payment.succeeded","timestamp":"2026-01-16T10:00:00Z","data":{data}}}"#)
        };
        for text in deep_documents() {
            assert!(read_webhook(&text).is_err());
            assert!(read_webhook(&envelope(&text)).is_err());
            assert!(body::<AcceptRequest>(text.as_bytes()).is_err());
        }
    });
}
