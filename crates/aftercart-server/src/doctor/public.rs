//! Our own public address: reachable, ours, and never cached.

use super::patient::{Patient, is_local};
use super::probe::{Answer, ask};
use super::report::Check;
use reqwest::Method;
use serde_json::Value;

/// What was found; an answer only if it is this server that answers.
pub(super) struct Found {
    pub(super) checks: Vec<Check>,
    pub(super) answer: Option<Answer>,
}

pub(super) async fn examine(patient: &Patient) -> Found {
    let mut checks = vec![address(patient)];
    let health = ask(patient.probe.request(Method::GET, &patient.public("/healthz"))).await;
    let check = judge(&patient.public(""), health.as_ref());
    let answer = health.ok().filter(is_ours);
    checks.push(check);
    if answer.is_some() {
        checks.push(caching(patient).await);
    }
    Found { checks, answer }
}

/// Whether others can reach the address at all.
fn address(patient: &Patient) -> Check {
    const NAME: &str = "public.address";
    let url = patient.public("");
    let dodo_is_local = is_local(patient.config.dodo.base_url.as_str());
    match &patient.config.public_url {
        _ if is_local(&url) && dodo_is_local => Check::ok(NAME, format!("{url}, for this machine alone")),
        None => Check::warn(
            NAME,
            format!("no public_url, so {url}"),
            "set public_url to the https address under which Dodo and browsers reach this server",
        ),
        Some(_) if is_local(&url) => Check::warn(
            NAME,
            format!("{url} can be reached from this machine alone"),
            "set public_url to an https address, or Dodo cannot deliver webhooks to it",
        ),
        Some(_) => Check::ok(NAME, url),
    }
}

fn judge(url: &str, health: Result<&Answer, &String>) -> Check {
    const NAME: &str = "public.health";
    match health {
        Ok(answer) if is_ours(answer) => {
            Check::ok(NAME, format!("/healthz answers 200 after {} ms", answer.took.as_millis()))
        }
        Ok(answer) if answer.status == 503 => Check::fail(
            NAME,
            "/healthz answers 503",
            "look at the server's log: its database, or what is in front of it",
        ),
        Ok(answer) if (300..400).contains(&answer.status) => {
            let target = answer.header("location").and_then(|to| to.split('?').next()).unwrap_or_default();
            let advice = "set public_url to where it leads: webhooks and preflights follow no redirect";
            Check::fail(NAME, format!("/healthz answers {}, to {target}", answer.status), advice)
        }
        Ok(answer) => Check::fail(
            NAME,
            format!("/healthz answers {}, and not as this server does", answer.status),
            "pass /healthz, /api/upsell, /webhooks/dodo and /aftercart on to this server",
        ),
        Err(error) => Check::fail(
            NAME,
            format!("{url}: {error}"),
            "start `aftercart-server serve`, or correct public_url, DNS or the certificate",
        ),
    }
}

/// Pages that answer 200 to everything are not us.
fn is_ours(answer: &Answer) -> bool {
    let document: Option<Value> = serde_json::from_slice(&answer.body).ok();
    answer.status == 200
        && document.is_some_and(|document| document.get("status").is_some_and(|word| word == "ok"))
}

/// Offers are one shopper's: nothing between us and the browser may keep them.
async fn caching(patient: &Patient) -> Check {
    const NAME: &str = "public.no-store";
    // An unknown subject: answered without a question to Dodo.
    let request = patient.probe.request(Method::GET, &patient.public("/api/upsell/doctor"));
    let answer = match ask(request).await {
        Ok(answer) => answer,
        Err(error) => {
            return Check::fail(
                NAME,
                format!("/api/upsell: {error}"),
                "look at what is in front of the server",
            );
        }
    };
    let ours = answer.status == 404 && answer.text().contains("unknown_subject");
    let control = answer.header("cache-control").unwrap_or_default();
    if !ours {
        let seen = format!("/api/upsell/doctor answers {}, and not as this server does", answer.status);
        Check::fail(NAME, seen, "pass /api/upsell on to this server, errors included")
    } else if !control.contains("no-store") || answer.header("age").is_some() {
        let seen =
            format!("answers carry `Cache-Control: {control}` instead of `no-store`, or come from a cache");
        Check::fail(NAME, seen, "exclude /api/upsell from every cache in front of the server")
    } else {
        Check::ok(NAME, "answers may not be kept")
    }
}
