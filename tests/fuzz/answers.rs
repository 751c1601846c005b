//! HTTP answers: a status that says little with a body that says anything.

use aftercart::contract::{DeclineResponse, Outcome};
use aftercart::model::{self, AcceptError, LoadError, StatusError};
use aftercart_fuzz::{Corpus, deep_documents, fuzz, on_a_small_stack};

/// Statuses of backends, and of what stands between them and the widget.
const STATUSES: [u16; 26] = [
    0, 100, 199, 200, 201, 204, 299, 300, 302, 304, 400, 401, 403, 404, 408, 409, 422, 429, 499, 500, 501,
    502, 503, 504, 520, 65_535,
];

/// After these nobody knows whether the backend did what it was asked.
fn says_nothing(status: u16) -> bool {
    !(200..300).contains(&status) && !(400..=500).contains(&status) || matches!(status, 408 | 409)
}

/// Gives every body that is text to `check`, with every status.
fn bodies(parser: &str, corpus: &Corpus, check: impl Fn(u16, &str) -> Result<(), String>) {
    fuzz(parser, corpus, |input| {
        let Ok(body) = std::str::from_utf8(input) else { return Ok(()) };
        STATUSES.iter().try_for_each(|status| check(*status, body).map_err(|why| format!("{status}: {why}")))
    });
}

fn outcomes() -> Corpus {
    Corpus::fixtures("contract", &["outcome.", "guide_outcome.", "problem."]).and(&[
        r#"{"error":{"code":"504","message":"FUNCTION_INVOCATION_TIMEOUT"}}"#,
        r#"{"message":"Endpoint request timed out"}"#,
        "<html><h1>502 Bad Gateway</h1></html>",
    ])
}

fn is_paid(outcome: &Outcome) -> bool {
    matches!(outcome.clone().settled(), Outcome::Succeeded { .. })
}

#[test]
fn read_accept() {
    bodies("read_accept", &outcomes(), |status, body| match model::read_accept(Some((status, body))) {
        Ok(outcome) if is_paid(&outcome) && !(200..300).contains(&status) => {
            Err(format!("paid: {outcome:?}"))
        }
        Ok(Outcome::Failed(failure)) if says_nothing(status) => Err(format!("known dead: {failure:?}")),
        Ok(outcome) if Outcome::from_json(body).as_ref() != Ok(&outcome) => {
            Err(format!("made up: {outcome:?}"))
        }
        Err(AcceptError::Refused(problem)) if !(400..500).contains(&status) || says_nothing(status) => {
            Err(format!("refused: {problem:?}"))
        }
        _ => Ok(()),
    });
}

#[test]
fn read_status() {
    bodies("read_status", &outcomes(), |status, body| match model::read_status(Some((status, body))) {
        Ok(outcome) if !(200..300).contains(&status) => Err(format!("{outcome:?}")),
        Err(StatusError::NotAccepted) if status != 404 || !body.contains("not_accepted") => {
            Err("nothing arrived, and nobody said so".to_owned())
        }
        _ => Ok(()),
    });
}

#[test]
fn read_offer() {
    let corpus = Corpus::fixtures("contract", &["answer.", "guide_answer."]);
    bodies("read_offer", &corpus, |status, body| match model::read_offer(Some((status, body))) {
        Ok(_) if !(200..300).contains(&status) => Err("an offer from an error".to_owned()),
        Err(LoadError::Status(told)) if told != status => Err(format!("told {told}")),
        _ => Ok(()),
    });
}

#[test]
fn read_decline() {
    let corpus = Corpus::fixtures("contract", &["decline_response."]);
    bodies("read_decline", &corpus, |status, body| {
        let read = model::read_decline(Some((status, body)));
        let is_due = (200..300).contains(&status) && DeclineResponse::from_json(body).as_ref() == Ok(&read);
        if read.next.is_none() || is_due { Ok(()) } else { Err("an offer from nowhere".to_owned()) }
    });
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    on_a_small_stack(|| {
        for body in deep_documents() {
            let answer = Some((200, body.as_str()));
            assert_eq!(model::read_accept(answer), Err(AcceptError::Lost));
            assert_eq!(model::read_status(answer), Err(StatusError::Unavailable));
            assert!(matches!(model::read_offer(answer), Err(LoadError::Unreadable(_))));
            assert_eq!(model::read_decline(answer), DeclineResponse::default());
        }
    });
}
