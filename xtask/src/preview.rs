//! The whole system on this machine: sandbox, backend on SQLite, and the page from `trunk serve`.
//!
//! Prints one line on standard output, `preview: http://127.0.0.1:PORT/`, once the page answers and the backend is
//! healthy; everything else is progress on standard error. Ctrl-C or SIGTERM ends all of it.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Result;

use crate::children::Children;
use crate::http::status;
use crate::ports::free_port;
use crate::preview_config::{self, Ports};
use crate::project::{cargo, command, path_with, run, say, target};
use crate::tools;

/// How long the first build of the page may take on a cold machine.
const PAGE_LIMIT: Duration = Duration::from_mins(30);
const SERVICE_LIMIT: Duration = Duration::from_mins(1);

/// Starts everything and stays until asked to stop.
pub(crate) fn preview(preferred_port: Option<u16>) -> Result<()> {
    tools::rust_target()?;
    let mut children = Children::new()?;

    say("building sandbox and backend");
    run(&mut cargo(&["build", "--quiet", "--workspace", "--bin=dodo-sandbox", "--bin=aftercart-server"]))?;

    let ports = Ports {
        sandbox: free_port(4010)?,
        server: free_port(4020)?,
        page: free_port(preferred_port.unwrap_or(8080))?,
    };
    preview_config::forget_database();
    let programs = target().join("debug");

    let mut sandbox = command(programs.join("dodo-sandbox"), &["serve"]);
    preview_config::sandbox_arguments(&mut sandbox, &ports);
    children.start("sandbox", &mut sandbox)?;
    children
        .wait_until("the sandbox's start", SERVICE_LIMIT, || status(ports.sandbox, "/_sandbox").is_some())?;

    let mut server = command(programs.join("aftercart-server"), &["serve", "--config", preview_config::SHOP]);
    preview_config::server_environment(&mut server, &ports)?;
    children.start("backend", &mut server)?;
    children
        .wait_until("the backend's start", SERVICE_LIMIT, || status(ports.server, "/healthz") == Some(200))?;

    start_page(&mut children, &ports)?;

    let mut out = std::io::stdout();
    writeln!(out, "preview: http://127.0.0.1:{}/", ports.page)?;
    out.flush()?;
    say(&format!("sandbox panel: http://127.0.0.1:{}/_sandbox", ports.sandbox));
    say(&format!("logs: {}; Ctrl-C ends everything", target().join("preview").display()));
    children.watch()?;
    say("stopping");
    Ok(())
}

/// Starts `trunk serve` and waits until the page answers; whether anything is behind it is another matter.
pub(crate) fn start_page(children: &mut Children, ports: &Ports) -> Result<()> {
    let path = path_with(&[tools::trunk()?, tools::wasm_bindgen()?, tools::wasm_opt()?])?;
    let settings = preview_config::write(ports)?;
    say("building the page");
    let mut trunk = command("trunk", &["serve", "--color=never", "--config"]);
    trunk.arg(&settings).env("PATH", &path).env_remove("NO_COLOR");
    children.start("page", &mut trunk)?;
    children.wait_until("the page's first build", PAGE_LIMIT, || status(ports.page, "/") == Some(200))
}
