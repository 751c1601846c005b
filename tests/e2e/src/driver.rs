//! A WebDriver server of our own: one per journey, on a port of its own, gone when the journey is.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::engine::Engine;

/// A running server; dropping it closes the browser of its session too.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
}

const START_LIMIT: Duration = Duration::from_secs(20);
const STOP_LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

impl Driver {
    /// Starts the browser's server, on a port that was free a moment ago.
    pub(crate) fn start(engine: Engine) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = engine.driver(port);
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {command:?}: `cargo xtask setup` installs it"))?;
        let mut driver = Self { process, port, session: None };
        let started = Instant::now();
        loop {
            if let Some(status) = driver.process.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            if is_served(port) {
                return Ok(driver);
            }
            if started.elapsed() > START_LIMIT {
                bail!("{command:?} does not listen");
            }
            thread::sleep(PAUSE);
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The session that ends with this server.
    pub(crate) fn serves(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Asks for an orderly end, which closes the browser; killing the server alone would orphan it.
    fn end_session(&self, session: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(STOP_LIMIT))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        // The first bytes of the answer: not every server closes the connection after them.
        stream.read_exact(&mut [0; 8])?;
        Ok(())
    }
}

/// True when somebody listens. Where nobody does, Linux may join a connection to itself: it then has one port at both
/// ends, and keeps the server from it.
fn is_served(port: u16) -> bool {
    let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    connected.and_then(|stream| stream.local_addr()).is_ok_and(|own| own.port() != port)
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            let _ = self.end_session(session);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
