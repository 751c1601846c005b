//! What an HTTP answer means: the one place that decides whether a charge may have happened.
//!
//! 1. A 2xx answer that is an outcome is that outcome; a 2xx answer that is not is **lost**.
//! 2. Another answer with an outcome that is not a success is that outcome, but it is a failure only with a
//!    status that a backend itself gives: 4xx or 500 (guide-shaped backends answer `{error}` with 400 or 500).
//! 3. 408, 409 and 501 upwards say nothing about the charge, whatever their body says: gateways give them, in
//!    JSON too (`{"error":{"code":"504"}}`), while the backend goes on charging. **Lost.**
//! 4. Any other 4xx was refused before a charge.
//! 5. Everything else, above all no answer, is **lost**.

use super::event::{AcceptError, LoadError, StatusError};
use aftercart_contract::{DeclineResponse, OfferAnswer, Outcome, Problem, digits};

/// Reads the answer to the offer request; `None` is no answer at all.
pub fn read_offer(answer: Option<(u16, &str)>) -> Result<OfferAnswer, LoadError> {
    let (status, body) = answer.ok_or(LoadError::Unreachable)?;
    if !is_success(status) {
        return Err(LoadError::Status(status));
    }
    OfferAnswer::from_json(body).map_err(|error| LoadError::Unreadable(error.text()))
}

/// Reads the answer to an accept; `None` is no answer at all.
pub fn read_accept(answer: Option<(u16, &str)>) -> Result<Outcome, AcceptError> {
    let (status, body) = answer.ok_or(AcceptError::Lost)?;
    match Outcome::from_json(body) {
        Ok(outcome) if is_success(status) || is_believed(status, &outcome) => return Ok(outcome),
        _ => {}
    }
    if !is_of_the_backend(status) || status == 500 {
        return Err(AcceptError::Lost);
    }
    Err(AcceptError::Refused(Problem::from_json(body).unwrap_or_else(|_| Problem {
        code: ["http_", &digits(status)].concat(),
        message: String::new(),
        recoverable: false,
    })))
}

/// Reads the answer to a status request; `None` is no answer at all.
pub fn read_status(answer: Option<(u16, &str)>) -> Result<Outcome, StatusError> {
    let (status, body) = answer.ok_or(StatusError::Unavailable)?;
    if is_success(status) {
        return Outcome::from_json(body).map_err(|_| StatusError::Unavailable);
    }
    let problem = Problem::from_json(body).ok();
    let never_arrived = status == 404 && problem.is_some_and(|problem| problem.code == "not_accepted");
    Err(if never_arrived { StatusError::NotAccepted } else { StatusError::Unavailable })
}

/// Reads the answer to a wish to hold, go on or take back. What is no outcome says nothing: ask for the status.
pub fn read_revoke(answer: Option<(u16, &str)>) -> Option<Outcome> {
    read_status(answer).ok()
}

/// Reads the answer to a decline. Whatever goes wrong, the shopper has declined.
pub fn read_decline(answer: Option<(u16, &str)>) -> DeclineResponse {
    answer
        .filter(|(status, _)| is_success(*status))
        .and_then(|(_, body)| DeclineResponse::from_json(body).ok())
        .unwrap_or_default()
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Whether an outcome counts although the status is no success: never for one that ends the matter in doubt.
fn is_believed(status: u16, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Succeeded { .. } | Outcome::AlreadyAccepted { .. } => false,
        Outcome::Failed(_) => is_of_the_backend(status),
        _ => true,
    }
}

/// A refusal or error that the backend itself gave, not a gateway in front of it.
fn is_of_the_backend(status: u16) -> bool {
    (400..=500).contains(&status) && !matches!(status, 408 | 409)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explicit_success_is_a_success() {
        let paid = |answer| matches!(read_accept(answer), Ok(Outcome::Succeeded { .. }));
        assert!(paid(Some((200, r#"{"status":"succeeded","payment_id":"pay_1"}"#))));
        assert!(paid(Some((200, r#"{"success":true,"sessionId":"cks_1"}"#))));
        assert!(paid(Some((200, r#"{"success":true,"session_id":"cks_1"}"#))));
        for doubtful in [
            None,
            Some((200, "")),
            Some((200, "<!doctype html>")),
            Some((200, "{}")),
            Some((200, r#"{"status":"paid"}"#)),
            Some((200, r#"{"success":"true"}"#)),
            Some((500, r#"{"status":"succeeded"}"#)),
            Some((502, "<html>")),
            Some((409, r#"{"code":"conflict","message":"","recoverable":true}"#)),
            Some((408, "")),
        ] {
            assert_eq!(read_accept(doubtful), Err(AcceptError::Lost), "{doubtful:?}");
        }
    }

    #[test]
    fn a_gateways_error_never_says_that_nothing_was_charged() {
        let vercels = r#"{"error":{"code":"504","message":"FUNCTION_INVOCATION_TIMEOUT"}}"#;
        let failed = r#"{"status":"failed","code":"gateway_timeout"}"#;
        for status in [408, 409, 501, 502, 503, 504, 520, 599, 302, 0] {
            for body in [vercels, failed, r#"{"error":"Bad Gateway"}"#] {
                assert_eq!(read_accept(Some((status, body))), Err(AcceptError::Lost), "{status} {body}");
            }
        }
    }

    #[test]
    fn the_guides_errors_are_failures_and_other_refusals_keep_their_code() {
        for status in [400, 500] {
            let outcome = read_accept(Some((status, r#"{"error":"Upsell processing failed"}"#)));
            assert!(matches!(outcome, Ok(Outcome::Failed(_))), "{outcome:?}");
        }
        let refused = |status, body| match read_accept(Some((status, body))) {
            Err(AcceptError::Refused(problem)) => problem.code,
            other => format!("{other:?}"),
        };
        assert_eq!(
            refused(401, r#"{"code":"token_expired","message":"","recoverable":true}"#),
            "token_expired"
        );
        assert_eq!(refused(403, "<html>"), "http_403");
    }

    #[test]
    fn only_not_accepted_says_that_nothing_arrived() {
        let missing = r#"{"code":"not_accepted","message":"","recoverable":true}"#;
        assert_eq!(read_status(Some((404, missing))), Err(StatusError::NotAccepted));
        assert_eq!(read_status(Some((404, "{}"))), Err(StatusError::Unavailable));
        assert_eq!(read_status(Some((500, missing))), Err(StatusError::Unavailable));
        assert_eq!(read_status(None), Err(StatusError::Unavailable));
    }

    #[test]
    fn html_an_error_status_and_a_newer_contract_are_no_offers() {
        assert_eq!(read_offer(None), Err(LoadError::Unreachable));
        assert_eq!(read_offer(Some((503, "{}"))), Err(LoadError::Status(503)));
        assert!(matches!(read_offer(Some((200, "<!doctype html>"))), Err(LoadError::Unreadable(_))));
        let newer = r#"{"contract":2,"eligible":true,"product":{"id":"p","price":1,"currency":"USD"}}"#;
        assert!(
            matches!(read_offer(Some((200, newer))), Err(LoadError::Unreadable(text)) if text.contains("newer"))
        );
    }
}
