//! The pinned programs: found, or installed once into a per-user cache.
//!
//! The cache is `${XDG_CACHE_HOME:-~/.cache}/aftercart/tools/<name>-<version>/`. A program on PATH serves too when it
//! is exactly the pinned version. What cannot be installed is an error that says what, why, and what to type.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::{cargo, command, is_root, on_path, output, root, run, say};
use crate::{browser, postgres_programs};

/// Trunk serves the preview page. 0.22 wants a newer rustc than ours.
const TRUNK: &str = "0.21.14";
/// Must equal the `wasm-bindgen` crate of Cargo.lock: the two speak a private format.
const WASM_BINDGEN: &str = "0.2.129";
/// Speaks WebDriver for Firefox; Debian has no package of it.
const GECKODRIVER: &str = "0.37.1";
/// The npm package that ships a `wasm-opt` running on Node.js.
const BINARYEN: &str = "132.0.0";
/// The npm package that makes scripts small.
const ESBUILD: &str = "0.25.12";

const WASM: &str = "wasm32-unknown-unknown";

/// Installs everything that any verb may need.
pub(crate) fn setup() -> Result<()> {
    rust_target()?;
    rust_components()?;
    rust_source()?;
    node()?;
    python()?;
    for browser in [browser::chromium, browser::firefox, browser::webkit] {
        browser()?;
    }
    browser::fonts()?;
    wasm_bindgen()?;
    wasm_opt()?;
    esbuild()?;
    trunk()?;
    postgres_programs::programs()?;
    say("every tool is here");
    Ok(())
}

/// The WebAssembly target of the pinned toolchain.
pub(crate) fn rust_target() -> Result<()> {
    let installed = output(&mut command("rustup", &["target", "list", "--installed"]))
        .context("rustup is needed: see https://rustup.rs")?;
    if !installed.lines().any(|line| line.trim() == WASM) {
        say("adding the WebAssembly target");
        run(&mut command("rustup", &["target", "add", WASM]))?;
    }
    Ok(())
}

/// rustfmt and clippy of the pinned toolchain.
pub(crate) fn rust_components() -> Result<()> {
    components(&["rustfmt", "clippy"])
}

/// The standard library's own code, in the pinned toolchain.
pub(crate) fn rust_source() -> Result<()> {
    components(&["rust-src"])
}

fn components(wanted: &[&str]) -> Result<()> {
    let installed = output(&mut command("rustup", &["component", "list", "--installed"]))?;
    for component in wanted {
        if !installed.lines().any(|line| line.starts_with(component)) {
            say(&format!("adding {component}"));
            run(&mut command("rustup", &["component", "add", component]))?;
        }
    }
    Ok(())
}

/// The directory that holds `trunk`.
pub(crate) fn trunk() -> Result<PathBuf> {
    installed("trunk", "trunk", TRUNK, |home| cargo_install("trunk", TRUNK, home))
}

/// The directory that holds `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
    let locked = locked_version(&lock, "wasm-bindgen");
    if locked.is_some_and(|version| version != WASM_BINDGEN) {
        bail!(
            "Cargo.lock has wasm-bindgen {} but xtask/src/tools.rs pins the tool {WASM_BINDGEN}: make them equal",
            locked.unwrap_or_default()
        );
    }
    installed("wasm-bindgen-cli", "wasm-bindgen", WASM_BINDGEN, |home| {
        cargo_install("wasm-bindgen-cli", WASM_BINDGEN, home)
    })
}

/// The directory that holds `geckodriver`.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    installed("geckodriver", "geckodriver", GECKODRIVER, |home| {
        cargo_install("geckodriver", GECKODRIVER, home)
    })
}

/// The directory that holds `wasm-opt`.
pub(crate) fn wasm_opt() -> Result<PathBuf> {
    from_npm("binaryen", BINARYEN, "wasm-opt")
}

/// The directory that holds `esbuild`.
pub(crate) fn esbuild() -> Result<PathBuf> {
    from_npm("esbuild", ESBUILD, "esbuild")
}

/// The directory of a program that an npm package brings.
fn from_npm(name: &str, version: &str, program: &str) -> Result<PathBuf> {
    node()?;
    let home = cache(name, version)?;
    let bin = home.join("node_modules/.bin");
    if !bin.join(program).exists() {
        say(&format!("installing {name} {version} from npm"));
        fs::create_dir_all(&home)?;
        let package = format!("{name}@{version}");
        run(command("npm", &["install", "--no-audit", "--no-fund", "--prefix"]).arg(&home).arg(&package))
            .with_context(|| by_hand(&format!("npm install --prefix {} {package}", home.display())))?;
    }
    Ok(bin)
}

