//! Who may talk to a sandbox: programs and pages of this machine.
//!
//! 1. The `Host` header must name this machine, so that a page elsewhere cannot reach the sandbox
//!    through a name that it points at 127.0.0.1.
//! 2. The control calls also look at `Origin`: pages served from this machine may call them, with
//!    CORS; pages from elsewhere are refused.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses requests to a name that is not this machine's.
pub(super) async fn local_names(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let is_local = host.is_none_or(is_local_authority);
    if is_local {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "the sandbox answers to localhost only\n").into_response()
}

/// Lets pages of this machine call the control routes, and nobody else's.
pub(super) async fn local_callers(request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    if !is_local_origin(&origin) {
        return (StatusCode::FORBIDDEN, "only pages of this machine may call the sandbox's controls\n")
            .into_response();
    }
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    allow(response.headers_mut(), origin);
    response
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

fn is_local_origin(origin: &HeaderValue) -> bool {
    let text = origin.to_str().unwrap_or_default();
    text.split_once("://").is_some_and(|(_, authority)| is_local_authority(authority))
}

/// True for `localhost`, names under it, and loopback addresses, with or without a port.
fn is_local_authority(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for name in
            ["localhost", "localhost:4010", "shop.localhost:80", "127.0.0.1:4010", "127.3.2.1", "[::1]:4010"]
        {
            assert!(is_local_authority(name), "{name}");
        }
        for name in
            ["example.com", "127.0.0.1.example.com", "localhost.example.com:80", "10.0.0.1", "", "[::2]"]
        {
            assert!(!is_local_authority(name), "{name}");
        }
    }
}
