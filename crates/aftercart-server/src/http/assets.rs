//! `GET /aftercart/{file}`: the widget's own files, so that one binary is a whole deployment.
//!
//! A name with a content hash never changes its content and is cached for a year; every other name
//! is revalidated by its `ETag`. Any page may load them: they are public, and pages under
//! `Cross-Origin-Embedder-Policy` need to be told so.

use super::problem;
use super::router::Shared;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Precompressed siblings, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

struct Found {
    bytes: Bytes,
    encoding: Option<&'static str>,
}

pub(super) async fn file(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found = match (is_plain(&name), content_type(&name)) {
        (true, Some(kind)) => {
            read(shared.core.config.assets.join(&name), accepted).await.map(|found| (found, kind))
        }
        _ => None,
    };
    let Some((found, kind)) = found else {
        return problem::answer(StatusCode::NOT_FOUND, "not_found", "there is no such file", false);
    };
    let digest = Sha256::digest(&found.bytes);
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or(&digest)));
    let unchanged = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| {
        tags.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag)
    });
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { found.bytes.into_response() };
    let headers = response.headers_mut();
    let caching = if has_content_hash(&name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    if let Some(encoding) = found.encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The best sibling that the browser takes, else the file itself.
async fn read(path: PathBuf, accepted: &str) -> Option<Found> {
    let mut candidates: Vec<(Option<&'static str>, PathBuf)> = Vec::new();
    for (encoding, suffix) in ENCODINGS {
        if accepts(accepted, encoding) {
            let mut sibling = path.clone().into_os_string();
            sibling.push(suffix);
            candidates.push((Some(encoding), PathBuf::from(sibling)));
        }
    }
    candidates.push((None, path));
    let reading = tokio::task::spawn_blocking(move || {
        candidates
            .into_iter()
            .find_map(|(encoding, path)| Some(Found { bytes: std::fs::read(path).ok()?.into(), encoding }))
    });
    reading.await.ok().flatten()
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused =
            parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty()));
        named && !refused
    })
}

/// Segments of letters, digits, `.`, `_` and `-` that do not start with a dot: nothing leads outside.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|segment| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(plain)
    })
}

/// `-` and eight or more hex digits before a dot, as Trunk and our own build name files.
fn has_content_hash(name: &str) -> bool {
    name.match_indices('-').any(|(at, _)| {
        let rest = name.get(at + 1..).unwrap_or_default();
        let digits = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        // Trunk puts `_bg` between the hash and the dot of the wasm file.
        let rest = rest.get(digits..).unwrap_or_default();
        digits >= 8 && rest.strip_prefix("_bg").unwrap_or(rest).starts_with('.')
    })
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_content_hash_are_immutable() {
        for hashed in ["aftercart-0123abcd.js", "aftercart-0123456789abcdef_bg.wasm", "a-b-deadbeef12.css"] {
            assert!(has_content_hash(hashed), "{hashed}");
        }
        for plain in
            ["aftercart.js", "aftercart-012.js", "aftercart-0123abcg.js", "after-cart.js", "a-0123abcd"]
        {
            assert!(!has_content_hash(plain), "{plain}");
        }
    }

    #[test]
    fn no_name_leads_outside_the_directory() {
        for bad in ["../a.js", "a/../b.js", "/etc/a.js", ".env.js", "a//b.js", "a\\b.js", "a%2fb.js", ""] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(is_plain("locales/fr.json"));
    }

    #[test]
    fn an_encoding_with_quality_zero_is_refused() {
        assert!(accepts("gzip, br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("br;q=0.0", "br"));
        assert!(!accepts("", "br"));
    }
}
