//! The frame and the look that both pages share.

use super::words::{Language, Word};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFRESH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("page.css");

static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
});

/// What a page says.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) title: String,
    pub(super) text: String,
    /// The way on: address and words.
    pub(super) link: Option<(String, String)>,
    /// The way back to the shop.
    pub(super) shop: Option<String>,
    /// Seconds after which the browser asks again.
    pub(super) again_in: Option<u32>,
}

/// The page as an answer that nobody keeps.
pub(super) fn page(told: &Told, language: Language) -> Response {
    let mut response = (told.status, markup(told, language).into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(policy) = POLICY.clone() {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(seconds) = told.again_in {
        headers.insert(REFRESH, HeaderValue::from(seconds));
    }
    response
}

fn markup(told: &Told, language: Language) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (told.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    div role="status" {
                        h1 { (told.title) }
                        p { (told.text) }
                    }
                    @if let Some((address, words)) = &told.link {
                        p { a.go href=(address) rel="noreferrer" { (words) } }
                    }
                    @if let Some(address) = &told.shop {
                        p { a href=(address) rel="noreferrer" { (language.say(Word::Own("back_to_shop"))) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_text_and_never_markup() {
        let told = Told {
            status: StatusCode::OK,
            title: "<img src=x onerror=alert(1)>".into(),
            text: "</p><script>alert(1)</script>".into(),
            link: Some(("https://a.example/\"onclick=\"alert(1)".into(), "<b>".into())),
            shop: Some("https://b.example/'\"><script>".into()),
            again_in: None,
        };
        let html = markup(&told, Language::of(None)).into_string();
        for markup in ["<img", "<script", "<b>", "\"onclick"] {
            assert!(!html.contains(markup), "{markup} in {html}");
        }
    }
}
