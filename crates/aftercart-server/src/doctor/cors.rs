//! Whether browsers let the shop's pages call us, through whatever stands in between.

use super::patient::{Patient, is_local};
use super::probe::{Answer, ask};
use super::report::Check;
use reqwest::Method;

const NAME: &str = "cors.origin";
const STRANGER: &str = "cors.stranger";
/// What the widget sends beyond what every page may.
const NEEDED: [&str; 3] = ["content-type", "authorization", "idempotency-key"];
/// A name that nobody can own (RFC 6761).
const NOBODY: &str = "https://aftercart-doctor.invalid";

/// One preflight for every allowed origin, and one for a stranger.
pub(super) async fn examine(patient: &Patient, is_up: bool) -> Vec<Check> {
    let mut checks = listed(patient);
    if !is_up {
        checks.push(Check::skip(NAME, "not asked: the public address does not answer"));
        return checks;
    }
    for origin in &patient.config.allowed_origins {
        checks.push(match preflight(patient, origin).await {
            Ok(answer) => judge(origin, &answer),
            Err(error) => {
                Check::fail(NAME, format!("{origin}: {error}"), "pass OPTIONS /api/upsell on to this server")
            }
        });
    }
    checks.push(match preflight(patient, NOBODY).await {
        Ok(answer)
            if answer.headers("access-control-allow-origin").any(|value| value == "*" || value == NOBODY) =>
        {
            Check::fail(
                STRANGER,
                "pages of every origin are let in",
                "remove the CORS headers of whatever is in front of this server: it sends its own",
            )
        }
        Ok(_) => Check::ok(STRANGER, "a page of another origin is refused"),
        Err(error) => Check::fail(STRANGER, error, "pass OPTIONS /api/upsell on to this server"),
    });
    checks
}

/// What the list itself says.
fn listed(patient: &Patient) -> Vec<Check> {
    let origins = &patient.config.allowed_origins;
    let own = patient.public("");
    if origins.is_empty() {
        let seen = "allowed_origins is empty: only pages of public_url may accept";
        return vec![Check::warn(
            "cors.list",
            seen,
            "name the origin of the shop's pages, unless it is that one",
        )];
    }
    let left_over = origins.iter().find(|origin| is_local(origin) && !is_local(&own));
    let seen = left_over.map(|origin| format!("{origin} may accept: a page on any visitor's own machine"));
    seen.into_iter().map(|seen| Check::warn("cors.list", seen, "take it out of allowed_origins")).collect()
}

async fn preflight(patient: &Patient, origin: &str) -> Result<Answer, String> {
    let request = patient.probe.request(Method::OPTIONS, &patient.public("/api/upsell/pay_doctor/accept"));
    let request = request
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", NEEDED.join(","));
    ask(request).await
}

fn judge(origin: &str, answer: &Answer) -> Check {
    let allowed: Vec<_> = answer.headers("access-control-allow-origin").collect();
    let advice = "pass the CORS headers of this server on, and add none";
    match allowed.as_slice() {
        [] => return Check::fail(NAME, format!("{origin} is not let in ({})", answer.status), advice),
        // Without cookies a star lets everybody in; the stranger's preflight complains of that.
        [one] if *one == origin || *one == "*" => {}
        [one] => return Check::fail(NAME, format!("{origin} is asked for, `{one}` is let in"), advice),
        _ => {
            let seen = format!("{origin}: Access-Control-Allow-Origin comes twice, which browsers refuse");
            return Check::fail(NAME, seen, advice);
        }
    }
    if !(200..300).contains(&answer.status) {
        return Check::fail(NAME, format!("{origin}: the preflight is answered {}", answer.status), advice);
    }
    let names = |header: &str| -> Vec<String> {
        let lists = answer.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
        lists.flat_map(|list| list.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect()
    };
    let headers = names("access-control-allow-headers");
    // A star covers every header but this one.
    let is_covered =
        |name: &str| headers.iter().any(|known| known == name || (known == "*" && name != "authorization"));
    let missing: Vec<_> = NEEDED.iter().copied().filter(|name| !is_covered(name)).collect();
    if !missing.is_empty() {
        return Check::fail(NAME, format!("{origin} may not send {}", missing.join(", ")), advice);
    }
    Check::ok(NAME, format!("{origin} is let in"))
}