/// The script of axe-core, as `tests/e2e/tests/accessibility/package-lock.json` pins it.
pub(crate) fn axe_core() -> Result<PathBuf> {
    node()?;
    let pins = root().join("tests/e2e/tests/accessibility");
    let lock = fs::read(pins.join("package-lock.json")).context("package-lock.json")?;
    let lock: serde_json::Value = serde_json::from_slice(&lock)?;
    let version =
        lock.pointer("/packages/node_modules~1axe-core/version").and_then(serde_json::Value::as_str);
    let version = version.context("package-lock.json pins no axe-core")?;
    let home = cache("axe-core", version)?;
    let script = home.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        say(&format!("installing axe-core {version} from npm"));
        fs::create_dir_all(&home)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(pins.join(file), home.join(file))?;
        }
        let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"];
        run(command("npm", &install).arg(&home))
            .with_context(|| by_hand(&format!("npm ci --prefix {}", home.display())))?;
    }
    Ok(script)
}

/// Node.js and npm: wasm-opt, an example and the checks with the official TypeScript SDK run on them.
pub(crate) fn node() -> Result<()> {
    needed(&["node", "npm"], &["nodejs", "npm"])
}

/// Python with virtual environments: an example and the checks with the official Python SDK run on it.
pub(crate) fn python() -> Result<()> {
    needed(&["python3"], &["python3", "python3-venv"])?;
    if output(&mut command("python3", &["-c", "import venv, ensurepip"])).is_err() {
        apt_install(&["python3-venv"])?;
    }
    Ok(())
}

/// Makes sure that these programs are on PATH, with these Debian packages if they are not.
pub(crate) fn needed(programs: &[&str], packages: &[&str]) -> Result<()> {
    if programs.iter().any(|program| on_path(program).is_none()) {
        apt_install(packages)?;
    }
    Ok(())
}

/// Installs Debian packages when this is Debian and we are root; else says what to type.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    let line = format!("apt-get install -y {}", packages.join(" "));
    if on_path("apt-get").is_none() || !is_root() {
        bail!(
            "{} missing, and only root on Debian can be helped here. {}",
            packages.join(", "),
            by_hand(&line)
        );
    }
    say(&line);
    let apt = |arguments: &[&str]| {
        let mut apt = command("apt-get", &["-q", "-o", "Dpkg::Use-Pty=0"]);
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut apt)
    };
    // An old package list names files that the mirror no longer has.
    apt(&["update"]).with_context(|| by_hand("apt-get update"))?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat()).with_context(|| by_hand(&line))
}

/// The directory of a program that is on PATH in the pinned version, in our cache, or put there now.
fn installed(
    package: &str,
    program: &str,
    version: &str,
    install: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let home = cache(package, version)?;
    let bin = home.join("bin");
    if bin.join(program).is_file() {
        return Ok(bin);
    }
    if let Some(found) = on_path(program)
        && output(&mut command(&found, &["--version"])).is_ok_and(|words| words.ends_with(version))
        && let Some(directory) = found.parent()
    {
        return Ok(directory.to_path_buf());
    }
    install(&home)?;
    Ok(bin)
}

fn cargo_install(package: &str, version: &str, home: &Path) -> Result<()> {
    say(&format!("installing {package} {version}: some minutes, once"));
    let pinned = format!("{package}@{version}");
    run(cargo(&["install", "--locked", "--quiet", &pinned, "--root"])
        .arg(home)
        .env_remove("CARGO_TARGET_DIR"))
    .with_context(|| by_hand(&format!("cargo install --locked {pinned} --root {}", home.display())))
}

/// The version that a lock file gives a package, the first if there are several.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    after.split('"').next()
}

fn cache(package: &str, version: &str) -> Result<PathBuf> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(base) => PathBuf::from(base),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(base.join("aftercart/tools").join(format!("{package}-{version}")))
}

fn by_hand(line: &str) -> String {
    format!("By hand: {line}")
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn a_lock_file_is_asked_for_one_package_by_its_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.1\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.1"));
        assert_eq!(locked_version(lock, "leptos"), None);
    }
}
