//! The linker of the widget's WebAssembly: rust's own, without the exports that nobody calls.
//!
//! Leptos links `server_fn`, and that `wasm-streams`, whose three classes `#[wasm_bindgen]` exports whether or not
//! anybody uses them: 9 kB with everything that they call. What an object file exports cannot be taken back later, since
//! tables keep it alive, so it is left out here. `dist` names this program to rustc as the linker.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::project::{command, output};

/// Where the real linker is: set by `dist`, and so what makes this program a linker.
const REAL: &str = "AFTERCART_REAL_LINKER";
/// How rustc names the linker of this target to cargo.
const LINKER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
/// In the symbols of every class that is left out.
const UNUSED: &str = "intounderlying";

/// What cargo has to know to link with this program.
pub(crate) fn environment() -> Result<[(&'static str, PathBuf); 2]> {
    let libraries = PathBuf::from(output(&mut command("rustc", &["--print=target-libdir"]))?);
    let host = libraries.parent().context("rustc names no folder of the host")?;
    Ok([(LINKER, std::env::current_exe()?), (REAL, host.join("bin/rust-lld"))])
}

/// Links, if this program was started to do that.
pub(crate) fn link() -> Option<ExitCode> {
    let linker = std::env::var_os(REAL)?;
    let arguments = without_unused(std::env::args_os().skip(1));
    let done = Command::new(linker).args(arguments).status();
    let is_linked = done.is_ok_and(|status| status.success());
    Some(if is_linked { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes out `--export SYMBOL` of what nobody calls.
fn without_unused(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let is_unused = |argument: &OsStr| argument.to_string_lossy().contains(UNUSED);
    let mut kept: Vec<OsString> = Vec::new();
    for argument in arguments {
        if kept.last().is_some_and(|last| last == "--export") && is_unused(&argument) {
            kept.pop();
        } else {
            kept.push(argument);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exports_of_unused_classes_are_left_out() {
        let given =
            ["-flavor", "wasm", "--export", "widget_new", "--export", "intounderlyingsink_write", "a.o"];
        let kept = without_unused(given.into_iter().map(OsString::from));
        assert_eq!(kept, ["-flavor", "wasm", "--export", "widget_new", "a.o"]);
    }
}
