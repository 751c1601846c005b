//! A body is whole before its request takes a place in flight.
//!
//! 1. What does not send its body keeps its own connection waiting and nobody else, until `body_read` is over: 408.
//! 2. A body longer than its route takes is 413, at once where its length is named.
//! 3. Memory is bounded: what goes beyond `SMALL` bytes needs one of a few places, kept until the answer is made, else
//!    503. Shoppers' pages and Dodo stay below that, so that they never need one.

use super::Gate;
use crate::config::Limits;
use crate::http::problem::{answer_after, answer_and_close, malformed};
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

/// So many bytes of a body are taken from everybody.
const SMALL: usize = 16 * 1024;
/// So many bodies that are larger are read and worked on at once.
pub(super) const LARGE_AT_ONCE: usize = 64;

/// A request with all of its body, and the place of a large one.
pub(super) struct Whole<'a> {
    pub(super) request: Request,
    pub(super) _large: Option<SemaphorePermit<'a>>,
}

/// Reads the body, at most `most` bytes. Only a `POST` has one that anybody reads.
pub(super) async fn whole<'a>(
    gate: &'a Gate,
    limits: &Limits,
    most: usize,
    request: Request,
) -> Result<Whole<'a>, Response> {
    if request.method() != Method::POST || request.body().is_end_stream() {
        return Ok(Whole { request, _large: None });
    }
    let (parts, body) = request.into_parts();
    let Ok(read) = timeout(limits.body_read, read(gate, body, most)).await else {
        let text = "the body took too long to arrive";
        return Err(answer_and_close(StatusCode::REQUEST_TIMEOUT, "body_timeout", text, true));
    };
    let (body, large) = read?;
    Ok(Whole { request: Request::from_parts(parts, body.into()), _large: large })
}

async fn read(
    gate: &Gate,
    mut body: Body,
    most: usize,
) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), Response> {
    let too_large = || {
        let text = format!("the body is longer than {most} bytes");
        answer_and_close(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &text, false)
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let (mut bytes, mut large) = (Vec::new(), None);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame.map_err(|_| malformed("the body ended early"))?.into_data() else { continue };
        let length = bytes.len() + frame.len();
        if length > most {
            return Err(too_large());
        }
        if length > SMALL && large.is_none() {
            large = Some(gate.large.try_acquire().map_err(|_| {
                let text = "too many large bodies are being read: try again in a moment";
                answer_after(StatusCode::SERVICE_UNAVAILABLE, "overloaded", text, Duration::from_secs(1))
            })?);
        }
        bytes.extend_from_slice(&frame);
    }
    Ok((bytes, large))
}
