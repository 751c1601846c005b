//! What every answer says to the browser that gets it.

use crate::config::Config;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;

const NO_STORE: &str = "no-store";
/// An answer is data: nothing in it is loaded or run, and no page frames it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// A year. Neither subdomains nor preloading: those are the shop's to decide.
const TRANSPORT: &str = "max-age=31536000";

/// Adds what the answer does not say itself. What may not be kept is an answer of ours and gets the
/// policy; the widget's files may be kept, and are shown under the policy of the page that loads them.
pub(crate) fn secure(config: &Config, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    let kept = headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(NO_STORE));
    if kept == NO_STORE {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    }
    let public = config.public_url.as_ref();
    if public.is_some_and(|url| url.as_str().starts_with("https://")) {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT));
    }
}
