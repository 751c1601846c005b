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

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(Sha256::digest(STYLE)));

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
    let body = html! {
        div role="status" {
            h1 { (told.title) }
            p { (told.text) }
        }
        @if let Some((address, words)) = &told.link {
            p { a.go href=(address) rel="noreferrer" { (words) } }
        }
        @if let Some(address) = &told.shop { (way_back(address, language)) }
    };
    let mut response =
        framed(told.status, &told.title, &body, language, "base-uri 'none'; form-action 'none'; style-src");
    if let Some(seconds) = told.again_in {
        response.headers_mut().insert(REFRESH, HeaderValue::from(seconds));
    }
    response
}

/// The way back to the shop.
pub(super) fn way_back(address: &str, language: Language) -> Markup {
    html! { p { a href=(address) rel="noreferrer" { (language.say(Word::Own("back_to_shop"))) } } }
}

/// What both pages have around them. `policy` is what this one is allowed, and ends with the sources of styles.
pub(super) fn framed(
    status: StatusCode,
    title: &str,
    body: &Markup,
    language: Language,
    policy: &str,
) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    let mut response = (status, markup.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = format!("default-src 'none'; frame-ancestors 'none'; {policy} 'sha256-{}'", *STYLE_HASH);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_and_addresses_are_text_and_never_markup() {
        let told = Told {
            status: StatusCode::OK,
            title: "<img src=x onerror=alert(1)>".into(),
            text: "</p><script>alert(1)</script>".into(),
            link: Some(("https://a.example/\"onclick=\"alert(1)".into(), "<b>".into())),
            shop: Some("https://b.example/'\"><script>".into()),
            again_in: None,
        };
        let page = page(&told, Language::of(None)).into_body();
        let html = axum::body::to_bytes(page, usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        for markup in ["<img", "<script", "<b>", "\"onclick"] {
            assert!(!html.contains(markup), "{markup} in {html}");
        }
    }
}
