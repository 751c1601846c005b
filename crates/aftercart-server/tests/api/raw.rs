//! Requests as bytes, for what no HTTP client sends.

use crate::helpers::TestApp;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than any time-out that a test sets.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) async fn connect(app: &TestApp) -> TcpStream {
    let address = app.server.url().strip_prefix("http://").unwrap().to_owned();
    TcpStream::connect(address).await.unwrap()
}

/// Everything that comes until the server closes. A reset is an end, too.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        let mut part = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut part).await {
            bytes.extend_from_slice(&part[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends the bytes, keeps the connection open, and answers all that comes back.
pub(crate) async fn send(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = connect(app).await;
    // The server may refuse before it has read everything.
    let _ = stream.write_all(bytes).await;
    read_to_end(&mut stream).await
}

/// The status of each answer in what came back.
pub(crate) fn statuses(answers: &str) -> Vec<u16> {
    let lines = answers.match_indices("HTTP/1.1 ").map(|(at, start)| &answers[at + start.len()..]);
    lines.map(|line| line[..3].parse().unwrap()).collect()
}
