//! Turns a problem into a page where a person, not a script, reads the answer.
//!
//! Status and headers stay as they are; only the body changes. What is said depends on where the
//! person was: a decline charges nothing; an accept may be in doubt; an outcome must never sound like
//! an invitation to pay again.

use super::frame::{Told, page};
use super::words::Word::{Own, Widget};
use super::words::{Language, Word};
use crate::http::form::is_form;
use crate::http::router::Shared;
use crate::shopper::sentences;
use aftercart_contract::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

/// Where a person meets a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Accept,
    Decline,
    Quote,
    Outcome,
}

impl Place {
    fn of(request: &Request) -> Option<Self> {
        let route = request.extensions().get::<MatchedPath>()?.as_str();
        let posted = request.method() == Method::POST && is_form(request.headers());
        match route.rsplit('/').next()? {
            "accept" if posted => Some(Self::Accept),
            "decline" if posted => Some(Self::Decline),
            "quote" if posted => Some(Self::Quote),
            "outcome" => Some(Self::Outcome),
            _ => None,
        }
    }
}

/// Answers a form post and the outcome page with pages only.
pub(in crate::http) async fn for_people(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let Some(place) = Place::of(&request) else { return next.run(request).await };
    let language = language(&request);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let Said { title, text } = words(place, &problem.code, response.status());
    let told = Told {
        status: response.status(),
        title: language.say(title).to_owned(),
        text: sentences(language.tag(), text.iter().map(|word| language.say(*word))),
        link: None,
        shop: shared.core.config.success_url.as_ref().map(ToString::to_string),
        again_in: (place == Place::Outcome && passes(response.status())).then_some(5),
    };
    dressed_as(page(&told, language), &response)
}

/// The page with everything else that the answer had.
fn dressed_as(mut page: Response, answer: &Response) -> Response {
    page.extensions_mut().extend(answer.extensions().clone());
    for (name, value) in answer.headers() {
        if name != CONTENT_LENGTH && !page.headers().contains_key(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

/// The offer's language as the address says it, else the browser's.
fn language(request: &Request) -> Language {
    let asked = request.uri().query().unwrap_or_default();
    let asked = asked.split('&').find_map(|pair| pair.strip_prefix("locale="));
    let browser = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::of(asked.or(browser))
}

/// True where asking again later may be answered otherwise.
fn passes(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// A title, and the sentences below it.
#[derive(Clone, Copy)]
struct Said {
    title: Word,
    text: &'static [Word],
}

fn words(place: Place, code: &str, status: StatusCode) -> Said {
    match (place, code) {
        (Place::Accept, "internal" | "timed_out") => IN_DOUBT,
        (
            Place::Accept | Place::Decline | Place::Quote,
            "already_accepted" | "already_owned" | "key_reused",
        ) => ANSWERED,
        (
            Place::Accept | Place::Quote,
            "token_expired" | "ended" | "unknown_offer" | "unknown_subject" | "too_late",
        ) => ENDED,
        (Place::Accept, "unknown_payment_method") => METHOD_GONE,
        (Place::Accept, "consent_missing") => CONSENT_MISSING,
        (Place::Accept | Place::Decline | Place::Quote, _) if passes(status) || code == "body_timeout" => {
            NOT_NOW
        }
        (Place::Accept | Place::Decline | Place::Quote, _) => NOT_UNDERSTOOD,
        (Place::Outcome, "not_accepted") => NOTHING_HERE,
        (Place::Outcome, "too_late") => TOO_LATE,
        (Place::Outcome, _) if passes(status) => LOOK_AGAIN,
        (Place::Outcome, _) => NO_SUCH_PAGE,
    }
}

/// Nothing was charged by this click; and where to go on.
const OPEN_AGAIN: &[Word] = &[Own("click_charged_nothing"), Own("open_order_again")];

const IN_DOUBT: Said = Said { title: Widget("unknown_title"), text: &[Own("in_doubt_text")] };
const ANSWERED: Said = Said { title: Own("answered_title"), text: &[Own("click_charged_nothing")] };
const ENDED: Said = Said { title: Own("ended_title"), text: OPEN_AGAIN };
const METHOD_GONE: Said = Said { title: Own("method_gone_title"), text: OPEN_AGAIN };
const CONSENT_MISSING: Said = Said { title: Widget("consent_missing"), text: OPEN_AGAIN };
const NOT_NOW: Said =
    Said { title: Own("busy_title"), text: &[Own("click_charged_nothing"), Own("busy_text")] };
const NOT_UNDERSTOOD: Said = Said { title: Widget("not_received_title"), text: OPEN_AGAIN };
const NOTHING_HERE: Said = Said { title: Own("nothing_started_title"), text: &[Widget("failed_text")] };
const TOO_LATE: Said = Said { title: Own("too_late_title"), text: &[Own("too_late_text")] };
const LOOK_AGAIN: Said = Said { title: Own("look_again_title"), text: &[Own("look_again_text")] };
const NO_SUCH_PAGE: Said = Said { title: Own("nothing_here_title"), text: &[Own("nothing_here_text")] };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_words_in_every_language() {
        let said = [
            IN_DOUBT,
            ANSWERED,
            ENDED,
            METHOD_GONE,
            CONSENT_MISSING,
            NOT_NOW,
            NOT_UNDERSTOOD,
            NOTHING_HERE,
            TOO_LATE,
            LOOK_AGAIN,
            NO_SUCH_PAGE,
        ];
        for tag in aftercart_words::TAGS {
            for word in said.iter().flat_map(|said| [said.title].into_iter().chain(said.text.iter().copied()))
            {
                assert!(!Language::of(Some(tag)).say(word).is_empty(), "{word:?} in {tag}");
            }
        }
    }
}
