//! A webhook of our own, sent the way Dodo's come: through the public address.
//!
//! The first body is one that any rewriting changes (spaces, escapes, order). If that is refused, a second in the
//! form that JSON libraries write tells a rewritten body from a wrong key.

use super::patient::Patient;
use super::probe::{Answer, ask};
use super::report::Check;
use jiff::Timestamp;
use reqwest::Method;
use standardwebhooks::Webhook;
use uuid::Uuid;

const DELIVERY: &str = "webhook.delivery";
const FORGERY: &str = "webhook.forgery";
/// How every answer that is not one of ours is to be helped.
const PASS_ON: &str = "pass POST /webhooks/dodo on to this server as it comes";

/// Sends at most three events of a type that is kept and has no effect.
pub(super) async fn examine(patient: &Patient, is_up: bool) -> Vec<Check> {
    if !is_up {
        return vec![Check::skip(DELIVERY, "not sent: the public address does not answer")];
    }
    // Where several are listed, while one replaces another, the first is the newest.
    let newest = patient.config.dodo.webhook_key.reveal().split(',').next().unwrap_or_default();
    let Ok(webhook) = Webhook::new(newest.trim()) else {
        let advice = "copy the endpoint's secret (whsec_…) again from Dodo's dashboard, Webhooks";
        return vec![Check::fail(DELIVERY, "the webhook key is not base64 after `whsec_`", advice)];
    };
    let delicate = delicate_body();
    let sent = deliver(patient, &webhook, &delicate, &delicate).await;
    let was_refused = matches!(&sent, Ok(answer) if answer.status == 401);
    let robust_passes = was_refused && {
        let robust = robust_body();
        matches!(deliver(patient, &webhook, &robust, &robust).await, Ok(answer) if is_success(&answer))
    };
    let arrived = matches!(&sent, Ok(answer) if is_success(answer));
    let mut checks = vec![judge(sent, robust_passes)];
    if arrived {
        let forged = delicate.replace("\"none\"", "\"some\"");
        checks.push(judge_forged(deliver(patient, &webhook, &delicate, &forged).await));
    }
    checks
}

fn judge(sent: Result<Answer, String>, robust_passes: bool) -> Check {
    match sent {
        Ok(answer) if is_success(&answer) => Check::ok(DELIVERY, "a signed event arrives unchanged"),
        Ok(answer) if answer.status == 401 && robust_passes => Check::fail(
            DELIVERY,
            "refused with 401, because the body was rewritten on the way",
            "let the proxy pass the raw body of /webhooks/dodo: no JSON parsing, no re-encoding",
        ),
        Ok(answer) if answer.status == 401 => Check::fail(
            DELIVERY,
            "refused with 401: the running server has another webhook key, or a header was lost or changed on the way",
            "restart the server with this DODO_PAYMENTS_WEBHOOK_KEY, and pass webhook-id, webhook-timestamp and webhook-signature",
        ),
        Ok(answer) => Check::fail(DELIVERY, format!("/webhooks/dodo answers {}", answer.status), PASS_ON),
        Err(error) => Check::fail(DELIVERY, format!("/webhooks/dodo: {error}"), PASS_ON),
    }
}

fn judge_forged(sent: Result<Answer, String>) -> Check {
    match sent {
        Ok(answer) if answer.status == 401 => Check::ok(FORGERY, "a forged event is refused"),
        Ok(answer) => Check::fail(
            FORGERY,
            format!("a forged event is answered {}", answer.status),
            "something in front of the server answers for it: remove that",
        ),
        Err(error) => Check::fail(FORGERY, error, PASS_ON),
    }
}

fn is_success(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

async fn deliver(patient: &Patient, webhook: &Webhook, signed: &str, sent: &str) -> Result<Answer, String> {
    let id = format!("doctor_{}", Uuid::new_v4().simple());
    let timestamp = Timestamp::now().as_second();
    let signature = webhook.sign(&id, timestamp, signed.as_bytes()).map_err(|error| error.to_string())?;
    let request = patient.probe.request(Method::POST, &patient.public("/webhooks/dodo"));
    let request = request
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature)
        .header("content-type", "application/json");
    ask(request.body(sent.to_owned())).await
}

/// Not as any library would write it.
fn delicate_body() -> String {
    let now = Timestamp::now();
    format!(
        "{{ \"type\": \"aftercart.doctor\",\n  \"timestamp\": \"{now}\", \"business_id\": \"\\u0061ftercart\",\n  \"data\": {{ \"effect\": \"none\", \"number\": 1.0 }} }}\n"
    )
}

/// As every library would write it: short, sorted, plain.
fn robust_body() -> String {
    format!("{{\"data\":{{}},\"timestamp\":\"{}\",\"type\":\"aftercart.doctor\"}}", Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn rewriting_changes_the_one_body_and_not_the_other() {
        let survives = |body: &str| *body == *serde_json::from_str::<Value>(body).unwrap().to_string();
        assert!(!survives(&delicate_body()));
        assert!(survives(&robust_body()));
    }
}
