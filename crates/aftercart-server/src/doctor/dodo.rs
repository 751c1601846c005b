//! The key, and whether Dodo answers.

use super::patient::Patient;
use super::probe::{Answer, ask};
use super::report::Check;
use reqwest::Method;
use std::time::Duration;

const NAME: &str = "dodo.key";
/// A shopper waits for several such reads.
const SLOW: Duration = Duration::from_secs(2);

/// What was found; an answer only if Dodo accepted the key.
pub(super) struct Found {
    pub(super) check: Check,
    pub(super) answer: Option<Answer>,
}

/// One harmless read with the configured key.
pub(super) async fn examine(patient: &Patient) -> Found {
    let dodo = &patient.config.dodo;
    let place = dodo.base_url.origin();
    if let Some(seen) = wrong_kind(place, dodo.api_key.reveal()) {
        let advice = "use the other key in DODO_PAYMENTS_API_KEY, or the other `environment` in `[dodo]`";
        return Found { check: Check::fail(NAME, seen, advice), answer: None };
    }
    let request = patient.probe.request(Method::GET, &patient.dodo("/products")).query(&[("page_size", "1")]);
    let answer = match ask(request.bearer_auth(dodo.api_key.reveal())).await {
        Ok(answer) => answer,
        Err(error) => {
            let advice = "let this machine reach it: firewall, proxy, DNS, or `[dodo] base_url`";
            return Found { check: Check::fail(NAME, format!("{place}: {error}"), advice), answer: None };
        }
    };
    let check = judge(place, &answer);
    Found { answer: Some(answer).filter(|answer| answer.status == 200), check }
}

fn judge(place: &str, answer: &Answer) -> Check {
    let took = answer.took.as_millis();
    match answer.status {
        200 if answer.took > SLOW => {
            Check::warn(NAME, format!("{place} answers after {took} ms"), "expect offers to appear late")
        }
        200 => Check::ok(NAME, format!("{place} takes it and answers after {took} ms")),
        401 | 403 => Check::fail(
            NAME,
            format!("{place} refuses the key with {}", answer.status),
            "copy it again from Dodo's dashboard, Developer, API keys; test and live have different ones",
        ),
        404 => {
            Check::fail(NAME, format!("{place} knows no products"), "`[dodo] base_url` is another service's")
        }
        status => {
            Check::fail(NAME, format!("{place} answers {status}"), "Dodo is in trouble: try again later")
        }
    }
}

/// A key that the address cannot take, seen before it is sent there.
fn wrong_kind(place: &str, key: &str) -> Option<String> {
    let is_live = place == dodopayments::LIVE_MODE_BASE_URL;
    if is_live && key.starts_with("dodo_test_") {
        Some("a test key for the live environment".to_owned())
    } else if !is_live && key.starts_with("dodo_live_") {
        Some(format!("a live key for {place}, which is not the live environment"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::wrong_kind;

    #[test]
    fn a_key_of_the_other_environment_is_seen_before_it_is_sent() {
        let (test, live) = ("https://test.dodopayments.com", "https://live.dodopayments.com");
        assert!(wrong_kind(test, "dodo_live_x").is_some());
        assert!(wrong_kind(live, "dodo_test_x").is_some());
        assert!(wrong_kind("http://127.0.0.1:4010", "dodo_live_x").is_some());
        for (place, key) in
            [(test, "dodo_test_x"), (live, "dodo_live_x"), (live, "another"), (test, "another")]
        {
            assert!(wrong_kind(place, key).is_none(), "{place} {key}");
        }
    }
}
