//! The settings of a preview, written anew at each start because ports can differ.
//!
//! `target/preview/Trunk.toml` is the root's `Trunk.toml` with the chosen ports and absolute paths, so that the page
//! behaves as it does under a plain `trunk serve`.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use base64::Engine as _;
use toml::{Table, Value};

use crate::project::{self, root, target};

/// Where the three parts listen, all on 127.0.0.1.
pub(crate) struct Ports {
    pub(crate) sandbox: u16,
    pub(crate) server: u16,
    pub(crate) page: u16,
}

/// Takes the backend's last database away: the sandbox forgets at its end too.
pub(crate) fn forget_database() {
    for end in ["", "-shm", "-wal"] {
        let _ = fs::remove_file(target().join("preview").join(format!("{DATABASE}{end}")));
    }
}

/// Writes the page's settings for these ports.
pub(crate) fn write(ports: &Ports) -> Result<PathBuf> {
    let folder = target().join("preview");
    fs::create_dir_all(folder.join("site"))?;
    let file = folder.join("Trunk.toml");
    let text = fs::read_to_string(root().join("Trunk.toml")).context("Trunk.toml")?;
    fs::write(&file, page_settings(&text, ports, &root(), &folder.join("site"))?)?;
    Ok(file)
}

/// The shop whose backend the preview runs.
pub(crate) const SHOP: &str = "examples/shop/aftercart.toml";

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

/// What the backend is told beyond its file: addresses of this run, and secrets that open nothing but this sandbox.
pub(crate) fn server_environment(command: &mut Command, ports: &Ports) -> Result<()> {
    let page = format!("http://127.0.0.1:{}", ports.page);
    let database = target().join("preview").join(DATABASE);
    command
        .env("AFTERCART_LISTEN", format!("127.0.0.1:{}", ports.server))
        .env("AFTERCART_DATABASE_URL", format!("sqlite://{}", database.display()))
        .env("AFTERCART_ASSETS", project::dist())
        .env("AFTERCART_PUBLIC_URL", &page)
        .env("AFTERCART_ALLOWED_ORIGINS", &page)
        .env("AFTERCART_SUCCESS_URL", format!("{page}/"))
        .env("DODO_PAYMENTS_BASE_URL", format!("http://127.0.0.1:{}", ports.sandbox))
        .env("DODO_PAYMENTS_API_KEY", API_KEY)
        .env("DODO_PAYMENTS_WEBHOOK_KEY", WEBHOOK_KEY)
        .env("AFTERCART_TOKEN_KEYS", format!("preview:{}", random_key()?));
    Ok(())
}

/// The sandbox's own defaults; public, and good for nothing but a sandbox on this machine.
pub(crate) const API_KEY: &str = "dodo_test_sandbox";
pub(crate) const WEBHOOK_KEY: &str = "whsec_c2FuZGJveC1zZWNyZXQtZm9yLWxvY2FsLXRlc3Rz";

const DATABASE: &str = "aftercart.db";

/// Thirty-two bytes from the system, in Base64: tokens of one preview are worth nothing in the next.
fn random_key() -> Result<String> {
    let mut bytes = [0; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
}

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
