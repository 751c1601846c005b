//! How long a body and an answer may take.
//!
//! 1. A body that is not whole within `body_read` ends in [`TookTooLong`], which reading turns into
//!    408. The time starts when reading starts.
//! 2. An answer that is not made within the request limit is 504. A charge under way is on a task
//!    of its own and goes on; the page asks for its status.

use crate::config::Limits;
use crate::http::problem::answer;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep, timeout};

/// Why reading a body was given up.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long to arrive")]
pub(crate) struct TookTooLong;

/// Gives every request its time.
pub(super) async fn in_time(limits: &Limits, request: Request, next: Next) -> Response {
    let within = limits.body_read;
    let request = request.map(|body| Body::new(TimedBody { body, within, alarm: None }));
    timeout(limits.request, next.run(request)).await.unwrap_or_else(|_| {
        let text = "this took too long: ask again how it went";
        answer(StatusCode::GATEWAY_TIMEOUT, "timed_out", text, true)
    })
}

/// A body with an alarm that is set when it is first read.
struct TimedBody {
    body: Body,
    within: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let within = self.within;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(within)));
        alarm.as_mut().poll(cx).map(|()| Some(Err(TookTooLong.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
