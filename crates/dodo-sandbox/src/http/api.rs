//! Carries an API call to the core and its answer back.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::connection::Cutter;
use crate::core::api::{Answer, ApiRequest};
use crate::sandbox::Shared;

/// Every path that is not a page or the control panel.
pub(super) async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = ApiRequest {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query: pairs(query.as_deref().unwrap_or_default()),
        bearer: bearer(&headers),
        body: body.to_vec(),
    };
    let answer = shared.with_core(|core, now| core.answer(now, &request));
    tokio::time::sleep(answer.delay).await;
    if answer.cut {
        cutter.cut();
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    respond(answer)
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer.body {
        Some(body) => {
            let length = body.len();
            let body = match answer.trickle {
                Some(pause) => trickled(&body, pause),
                None => Body::from(body),
            };
            let kind = (header::CONTENT_TYPE, "application/json".to_owned());
            (status, [kind, (header::CONTENT_LENGTH, length.to_string())], body).into_response()
        }
        None => status.into_response(),
    };
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The body, a byte at a time with a pause before each.
fn trickled(body: &str, pause: Duration) -> Body {
    let bytes: Vec<u8> = body.bytes().collect();
    Body::from_stream(stream::unfold(bytes.into_iter(), move |mut left| async move {
        let byte = left.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, Infallible>(vec![byte]), left))
    }))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
}

fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
