//! The widget's WebAssembly and the script that binds it to a page: compiled, bound, made small (ADR 0017).

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::project::{cargo, command, output, root, run, say};
use crate::{glue, linker, tools};

/// What rustc emits for this target and every browser of the last years runs. Never `--all-features`: it makes
/// wasm-opt use proposals that Chromium refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// Again and again until nothing gets smaller; names are kept for `cargo xtask size`.
/// The stack comes first in memory, and so nothing is at its lowest addresses. Very small functions go into their
/// callers: a browser compiles each one when it is first called, which costs more than their few bytes.
const SMALLER: [&str; 5] =
    ["--low-memory-unused", "--always-inline-max-function-size=5", "-Oz", "--converge", "-g"];
/// Without the sections that name functions, tools and features, and with short names towards the script.
const BARE: [&str; 4] = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--minify-imports-and-exports-and-modules",
];

/// What makes the standard library smaller than the one that comes compiled: only the parts that are used, for
/// size, and a panic that ends at once without words (ADR 0017). Cargo and rustc call these unstable: the pinned
/// toolchain is asked for them by name.
const SMALL_STD: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const SMALL_CODE: [&str; 4] =
    ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Zfmt-debug=none"];

/// How esbuild makes a script small: tree shaking leaves out functions that nothing calls.
const MINIFY: [&str; 5] =
    ["--minify", "--tree-shaking=true", "--drop:console", "--target=es2022", "--loader=js"];

/// The widget as a browser gets it.
pub(crate) struct Built {
    pub(crate) wasm: Vec<u8>,
    pub(crate) script: String,
}

/// Compiles the widget in `work`.
pub(crate) fn build(work: &Path) -> Result<Built> {
    let bindgen = tools::wasm_bindgen()?;
    let binaryen = tools::wasm_opt()?;
    fs::create_dir_all(work)?;
    say("compiling the widget");
    let compiled = compile(work)?;

    say("binding and optimising it");
    run(command(bindgen.join("wasm-bindgen"), &["--target=web", "--no-typescript", "--out-name=widget"])
        .arg("--out-dir")
        .arg(work)
        .arg(compiled))?;
    let (bound, named, bare) = (work.join("widget_bg.wasm"), named(work), work.join("widget.wasm"));
    let optimised = |arguments: &[&str], from: &Path, to: &Path| {
        let mut optimise = command(binaryen.join("wasm-opt"), arguments);
        optimise.args(FEATURES).arg(from).arg("-o").arg(to);
        output(&mut optimise)
    };
    optimised(&SMALLER, &bound, &named)?;
    let renamed = optimised(&BARE, &named, &bare)?;
    let script = fs::read_to_string(work.join("widget.js"))?;
    Ok(Built { wasm: fs::read(bare)?, script: glue::shortened(&script, &renamed)? })
}

/// The optimised WebAssembly with the names of its functions.
pub(crate) fn named(work: &Path) -> PathBuf {
    work.join("named.wasm")
}

fn compile(work: &Path) -> Result<PathBuf> {
    tools::rust_target()?;
    tools::rust_source()?;
    let mut compile = cargo(&[
        "build",
        "--profile=wasm-release",
        "--target=wasm32-unknown-unknown",
        "--package=aftercart",
        "--bin=aftercart",
        "--no-default-features",
        "--features=element",
    ]);
    compile.args(SMALL_STD).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags()?);
    run(compile.env("CARGO_TARGET_DIR", work).envs(linker::environment()?))?;
    Ok(work.join("wasm32-unknown-unknown/wasm-release/aftercart.wasm"))
}

/// Flags that make the code small, and leave this machine's folders out of it: they weigh, and differ elsewhere.
fn flags() -> Result<String> {
    let given = env::var("RUSTFLAGS").unwrap_or_default();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home =
        home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo"))).context("CARGO_HOME")?;
    let mut flags = vec![given];
    flags.extend(SMALL_CODE.map(str::to_owned));
    let registries = fs::read_dir(home.join("registry/src"))?.map(|entry| Ok(entry?.path()));
    let mut folders = registries.collect::<Result<Vec<_>>>()?;
    folders.sort();
    folders.push(root());
    flags.extend(folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())));
    Ok(flags.join(" "))
}

/// The script with short names, without white space, and without what it does not use or only tells the console.
pub(crate) fn minified(script: &str) -> Result<Vec<u8>> {
    let esbuild = tools::esbuild()?.join("esbuild");
    let mut minify = command(esbuild, &MINIFY);
    minify.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut minify = minify.spawn().context("esbuild")?;
    minify.stdin.take().context("esbuild")?.write_all(script.as_bytes())?;
    let done = minify.wait_with_output()?;
    ensure!(done.status.success(), "esbuild refuses a script");
    Ok(done.stdout)
}
