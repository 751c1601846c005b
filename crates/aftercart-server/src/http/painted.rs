//! The offer as HTML, to be printed into the shop's page: `GET {endpoint}/{subject}` for `Accept: text/html`, and
//! [`crate::App::print_offer`].

use super::locale::wish;
use super::offers::OfferQuery;
use super::problem::answer;
use super::reply::json;
use super::router::Shared;
use crate::shopper::Conventions;
use aftercart::config::{Config, ConfigError};
use aftercart::paint::{Canvas, element, paint};
use aftercart_contract::{IdempotencyKey, Ineligible, OfferAnswer, OfferToken, Subject};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use tokio::time::timeout;

/// How long a page of the shop waits for what is printed into it: Dodo may have to be asked.
const PRINT_WITHIN: Duration = Duration::from_millis(500);

/// True when HTML is asked for before anything else.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    accepted(headers).trim_start().get(..9).is_some_and(|first| first.eq_ignore_ascii_case("text/html"))
}

/// True when JSON will do too: it can say why nothing is offered.
fn is_json_welcome(headers: &HeaderMap) -> bool {
    accepted(headers).contains("application/json")
}

fn accepted(headers: &HeaderMap) -> &str {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The fragment; when there is nothing to see, 204, or the answer as JSON to those who take it.
pub(super) fn fragment(
    shared: &Shared,
    subject: &Subject,
    query: &OfferQuery,
    headers: &HeaderMap,
    found: OfferAnswer,
) -> Response {
    let is_nothing = matches!(&found, OfferAnswer::Ineligible(Ineligible { outcome: None, .. }));
    if is_nothing && is_json_welcome(headers) {
        return json(StatusCode::OK, &found);
    }
    let mut response = match painted(shared, subject, query, found) {
        Ok(Some(html)) => html.into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            return answer(StatusCode::UNPROCESSABLE_ENTITY, "malformed", &error.to_string(), false);
        }
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// The fragment for a page of this server's own.
pub(super) fn on_our_page(
    shared: &Shared,
    subject: &Subject,
    found: OfferAnswer,
    nonce: &str,
) -> Option<String> {
    let query = OfferQuery { nonce: Some(nonce.to_owned()), ..OfferQuery::default() };
    painted(shared, subject, &query, found).ok().flatten()
}

/// The fragment for a page of the application around these routes; what `App::print_offer` says of it.
pub(crate) async fn printed(shared: &Shared, config: &Config, nonce: Option<&str>) -> String {
    let locale = wish(config.locale.as_deref());
    let token = config.token.as_ref().map(OfferToken::reveal);
    let asked = timeout(PRINT_WITHIN, shared.core.offer(&config.subject, token, locale.as_deref()));
    match asked.await {
        Ok(Ok(found)) => drawn(&Config { locale, ..config.clone() }, nonce, found).unwrap_or_default(),
        Ok(Err(_)) | Err(_) => element(config),
    }
}

fn painted(
    shared: &Shared,
    subject: &Subject,
    query: &OfferQuery,
    found: OfferAnswer,
) -> Result<Option<String>, ConfigError> {
    Ok(drawn(&settings(shared, subject, query)?, query.nonce.as_deref(), found))
}

fn drawn(config: &Config, nonce: Option<&str>, found: OfferAnswer) -> Option<String> {
    let (copy, locale) = match &found {
        OfferAnswer::Offer(offer) => (&offer.copy, offer.locale.as_deref()),
        OfferAnswer::Ineligible(nothing) => (&nothing.copy, config.locale.as_deref()),
    };
    let conventions = Conventions::of(copy, locale.unwrap_or("en"));
    let key = IdempotencyKey::new(uuid::Uuid::new_v4().simple().to_string()).ok()?;
    paint(found, &Canvas { config, key: &key, nonce }, &conventions)
}

/// What the element would have as attributes. Forms are sent to the public address, which the page's own is not.
fn settings(shared: &Shared, subject: &Subject, query: &OfferQuery) -> Result<Config, ConfigError> {
    let public = shared.core.config.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/'));
    Config::from_attributes(|name| match name {
        "subject" => Some(subject.as_str().to_owned()),
        "endpoint" => public.map(|public| format!("{public}/api/upsell")),
        "locale" => query.locale.clone(),
        // Proof comes in a header.
        "token" => None,
        other => query.attributes.get(other).cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_for_those_who_name_it_first() {
        let wanted = |accept: &str| is_wanted(&HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]));
        assert!(wanted("text/html"));
        assert!(wanted("text/html,application/xhtml+xml,*/*;q=0.8"));
        for json in ["application/json", "*/*", "application/json, text/html", ""] {
            assert!(!wanted(json), "{json}");
        }
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
