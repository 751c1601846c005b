//! One connection that stays open, HTTP/1.1.

use anyhow::{Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::HOST;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A connection to the server.
pub(crate) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    /// Opens one.
    pub(crate) async fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends a request and reads its whole answer, which must be a 2xx.
    pub(crate) async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Result<Bytes> {
        request.headers_mut().insert(HOST, hyper::header::HeaderValue::from_static("127.0.0.1"));
        self.0.ready().await?;
        let answer: Response<_> = self.0.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Asks for a path.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Bytes> {
        self.send(Request::get(path).body(Full::default())?).await
    }
}
