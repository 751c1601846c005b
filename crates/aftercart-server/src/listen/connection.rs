//! One connection, HTTP/1.1.
//!
//! 1. Headers arrive within `header_read`, or the connection ends; that is also how long it may idle.
//! 2. Headers are at most 64 and at most 16 KiB together, else 431. What is no HTTP, has two lengths
//!    or a folded header is 400 (hyper), and no byte after it is read.
//! 3. A connection lives for minutes at most, however slowly its peer reads. Then, or when the server
//!    stops, it may finish the request it is in.

use crate::config::Limits;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const MAX_HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Long enough for many pages, short enough that holding a connection costs its holder something.
const LIFE: Duration = Duration::from_mins(10);
/// What writing the last answer may take beyond making it.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Whether a connection takes another request after its first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeepAlive {
    Yes,
    No,
}

/// Answers the requests of one connection; each carries its peer's address as [`ConnectInfo`].
pub(super) async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
    keep_alive: KeepAlive,
    stop: CancellationToken,
) {
    // Answers are small and written whole: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_read)
            .max_buf_size(MAX_HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .keep_alive(keep_alive == KeepAlive::Yes)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        ended = connection.as_mut() => return note(ended),
        () = stop.cancelled() => {}
        () = sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    if let Ok(ended) = timeout(limits.body_read + limits.request + LAST_WORDS, connection).await {
        note(ended);
    }
}

/// Broken and slow connections are everyday life: for debugging only.
fn note(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
