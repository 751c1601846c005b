//! The harness: a copy of it that can be built and run, and what it measured of pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::figures::Pages;
use crate::browser;
use crate::project::{command, output, run, say, target};
use crate::tools;

/// Oldest Node.js that the harness runs on.
const NODE: [u32; 2] = [20, 19];

/// What building and running leave in a harness, and what is not copied.
const BUILT: [&str; 5] = ["node_modules", "dist", "results", ".venv", "__pycache__"];

/// A built copy of the harness.
pub(super) struct Harness {
    folder: PathBuf,
}

/// Copies the harness into `target/bench/harness` and builds what is not there yet. A harness that changed is built
/// anew.
pub(super) fn copy(from: &Path) -> Result<Harness> {
    for file in ["package-lock.json", "harness/bench.mjs", "host.html", "peers-server/fake-dodo.mjs"] {
        ensure!(from.join(file).is_file(), "{} is not the harness: it has no {file}", from.display());
    }
    tools::node()?;
    node_is_new_enough()?;
    let folder = target().join("bench/harness");
    let changed = copy_sources(from, &folder)?;
    let harness = Harness { folder };
    if changed || !harness.folder.join("dist").is_dir() {
        say("building the harness's own pages");
        harness.npm(&["ci", "--no-audit", "--no-fund"])?;
        harness.npm(&["run", "build"])?;
    }
    Ok(harness)
}

/// Copies what differs; answers whether anything did.
fn copy_sources(from: &Path, to: &Path) -> Result<bool> {
    fs::create_dir_all(to)?;
    let mut changed = false;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if BUILT.iter().any(|built| name == *built) {
            continue;
        }
        let copy = to.join(&name);
        if path.is_dir() {
            changed |= copy_sources(&path, &copy)?;
        } else if fs::read(&copy).ok() != Some(fs::read(&path)?) {
            fs::copy(&path, &copy)?;
            changed = true;
        }
    }
    Ok(changed)
}

fn node_is_new_enough() -> Result<()> {
    let version = output(&mut command("node", &["--version"]))?;
    let numbers: Vec<u32> =
        version.trim_start_matches('v').split('.').filter_map(|part| part.parse().ok()).collect();
    ensure!(
        numbers.get(..2) >= Some(&NODE[..]),
        "the harness needs Node.js {}.{}, and this is {version}",
        NODE[0],
        NODE[1]
    );
    Ok(())
}

impl Harness {
    /// Where it was copied to.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Measures the harness's own pages and these: names and folders.
    pub(super) fn measure(&self, candidates: &[(String, PathBuf)], rounds: u32) -> Result<Pages> {
        let results = target().join("bench/results.json");
        let _ = fs::remove_file(&results);
        let mut bench = self.command(candidates)?;
        bench.arg("--out").arg(&results);
        bench.args(["--rounds", &rounds.to_string()]);
        say("measuring pages: the harness's, then ours, in rounds");
        // It ends with an error when a page fails its checks, and has measured the others by then.
        let ended = run(&mut bench);
        let text = fs::read_to_string(&results);
        match (text, ended) {
            (Ok(text), _) => Pages::read(&text, candidates.iter().map(|(name, _)| name.clone()).collect()),
            (Err(_), Err(error)) => Err(error),
            (Err(error), Ok(())) => Err(error).context("the harness wrote no results"),
        }
    }

    /// Tries these pages as a shopper would, without measuring.
    pub(super) fn check(&self, candidates: &[(String, PathBuf)]) -> Result<()> {
        let names: Vec<&str> = candidates.iter().map(|(name, _)| name.as_str()).collect();
        let mut bench = self.command(candidates)?;
        run(bench.args(["--check-only", "--only", &names.join(",")]))
    }

    fn command(&self, candidates: &[(String, PathBuf)]) -> Result<Command> {
        let browser = browser::chromium()?.program.context("Chromium is a program")?;
        let mut bench = command("node", &["harness/bench.mjs", "--browser"]);
        bench.current_dir(&self.folder).arg(browser);
        for (name, folder) in candidates {
            bench.arg("--candidate").arg(format!("{name}={}", folder.display()));
        }
        Ok(bench)
    }

    fn npm(&self, arguments: &[&str]) -> Result<()> {
        run(command("npm", arguments).current_dir(&self.folder))
    }

    /// What the peers' servers need: Express, and Flask in an environment of its own.
    pub(super) fn install_servers(&self) -> Result<()> {
        if !self.folder.join("peers-server/express/node_modules").is_dir() {
            self.npm(&["ci", "--no-audit", "--no-fund", "--prefix", "peers-server/express"])?;
        }
        if !self.folder.join(".venv/bin/gunicorn").is_file() {
            tools::python()?;
            run(command("python3", &["-m", "venv", ".venv"]).current_dir(&self.folder))?;
            let requirements = ["install", "--quiet", "--requirement", "peers-server/flask/requirements.txt"];
            run(command(self.folder.join(".venv/bin/pip"), &requirements).current_dir(&self.folder))?;
        }
        Ok(())
    }
}
