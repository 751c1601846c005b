//! The files a merchant serves: `dist/aftercart.js` (one stable name), the widget it loads (names with a hash), and
//! `aftercart-<tag>.json`: words of another language, for backends that send none with an offer.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::project::{self, cargo, command, root, run, say, target};
use crate::tools;

/// What rustc emits for this target and every browser of the last years runs. Never `--all-features`: it makes
/// wasm-opt use proposals that Chromium refuses.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Again and again until nothing gets smaller, and without the sections that name tools and features.
const OPTIMISATIONS: [&str; 4] = ["-Oz", "--converge", "--strip-producers", "--strip-target-features"];

/// What makes the standard library smaller than the one that comes compiled: only the parts that are used, for
/// size, and a panic that ends at once without words (ADR 0017). Cargo and rustc call these unstable: the pinned
/// toolchain is asked for them by name.
const SMALL_STD: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const SMALL_CODE: [&str; 4] =
    ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Zfmt-debug=none"];

/// Where the loader wants the names of the files that it loads.
const WIDGET: &str = "__AFTERCART_WIDGET__";
const WASM: &str = "__AFTERCART_WASM__";

/// Builds the release widget and the loader into `dist/`.
pub(crate) fn dist() -> Result<()> {
    tools::rust_target()?;
    tools::rust_source()?;
    let esbuild = tools::esbuild()?;
    let bindgen = tools::wasm_bindgen()?;
    let binaryen = tools::wasm_opt()?;
    let work = target().join("dist");
    fs::create_dir_all(&work)?;

    say("compiling the widget");
    run(cargo(&[
        "build",
        "--profile=wasm-release",
        "--target=wasm32-unknown-unknown",
        "--package=aftercart",
        "--bin=aftercart",
        "--no-default-features",
        "--features=element",
    ])
    .args(SMALL_STD)
    .env("CARGO_TARGET_DIR", &work)
    .env("RUSTC_BOOTSTRAP", "1")
    .env("RUSTFLAGS", flags()?))?;
    let compiled = work.join("wasm32-unknown-unknown/wasm-release/aftercart.wasm");

    say("binding and optimising it");
    run(command(bindgen.join("wasm-bindgen"), &["--target=web", "--no-typescript", "--out-name=widget"])
        .arg("--out-dir")
        .arg(&work)
        .arg(&compiled))?;
    let optimized = work.join("widget.wasm");
    run(command(binaryen.join("wasm-opt"), &OPTIMISATIONS)
        .args(WASM_FEATURES)
        .arg(work.join("widget_bg.wasm"))
        .arg("-o")
        .arg(&optimized))?;

    let files = named_files(&work, &esbuild)?;
    write(&files)?;
    say(&format!("dist/ holds {}", files.keys().cloned().collect::<Vec<_>>().join(", ")));
    Ok(())
}

/// Flags that leave this machine's folders out of the widget's panic messages: they weigh, and differ elsewhere.
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

/// Every file under its final name. Content decides the hash, and so one name never has two contents.
fn named_files(work: &Path, esbuild: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let wasm = fs::read(work.join("widget.wasm"))?;
    let wasm_name = format!("widget-{}.wasm", short_hash(&wasm));
    let script = fs::read_to_string(work.join("widget.js"))?.replace("widget_bg.wasm", &wasm_name);
    let script = minified(esbuild, &script)?;
    let script_name = format!("widget-{}.js", short_hash(&script));
    let loader = fs::read_to_string(root().join("loader/aftercart.js")).context("loader/aftercart.js")?;
    ensure!(
        loader.contains(WIDGET) && loader.contains(WASM),
        "the loader has no place for the widget's names"
    );
    let loader = loader.replace(WIDGET, &script_name).replace(WASM, &wasm_name);
    let loader = minified(esbuild, &loader)?;
    let mut files =
        BTreeMap::from([("aftercart.js".to_owned(), loader), (script_name, script), (wasm_name, wasm)]);
    for tag in aftercart_words::TAGS.iter().filter(|tag| **tag != "en") {
        files.insert(format!("aftercart-{tag}.json"), words(tag)?);
    }
    Ok(files)
}

/// One language's words without needless white space.
fn words(tag: &str) -> Result<Vec<u8>> {
    let path = root().join(format!("locales/{tag}.json"));
    let texts: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(path)?)?;
    Ok(serde_json::to_vec(&texts)?)
}

/// Writes the files, their compressed siblings and the manifest, and removes what an earlier run left.
fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let folder = project::dist();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut manifest = serde_json::Map::new();
    for (name, bytes) in files {
        let gzip = gzip(bytes)?;
        let brotli = brotli(bytes)?;
        fs::write(folder.join(name), bytes)?;
        fs::write(folder.join(format!("{name}.gz")), &gzip)?;
        fs::write(folder.join(format!("{name}.br")), &brotli)?;
        let entry = serde_json::json!({
            "bytes": bytes.len(),
            "gzip_bytes": gzip.len(),
            "brotli_bytes": brotli.len(),
            "integrity": integrity(bytes),
        });
        manifest.insert(name.clone(), entry);
    }
    let text = serde_json::to_string_pretty(&serde_json::json!({ "files": manifest }))?;
    fs::write(folder.join("manifest.json"), text + "\n")?;
    Ok(())
}

/// Every file of `dist/` that a browser may load.
pub(crate) fn served_files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project::dist()).context("dist/ is missing: run `cargo xtask dist`")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js" || extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Gzip at its best level.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Brotli at its best level, as a static file server would send it.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 4096, 11, 22).write_all(bytes)?;
    Ok(compressed)
}

/// The value of an `integrity` attribute for these bytes.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes)))
}

fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let start = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{start:016x}")
}

/// The script with short names and without white space.
fn minified(esbuild: &Path, script: &str) -> Result<Vec<u8>> {
    let mut minify = command(esbuild.join("esbuild"), &["--minify", "--target=es2022", "--loader=js"]);
    minify.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut minify = minify.spawn().context("esbuild")?;
    minify.stdin.take().context("esbuild")?.write_all(script.as_bytes())?;
    let done = minify.wait_with_output()?;
    ensure!(done.status.success(), "esbuild refuses a script");
    Ok(done.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_what_browsers_compute() {
        // printf '' | openssl dgst -sha384 -binary | base64
        assert_eq!(integrity(b""), "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
    }
}
