//! Leptos applications with the widget as a component: the examples, built as their READMEs say.

use std::process::Command;

use anyhow::Result;

use crate::project::{self, cargo, command, example, run};
use crate::tools;

/// `examples/leptos-app`: rendered in the browser, built by Trunk.
pub(crate) fn app() -> Result<()> {
    let path = project::path_with(&[tools::trunk()?, tools::wasm_bindgen()?, tools::wasm_opt()?])?;
    run(command("trunk", &["build", "--color=never"])
        .current_dir(example("leptos-app"))
        .env("PATH", path)
        .env("CARGO_TARGET_DIR", project::target())
        .env_remove("NO_COLOR"))
}

/// `examples/leptos-ssr`: both halves, and the examples in the documentation of the component and the hook.
pub(crate) fn ssr() -> Result<()> {
    let bindgen = tools::wasm_bindgen()?.join("wasm-bindgen");
    let folder = example("leptos-ssr");
    run(&mut build(&["--lib", "--target=wasm32-unknown-unknown", "--features=hydrate"]))?;
    run(command(bindgen, &["--target=web", "--no-typescript", "--out-name=leptos-ssr"])
        .arg("--out-dir")
        .arg(folder.join("dist/pkg"))
        .arg(project::target().join("wasm32-unknown-unknown/debug/leptos_ssr.wasm")))?;
    run(&mut build(&["--bin=leptos-ssr", "--features=ssr"]))?;
    run(&mut cargo(&["test", "--package=aftercart", "--features=ssr", "--doc"]))
}

/// Builds a half of `examples/leptos-ssr` into the one target directory of all workspaces.
fn build(arguments: &[&str]) -> Command {
    let mut build = cargo(&["build", "--locked"]);
    build.args(arguments).current_dir(example("leptos-ssr")).env("CARGO_TARGET_DIR", project::target());
    build
}
