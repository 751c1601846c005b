//! Whether `dist` gives the same files in another folder: what a merchant checks, who builds the widget alone.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::dist;
use crate::project::{self, cargo, command, output, root, run, say};

/// Builds here and in a copy of the repository elsewhere, and compares the manifests: names and hashes.
pub(crate) fn twice() -> Result<()> {
    dist::dist()?;
    let elsewhere = tempfile::tempdir()?;
    say(&format!("building once more in {}", elsewhere.path().display()));
    let other = built_in(elsewhere.path())?;
    let here = fs::read_to_string(project::dist().join("manifest.json"))?;
    ensure!(here == other, "dist/ differs by the folder it is built in");
    say("both folders hold the same files");
    Ok(())
}

/// Copies the repository there and builds: the manifest.
fn built_in(folder: &Path) -> Result<String> {
    let files = output(&mut command("git", &["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    for file in files.lines().filter(|file| root().join(file).is_file()) {
        let copy = folder.join(file);
        fs::create_dir_all(copy.parent().context("a file is in a folder")?)?;
        fs::copy(root().join(file), copy)?;
    }
    let mut build = cargo(&["run", "--quiet", "--package=xtask", "--", "dist"]);
    run(build.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")))?;
    Ok(fs::read_to_string(folder.join("dist/manifest.json"))?)
}
