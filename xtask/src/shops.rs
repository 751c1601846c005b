//! Shops that are not ours: the examples in Express, Flask, axum and React, installed and built as their READMEs say, and
//! pages in TypeScript that take the widget's types.

use std::path::Path;

use anyhow::Result;

use crate::project::{cargo, command, example, root, run, target};
use crate::tools;

/// Puts every package of theirs in its place, builds what is built, and compiles the pages.
pub(crate) fn prepare() -> Result<()> {
    packages(&example("express"))?;
    react()?;
    flask()?;
    run(cargo(&["build", "--locked"]).current_dir(example("axum-nested")).env("CARGO_TARGET_DIR", target()))?;
    types()
}

fn react() -> Result<()> {
    let here = example("react");
    packages(&here)?;
    run(command("npm", &["run", "--silent", "build"]).current_dir(&here))
}

/// What `package-lock.json` in `folder` pins.
fn packages(folder: &Path) -> Result<()> {
    tools::node()?;
    let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
    run(command("npm", &install).current_dir(folder))
}

fn flask() -> Result<()> {
    tools::python()?;
    let here = example("flask");
    run(command("python3", &["-m", "venv", ".venv"]).current_dir(&here))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
    run(command(here.join(".venv/bin/python"), &install).current_dir(&here))
}

/// `tests/types`: what the types allow compiles, what they are there to find does not. The compiler is the example's.
fn types() -> Result<()> {
    let compiler = example("react").join("node_modules/.bin/tsc");
    run(command(compiler, &["--project"]).arg(root().join("tests/types")))
}
