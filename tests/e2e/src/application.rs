//! The examples that are programs, each a process of its own, as `cargo xtask test` built or installed them.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::backend;

/// The running application; it ends when dropped.
#[derive(Debug)]
pub struct Application {
    origin: String,
    process: Child,
    /// Of an application that is the backend too; gone after it.
    #[allow(dead_code, reason = "it lives as long as the program that uses it")]
    database: Option<TempDir>,
}

impl Application {
    /// `examples/leptos-ssr` with the scripts that were built for it.
    pub fn leptos_ssr() -> Result<Self> {
        Self::leptos_ssr_with_scripts_in(&example("leptos-ssr/dist"))
    }

    /// The same with the files of this folder; in an empty one its scripts are missing.
    pub fn leptos_ssr_with_scripts_in(folder: &Path) -> Result<Self> {
        Self::leptos(&mut Command::new(built("leptos-ssr")?), folder)
    }

    /// As [`Application::leptos_ssr`], printing what this backend paints.
    pub fn leptos_ssr_printing(backend: &str) -> Result<Self> {
        let mut program = Command::new(built("leptos-ssr")?);
        Self::leptos(program.env("AFTERCART_URL", backend), &example("leptos-ssr/dist"))
    }

    fn leptos(program: &mut Command, scripts: &Path) -> Result<Self> {
        program.env("LEPTOS_SITE_ADDR", "127.0.0.1:0").env("LEPTOS_SITE_ROOT", scripts);
        Self::spawn(program).context("run `cargo xtask test --only leptos-ssr` first")
    }

    /// `examples/express`, for this backend.
    pub fn express(backend: &str) -> Result<Self> {
        let mut program = Command::new("node");
        program.arg("server.mjs").current_dir(example("express"));
        Self::of_backend(&mut program, backend)
    }

    /// `examples/flask`, for this backend.
    pub fn flask(backend: &str) -> Result<Self> {
        let mut program = Command::new(example("flask/.venv/bin/python"));
        program.arg("app.py").current_dir(example("flask"));
        Self::of_backend(&mut program, backend)
    }

    fn of_backend(program: &mut Command, backend: &str) -> Result<Self> {
        program.env("PORT", "0").env("AFTERCART_URL", backend).env("NO_PROXY", "127.0.0.1");
        Self::spawn(program).context("run `cargo xtask test --only shops` first")
    }

    /// `examples/axum-nested`, which is the backend as well, on a database of its own: it charges at this Dodo, and
    /// shoppers see it at this origin.
    pub fn axum_nested(dodo: &str, seen_at: &str) -> Result<Self> {
        let database = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut program = Command::new(built("axum-nested")?);
        program
            .arg(backend::SETTINGS)
            .current_dir(crate::repository())
            .envs(backend::environment(dodo, seen_at, &format!("{seen_at}/thanks"), database.path()))
            .env("AFTERCART_LISTEN", format!("127.0.0.1:{port}"))
            .env("AFTERCART_PUBLIC_URL", seen_at);
        let mut running = Self::spawn(&mut program).context("run `cargo xtask test --only shops` first")?;
        running.database = Some(database);
        Ok(running)
    }

    /// Starts a program whose first line is its address.
    fn spawn(program: &mut Command) -> Result<Self> {
        let mut process = program.stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take();
        let mut running = Self { origin: String::new(), process, database: None };
        let mut line = String::new();
        BufReader::new(output.context("its output is piped")?).read_line(&mut line)?;
        anyhow::ensure!(line.starts_with("http"), "it ended, or said no address but {line:?}");
        line.trim().trim_end_matches('/').clone_into(&mut running.origin);
        Ok(running)
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

fn example(path: &str) -> PathBuf {
    crate::repository().join("examples").join(path)
}

/// A program in the target directory that these tests were built into.
fn built(name: &str) -> Result<PathBuf> {
    let tests = std::env::current_exe()?;
    let target = tests.parent().and_then(Path::parent).context("tests run in a target directory")?;
    Ok(target.join(name))
}
