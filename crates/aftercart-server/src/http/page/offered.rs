//! The offer on a page of ours: at the price of another quantity, or at a price that has moved since.

use super::frame::{framed, way_back};
use super::words::{Language, Word};
use crate::http::painted;
use crate::http::router::Shared;
use aftercart_contract::{OfferAnswer, Subject};
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::{PreEscaped, html};

/// Shows the offer with its form; says that nothing was charged where the price `has_moved`.
pub(in crate::http) fn offered(
    shared: &Shared,
    subject: &Subject,
    found: OfferAnswer,
    has_moved: bool,
) -> Response {
    let (name, locale) = match &found {
        OfferAnswer::Offer(offer) => (Some(offer.product.name.clone()), offer.locale.clone()),
        OfferAnswer::Ineligible(_) => (None, None),
    };
    let language = Language::of(locale.as_deref());
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let fragment = painted::on_our_page(shared, subject, found, &nonce);
    let ended = language.say(Word::Own("ended_title"));
    let title = name.as_deref().filter(|_| fragment.is_some()).unwrap_or(ended);
    let body = html! {
        @if has_moved {
            div role="status" {
                h1 { (language.say(Word::Own("price_changed_title"))) }
                p { (language.say(Word::Own("click_charged_nothing"))) }
            }
        }
        @match &fragment {
            Some(fragment) => (PreEscaped(fragment)),
            None => h1 { (ended) },
        }
        @if let Some(shop) = &shared.core.config.success_url { (way_back(shop.as_str(), language)) }
    };
    let status = if has_moved { StatusCode::CONFLICT } else { StatusCode::OK };
    let policy = format!("base-uri 'none'; img-src https: http: data:; style-src 'nonce-{nonce}'");
    let mut response = framed(status, title, &body, language, &policy);
    // Without a referrer browsers name no origin in what a form posts, and then it is refused.
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
