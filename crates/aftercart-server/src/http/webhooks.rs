//! `POST /webhooks/dodo`: Standard Webhooks, verified on the raw body.
//!
//! 1. Bad or missing signature, or a timestamp more than five minutes off: 401, nothing is kept. Any of the listed
//!    secrets may have signed, so that one can replace another without a gap.
//! 2. Verified but not readable, with an id of more than 255 bytes, or of a type with control characters: 400.
//! 3. The event is stored under its `webhook-id` before anything else; a repeat whose effect is
//!    stored too is answered 200 at once.
//! 4. Effects go through the same door as everything Dodo tells us, which does not mind order.
//! 5. If an effect cannot be stored now, the answer is 5xx and Dodo delivers again.
//! 6. An event about a subscription makes the server read that back, where a plan change of it is open.
//! 7. Other types are kept and answered 200.

use super::body::bounded;
use super::problem::answer;
use super::reply::empty;
use super::router::Shared;
use crate::attempt::Source;
use crate::dodo::{PayingCustomer, Payment};
use crate::metrics::WebhookResult;
use crate::purchase::is_ours;
use crate::store::EventSeen;
use crate::upsell::Refusal;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Dodo's documents are a few kilobytes.
pub(super) const MAX_BODY: usize = 1024 * 1024;
/// Dodo's ids are about 30 bytes.
const MAX_ID: usize = 255;

/// What Dodo puts around every event.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    timestamp: Timestamp,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Which subscription an event is about. What it says is read back from Dodo.
#[derive(Deserialize)]
struct ChangedSubscription {
    subscription_id: String,
    customer: PayingCustomer,
}

pub(super) async fn receive(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let body = bounded(body, MAX_BODY).await?;
    if let Err(error) = shared.webhook.verify(&body, &headers) {
        tracing::warn!(%error, "a webhook was refused");
        shared.core.metrics.webhook(WebhookResult::BadSignature);
        let text = "the webhook's signature or timestamp is not valid";
        return Err(answer(StatusCode::UNAUTHORIZED, "bad_signature", text, false));
    }
    let unreadable = |what: &'static str| {
        tracing::error!(what, "a verified webhook cannot be read");
        shared.core.metrics.webhook(WebhookResult::Unreadable);
        answer(StatusCode::BAD_REQUEST, "unreadable", what, false)
    };
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    let id = id.filter(|id| (1..=MAX_ID).contains(&id.len()));
    let id = id.ok_or_else(|| unreadable("the webhook-id is empty or too long"))?;
    let text = std::str::from_utf8(&body).map_err(|_| unreadable("the body is not UTF-8"))?;
    let (envelope, payment) = read(text).map_err(unreadable)?;
    let applied = apply(&shared, id, text, &envelope, payment.as_ref()).await;
    shared.core.metrics.webhook(*applied.as_ref().unwrap_or(&WebhookResult::Failed));
    applied.map_err(IntoResponse::into_response)?;
    Ok(empty(StatusCode::OK))
}

/// The event, and its payment when it is about one; else what cannot be read.
pub(super) fn read(text: &str) -> Result<(Envelope<'_>, Option<Payment>), &'static str> {
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|_| "the body is not a Dodo event")?;
    if envelope.kind.contains(char::is_control) {
        return Err("the event's type has control characters");
    }
    if !envelope.kind.starts_with("payment.") {
        return Ok((envelope, None));
    }
    let payment = serde_json::from_str(envelope.data.get());
    let payment = payment.map_err(|_| "the event's payment cannot be read")?;
    Ok((envelope, Some(payment)))
}

async fn apply(
    shared: &Shared,
    id: &str,
    body: &str,
    envelope: &Envelope<'_>,
    payment: Option<&Payment>,
) -> Result<WebhookResult, Refusal> {
    let core = &shared.core;
    if core.store.keep_event(id, &envelope.kind, body, core.now()).await? == EventSeen::Applied {
        return Ok(WebhookResult::Repeated);
    }
    if let Some(payment) = payment {
        core.take_in(payment, envelope.timestamp, Source::Webhook).await?;
    }
    if envelope.kind.starts_with("subscription.")
        && let Ok(changed) = serde_json::from_str::<ChangedSubscription>(envelope.data.get())
    {
        core.take_in_subscription(&changed.customer.customer_id, &changed.subscription_id).await?;
    }
    core.store.mark_applied(id, core.now()).await?;
    if let Some(purchase) = payment.filter(|payment| payment.has_succeeded() && !is_ours(payment)) {
        core.prepare_soon(purchase.payment_id.clone().into());
    }
    core.metrics.webhook_lagged(core.now().duration_since(envelope.timestamp));
    tracing::info!(event.kind = envelope.kind, "webhook applied");
    Ok(WebhookResult::Applied)
}
