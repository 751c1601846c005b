//! Servers that stand in between, or in for something.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use reqwest::redirect::Policy;
use tokio::net::TcpListener;

/// Something between Dodo or browsers and the server, which changes bodies on the way there and headers on the way back.
pub(super) async fn proxy(target: String, body: fn(Bytes) -> Bytes, headers: fn(&mut HeaderMap)) -> String {
    serve(Router::new().fallback_service(passing(target, body, headers))).await
}

pub(super) fn passing(target: String, body: fn(Bytes) -> Bytes, headers: fn(&mut HeaderMap)) -> Router {
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let pass = move |request: Request| {
        let (http, target) = (http.clone(), target.clone());
        async move { pass_on(&http, &target, request, body, headers).await }
    };
    Router::new().fallback(pass)
}

async fn pass_on(
    http: &reqwest::Client,
    target: &str,
    request: Request,
    change_body: fn(Bytes) -> Bytes,
    change_headers: fn(&mut HeaderMap),
) -> Response {
    let (parts, body) = request.into_parts();
    let body = change_body(axum::body::to_bytes(body, usize::MAX).await.unwrap());
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    let answer = http.request(parts.method, format!("{target}{}", parts.uri)).headers(headers).body(body);
    let answer = answer.send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    change_headers(&mut headers);
    (status, headers, answer.bytes().await.unwrap()).into_response()
}

pub(super) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

pub(super) fn same(body: Bytes) -> Bytes {
    body
}
