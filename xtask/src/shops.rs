//! Shops that are not ours: the examples in Express, Flask and axum, installed as their READMEs say, and a page in
//! TypeScript that takes the widget's types.

use anyhow::Result;

use crate::project::{cargo, command, example, run, target};
use crate::tools;

/// Puts every package of theirs in its place, builds what is built, and compiles the page.
pub(crate) fn prepare() -> Result<()> {
    express()?;
    flask()?;
    run(cargo(&["build", "--locked"]).current_dir(example("axum-nested")).env("CARGO_TARGET_DIR", target()))?;
    types()
}

fn express() -> Result<()> {
    tools::node()?;
    let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
    run(command("npm", &install).current_dir(example("express")))
}

fn flask() -> Result<()> {
    tools::python()?;
    let here = example("flask");
    run(command("python3", &["-m", "venv", ".venv"]).current_dir(&here))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
    run(command(here.join(".venv/bin/python"), &install).current_dir(&here))
}

/// `tests/types/page.ts`: what the types allow compiles, what they are there to find does not.
fn types() -> Result<()> {
    let options = ["--noEmit", "--strict", "--target", "esnext", "--module", "esnext"];
    let found = ["--moduleResolution", "bundler", "--lib", "dom,dom.iterable,esnext"];
    let compiler = tools::typescript()?.join("tsc");
    run(command(compiler, &options).args(found).arg("tests/types/page.ts"))
}
