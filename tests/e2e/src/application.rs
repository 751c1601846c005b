//! `examples/leptos-ssr` as a process of its own, as `cargo xtask test --only leptos-ssr` built it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// The running application; it ends when dropped.
#[derive(Debug)]
pub struct Application {
    origin: String,
    process: Child,
}

impl Application {
    /// Starts it with the scripts that were built for it.
    pub fn start() -> Result<Self> {
        Self::with_scripts_in(&crate::repository().join("examples/leptos-ssr/dist"))
    }

    /// Starts it with the files of this folder; in an empty one its scripts are missing.
    pub fn with_scripts_in(folder: &Path) -> Result<Self> {
        let tests = std::env::current_exe()?;
        let target = tests.parent().and_then(Path::parent).context("tests run in a target directory")?;
        let mut process = Command::new(target.join("leptos-ssr"))
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("LEPTOS_SITE_ROOT", folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("run `cargo xtask test --only leptos-ssr` first")?;
        let mut line = String::new();
        let output = process.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { origin: line.trim().trim_end_matches('/').to_owned(), process })
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
