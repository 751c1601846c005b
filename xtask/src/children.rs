//! Processes that end with us: started with a log each, watched, and stopped by their id.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project::{self, target};

/// The running children; dropping it stops them all.
pub(crate) struct Children {
    running: Vec<Named>,
    asked_to_stop: Arc<AtomicBool>,
}

struct Named {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

/// One process has one such request, whoever of its children it is for.
static ASKED_TO_STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// How long a child may take to stop by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

impl Children {
    /// No children yet; from now on Ctrl-C and SIGTERM are requests to stop instead of a sudden end.
    pub(crate) fn new() -> Result<Self> {
        let asked_to_stop = Arc::clone(ASKED_TO_STOP.get_or_init(Arc::default));
        let flag = asked_to_stop.clone();
        match ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst)) {
            // Earlier children have set it.
            Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(Self { running: Vec::new(), asked_to_stop }),
            Err(error) => Err(error.into()),
        }
    }

    /// Starts a child whose output goes to `target/preview/<name>.log`; answers its process id.
    pub(crate) fn start(&mut self, name: &'static str, command: &mut Command) -> Result<u32> {
        let folder = target().join("preview");
        fs::create_dir_all(&folder)?;
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        let id = child.id();
        self.running.push(Named { name, child, log });
        Ok(id)
    }

    /// Waits until the question answers yes; a child's end, a request to stop or the limit is an error.
    pub(crate) fn wait_until(
        &mut self,
        what: &str,
        limit: Duration,
        question: impl Fn() -> bool,
    ) -> Result<()> {
        let started = Instant::now();
        while !question() {
            self.check()?;
            if started.elapsed() > limit {
                bail!("{what} did not happen within {} s{}", limit.as_secs(), self.last_words());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Stays until someone asks us to stop (fine) or a child ends by itself (an error with its last words).
    pub(crate) fn watch(&mut self) -> Result<()> {
        while !self.asked_to_stop.load(Ordering::SeqCst) {
            self.check()?;
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Runs a command beside the children, with its output shown, until it ends; its failure is an error, and so is a
    /// child's end or a request to stop, after which it is not left running.
    pub(crate) fn attend(&mut self, what: &str, command: &mut Command) -> Result<()> {
        let started = command.stdin(Stdio::null()).spawn();
        let mut beside = started.with_context(|| format!("could not start {what}"))?;
        loop {
            if let Some(status) = beside.try_wait()? {
                if !status.success() {
                    bail!("{what} ended with {status}");
                }
                return Ok(());
            }
            if let Err(error) = self.check() {
                let _ = beside.kill();
                let _ = beside.wait();
                return Err(error);
            }
            thread::sleep(PAUSE);
        }
    }

    fn check(&mut self) -> Result<()> {
        if self.asked_to_stop.load(Ordering::SeqCst) {
            bail!("stopped before the end");
        }
        for named in &mut self.running {
            if let Some(status) = named.child.try_wait()? {
                bail!("{} ended with {status}{}", named.name, tail(named));
            }
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        self.running.iter().map(tail).collect()
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for named in &self.running {
            let id = named.child.id().to_string();
            let _ = project::command("kill", &["-TERM", &id]).stderr(Stdio::null()).status();
        }
        let patience = Instant::now() + GRACE;
        for named in &mut self.running {
            while Instant::now() < patience && matches!(named.child.try_wait(), Ok(None)) {
                thread::sleep(PAUSE);
            }
            let _ = named.child.kill();
            let _ = named.child.wait();
        }
    }
}

/// The last lines of a child's log.
fn tail(named: &Named) -> String {
    let log = fs::read_to_string(&named.log).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let last = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default();
    format!("\n--- last lines of {} ({})\n{}", named.name, named.log.display(), last.join("\n"))
}
