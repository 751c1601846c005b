//! Just enough HTTP to ask a local server whether it is up, and to prepare it for a measurement.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// The status of `GET path` on a local port; `None` while nothing answers.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let patience = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, patience).ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html, */*\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = [0; 64];
    let read = stream.read(&mut head).ok()?;
    let line = String::from_utf8_lossy(head.get(..read)?).into_owned();
    line.split(' ').nth(1)?.parse().ok()
}

/// A connection to a local port that is kept for many requests. The server must tell the length of its answers.
pub(crate) struct Connection {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { port, stream: BufReader::new(stream) })
    }

    /// The body of a 2xx answer to `GET path`.
    pub(crate) fn get(&mut self, path: &str, accept: &str) -> Result<String> {
        self.send(&format!("GET {path}"), &format!("Accept: {accept}\r\n"), "")
    }

    /// The body of a 2xx answer to a JSON document.
    pub(crate) fn post(&mut self, path: &str, body: &serde_json::Value) -> Result<String> {
        self.send(&format!("POST {path}"), "Content-Type: application/json\r\n", &body.to_string())
    }

    fn send(&mut self, line: &str, headers: &str, body: &str) -> Result<String> {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let answer = self.read_answer().with_context(|| line.to_owned())?;
        Ok(answer)
    }

    fn read_answer(&mut self) -> Result<String> {
        let (mut status, mut length) = (String::new(), 0);
        self.stream.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            ensure!(self.stream.read_line(&mut line)? > 0, "the answer ended early");
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let is_fine = status.split(' ').nth(1).is_some_and(|code| code.starts_with('2'));
        ensure!(is_fine, "{} {body}", status.trim());
        Ok(body)
    }
}
