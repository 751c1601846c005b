//! A ChromeDriver of our own: one per journey, on a port it picks, gone when the journey is.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// A running ChromeDriver; dropping it closes its browsers too.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

const START_LIMIT: Duration = Duration::from_secs(20);
const STARTS: usize = 3;
const STOP_LIMIT: Duration = Duration::from_secs(10);

impl Driver {
    /// Starts the program named by `CHROMEDRIVER` (default `chromedriver`), again should it end at once: it takes one
    /// port for IPv4 and then the same for IPv6, which a neighbour that starts with it may have by then.
    pub(crate) fn start() -> Result<Self> {
        let mut last = Self::start_once();
        for _ in 1..STARTS {
            if last.is_ok() {
                break;
            }
            last = Self::start_once();
        }
        last
    }

    /// Reads the port from what the program prints.
    fn start_once() -> Result<Self> {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {program}: `cargo xtask setup` installs it"))?;
        let output = process.stdout.take().context("ChromeDriver has no output")?;
        let (sender, receiver) = mpsc::channel();
        // Reads on after the port: a full pipe would stop the driver.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    let _ = sender.send(port);
                }
            }
        });
        let mut driver = Self { process, port: 0 };
        driver.port = receiver.recv_timeout(START_LIMIT).context("ChromeDriver printed no port")?;
        Ok(driver)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks for an orderly end, which closes the browsers; killing the driver would orphan them.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(STOP_LIMIT))?;
        write!(stream, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let asked = self.shut_down().is_ok();
        let started = Instant::now();
        while asked && started.elapsed() < STOP_LIMIT && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port in "ChromeDriver was started successfully on port 41234."
fn port_in(line: &str) -> Option<u16> {
    let (_, after) = line.split_once("started successfully on port ")?;
    after.trim_end_matches('.').parse().ok()
}
