//! The official packages of npm and `PyPI`, unmodified, against a running sandbox.
//!
//! Needs `node` 20, `npm` and `python3` with `venv`. The packages are installed once, under `target/`,
//! from the lock files beside the scripts. A missing tool fails the test and says what to install.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its supporting functions too"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dodo_sandbox::{DEFAULT_WEBHOOK_SECRET, Sandbox, SandboxConfig};

#[tokio::test]
async fn the_npm_package_decodes_every_call() {
    let folder = prepared("npm", &["package.json", "package-lock.json", "calls.mjs"]);
    if !folder.join("installed").exists() {
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder));
        std::fs::write(folder.join("installed"), "").unwrap();
    }
    let mut node = Command::new("node");
    node.arg("calls.mjs").current_dir(&folder);
    against_a_sandbox(node).await;
}

#[tokio::test]
async fn the_pypi_package_decodes_every_call() {
    let folder = prepared("pypi", &["requirements.txt", "calls.py"]);
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !folder.join("installed").exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        let pip =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
        run(Command::new(&python).args(pip).current_dir(&folder));
        std::fs::write(folder.join("installed"), "").unwrap();
    }
    let mut script = Command::new(python);
    script.arg("calls.py").current_dir(&folder);
    against_a_sandbox(script).await;
}

/// Runs the script with a sandbox of its own, off the runtime's threads.
async fn against_a_sandbox(mut script: Command) {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    script
        .env("SANDBOX_URL", sandbox.url())
        .env("SANDBOX_WEBHOOK_SECRET", DEFAULT_WEBHOOK_SECRET)
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("DODO_PAYMENTS_BASE_URL")
        .env_remove("DODO_PAYMENTS_API_KEY");
    tokio::task::spawn_blocking(move || run(&mut script)).await.unwrap();
    sandbox.stop().await;
}

/// A folder under `target/` with the current scripts and lock files. What was installed from another lock
/// file does not count.
fn prepared(name: &str, files: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dodo-sdk").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for file in files {
        let wanted = std::fs::read(source.join(file)).unwrap();
        if std::fs::read(folder.join(file)).ok().as_deref() != Some(&wanted[..]) {
            std::fs::write(folder.join(file), &wanted).unwrap();
            if !file.starts_with("calls") {
                std::fs::remove_file(folder.join("installed")).ok();
            }
        }
    }
    folder
}

/// Runs to the end; anything but success fails the test with what the program said.
fn run(command: &mut Command) {
    let shown = command.get_program().display().to_string();
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| {
        panic!(
            "cannot run {shown}: {error}. The SDK tests need node 20 with npm and python3 with venv; \
             on Debian: apt-get install nodejs npm python3 python3-venv"
        )
    });
    assert!(
        output.status.success(),
        "{shown} failed (the SDK tests need node 20, npm, python3 and python3-venv):\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
