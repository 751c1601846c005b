//! The settings of a preview, written anew at each start because ports can differ.
//!
//! `target/preview/Trunk.toml` is the root's `Trunk.toml` with the chosen ports and absolute paths, so that the page
//! behaves as it does under a plain `trunk serve`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::project::{root, target};

/// Where the three parts listen, all on 127.0.0.1.
pub(crate) struct Ports {
    pub(crate) sandbox: u16,
    pub(crate) server: u16,
    pub(crate) page: u16,
}

/// The files written for this run.
pub(crate) struct Files {
    pub(crate) trunk: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) database: PathBuf,
}

/// Writes the settings of page and backend, and forgets the database of the last run: the sandbox forgets too.
pub(crate) fn write(ports: &Ports) -> Result<Files> {
    let folder = target().join("preview");
    fs::create_dir_all(folder.join("site"))?;
    let files = Files {
        trunk: folder.join("Trunk.toml"),
        server: folder.join("aftercart.toml"),
        database: folder.join("aftercart.db"),
    };
    for leftover in ["aftercart.db", "aftercart.db-shm", "aftercart.db-wal"] {
        let _ = fs::remove_file(folder.join(leftover));
    }
    let trunk = fs::read_to_string(root().join("Trunk.toml")).context("Trunk.toml")?;
    fs::write(&files.trunk, page_settings(&trunk, ports, &root(), &folder.join("site"))?)?;
    Ok(files)
}

/// The page's settings with these ports, and with every path absolute since the file moves.
fn page_settings(text: &str, ports: &Ports, home: &Path, site: &Path) -> Result<String> {
    let text = text
        .replace("127.0.0.1:4010", &format!("127.0.0.1:{}", ports.sandbox))
        .replace("127.0.0.1:4020", &format!("127.0.0.1:{}", ports.server));
    let mut settings: Table = text.parse().context("Trunk.toml")?;
    let build = table(&mut settings, "build");
    let page = build.get("target").and_then(Value::as_str).unwrap_or("index.html").to_owned();
    build.insert("target".into(), absolute(home, &page));
    build.insert("dist".into(), site.display().to_string().into());
    let watch = table(&mut settings, "watch");
    for key in ["watch", "ignore"] {
        if let Some(Value::Array(paths)) = watch.get_mut(key) {
            // Trunk refuses to ignore a folder that does not exist yet.
            paths.retain(|path| path.as_str().is_some_and(|path| home.join(path).exists()));
            for path in paths {
                *path = absolute(home, path.as_str().unwrap_or_default());
            }
        }
    }
    let serve = table(&mut settings, "serve");
    serve.insert("addresses".into(), Value::Array(vec!["127.0.0.1".into()]));
    serve.insert("port".into(), i64::from(ports.page).into());
    serve.insert("open".into(), false.into());
    Ok(settings.to_string())
}

fn absolute(home: &Path, path: &str) -> Value {
    home.join(path).display().to_string().into()
}

fn table<'a>(settings: &'a mut Table, name: &str) -> &'a mut Table {
    let entry = settings.entry(name).or_insert_with(|| Value::Table(Table::new()));
    if !entry.is_table() {
        *entry = Value::Table(Table::new());
    }
    #[expect(clippy::expect_used, reason = "made a table one line above")]
    entry.as_table_mut().expect("a table")
}

/// What the sandbox is told: where to listen, and where the backend takes webhooks.
pub(crate) fn sandbox_arguments(command: &mut Command, ports: &Ports) {
    command.arg("--port").arg(ports.sandbox.to_string());
    command.arg("--webhook-url").arg(format!("http://127.0.0.1:{}/webhooks/dodo", ports.server));
}

/// The backend's secrets.
pub(crate) fn server_environment(command: &mut Command, _ports: &Ports) {
    command.env("DODO_PAYMENTS_API_KEY", API_KEY);
}

/// Good for nothing but a sandbox on this machine.
const API_KEY: &str = "dodo_test_sandbox";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_settings_keep_everything_but_ports_and_paths() {
        let text = "[build]\ntarget = \"index.html\"\ndist = \"target/site\"\n\n[[proxy]]\nbackend = \"http://127.0.0.1:4020/api/\"\n";
        let ports = Ports { sandbox: 1, server: 2, page: 3 };
        let written = page_settings(text, &ports, Path::new("/home"), Path::new("/site")).unwrap();
        let settings: Table = written.parse().unwrap();
        assert_eq!(settings["proxy"][0]["backend"].as_str(), Some("http://127.0.0.1:2/api/"));
        assert_eq!(settings["build"]["target"].as_str(), Some("/home/index.html"));
        assert_eq!(settings["build"]["dist"].as_str(), Some("/site"));
        assert_eq!(settings["serve"]["port"].as_integer(), Some(3));
    }
}
