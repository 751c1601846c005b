//! PostgreSQL's programs, and who runs them: PostgreSQL refuses to run as root, so that root runs it as the user
//! `postgres` or `nobody`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::{command, is_root, on_path, output};
use crate::tools::apt_install;

/// The directory of `initdb`, `pg_ctl` and `postgres`, installed now where they are missing.
pub(crate) fn programs() -> Result<PathBuf> {
    if let Some(found) = found() {
        return Ok(found);
    }
    apt_install(&["postgresql"])?;
    found().context("postgresql is installed, but initdb, pg_ctl and postgres are neither on PATH nor in /usr/lib/postgresql")
}

/// On PATH; else Debian's newest, which is not on PATH.
fn found() -> Option<PathBuf> {
    let named =
        on_path("initdb").and_then(|file| fs::canonicalize(file).ok()?.parent().map(Path::to_path_buf));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let debian = versions.into_iter().rev().map(|(_, directory)| directory);
    let whole = |directory: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"].iter().all(|program| directory.join(program).is_file())
    };
    named.into_iter().chain(debian).find(whole)
}

/// Someone else to run as.
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Nobody else, unless we are root.
pub(crate) fn user() -> Result<Option<User>> {
    if !is_root() {
        return Ok(None);
    }
    let id =
        |what: &str, name: &str| -> Result<u32> { Ok(output(&mut command("id", &[what, name]))?.parse()?) };
    for name in ["postgres", "nobody"] {
        if let (Ok(uid), Ok(gid)) = (id("-u", name), id("-g", name)) {
            return Ok(Some(User { uid, gid }));
        }
    }
    bail!("PostgreSQL does not run as root, and this system has no user `postgres` or `nobody`");
}

/// A program of PostgreSQL's, as the user who may run it.
pub(crate) fn as_user(user: Option<&User>, program: &Path) -> Command {
    let Some(User { uid, gid }) = user else { return Command::new(program) };
    let mut setpriv = Command::new("setpriv");
    setpriv
        .args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()])
        .arg(program);
    setpriv
}
