//! The accept loop.
//!
//! 1. At most `max_connections` are open. One more is told 503 and closed: a queue would only make
//!    everybody wait.
//! 2. When more than half of them are taken, a new connection is closed after its first answer, so
//!    that idle ones do not keep others out.
//! 3. Told to stop, the loop closes its door first, then waits for the connections.

use super::connection::{KeepAlive, serve_connection};
use crate::config::Limits;
use axum::Router;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Whole, because the connection ends before a router could have made it.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
/// The pause after the system could not accept, which is usually for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// Serves until told to stop, and returns when every connection has ended.
pub(crate) async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(limits.max_connections));
    let mut was_full = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                pause_after(&error).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            if !was_full {
                tracing::warn!(limits.max_connections, "connections are refused: all are taken");
            }
            was_full = true;
            // As well as it goes without waiting: the socket's empty buffer takes these bytes.
            let _ = stream.try_write(FULL);
            continue;
        };
        was_full = false;
        let is_roomy = room.available_permits() >= limits.max_connections / 2;
        let keep_alive = if is_roomy { KeepAlive::Yes } else { KeepAlive::No };
        let (router, limits, stop) = (router.clone(), limits.clone(), stop.clone());
        connections.spawn(async move {
            serve_connection(stream, peer, router, &limits, keep_alive, stop).await;
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// A peer that is gone already is no trouble of ours; anything else is, and would repeat at once.
async fn pause_after(error: &std::io::Error) {
    let kind = error.kind();
    if !matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    ) {
        tracing::error!(%error, "no connection can be accepted");
        sleep(PAUSE).await;
    }
}
