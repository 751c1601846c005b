//! Where things are in this repository, and how to run a program in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(elsewhere) => root().join(elsewhere),
        None => root().join("target"),
    }
}

/// The folder of an example.
pub(crate) fn example(name: &str) -> PathBuf {
    root().join("examples").join(name)
}

/// What a merchant serves: the output of `cargo xtask dist`.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// A command in the root with the given arguments.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this very program.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// Runs a command with its output shown; any exit code but zero is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let words = describe(command);
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("could not start `{words}`"))?;
    if !status.success() {
        bail!("`{words}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and returns what it printed on standard output, trimmed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let words = describe(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{words}`"))?;
    if !output.status.success() {
        bail!("`{words}` ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as a person would type it, without its directories.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    std::iter::once(name)
        .chain(command.get_args().map(|argument| argument.to_string_lossy().into_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first file of this name in a directory on PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// Whether we may do everything on this machine.
pub(crate) fn is_root() -> bool {
    output(&mut command("id", &["-u"])).is_ok_and(|id| id == "0")
}

/// PATH with these directories before everything else.
pub(crate) fn path_with(first: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(first.iter().cloned().chain(std::env::split_paths(&path)))?)
}

/// A line of progress, on standard error so that standard output keeps what was asked for.
pub(crate) fn say(line: &str) {
    eprintln!("xtask: {line}");
}
