//! The preview as a stranger runs it: its own process, known only by the line it prints.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::project::{command, run};

/// How long the preview may take to print its address on a cold machine.
const LIMIT: Duration = Duration::from_mins(45);

/// Starts the preview, gives its address to `visit`, and stops it again, which must go well too.
pub(crate) fn visit(visit: impl FnOnce(&str) -> Result<()>) -> Result<()> {
    let mut preview = command(std::env::current_exe()?, &["preview"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start the preview")?;
    let visited = address(&mut preview).and_then(|address| visit(&address));
    let stopped = run(&mut command("kill", &["-TERM", &preview.id().to_string()]));
    let status = preview.wait()?;
    visited?;
    stopped?;
    if !status.success() {
        bail!("the preview ended with {status}");
    }
    Ok(())
}

/// The address that it prints; an error when it ends or takes too long.
fn address(preview: &mut Child) -> Result<String> {
    let output = preview.stdout.take().context("the preview has no output")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("preview: ") {
                let _ = sender.send(address.to_owned());
            }
        }
    });
    receiver.recv_timeout(LIMIT).context("the preview printed no address")
}
