//! Chromium and ChromeDriver, from the environment, PATH or Debian.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::project::{cargo, command, on_path, output, target};
use crate::tools::{apt_install, needed};

/// A browser and the driver that speaks WebDriver for it.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) driver: PathBuf,
}

const CHROMES: [&str; 3] = ["chromium", "google-chrome", "chrome"];

/// What Chromium needs to run as root, in a container, on a machine without a way out.
/// One a line, shared with the journeys.
const FLAGS: &str = include_str!("../../tests/e2e/src/chromium-flags.txt");

/// Fonts for what the sixteen languages are written in: without them boxes are measured instead of letters.
const FONTS: [&str; 2] = ["fonts-droid-fallback", "fonts-lohit-deva"];

/// The browser of `CHROME` and `CHROMEDRIVER`, else of PATH, else Debian's, installed now.
pub(crate) fn find() -> Result<Browser> {
    if std::env::var_os("CHROMEDRIVER").is_none() {
        needed(&["chromedriver"], &["chromium", "chromium-driver"])?;
    }
    let driver = chosen("CHROMEDRIVER", &["chromedriver"]);
    if chosen("CHROME", &CHROMES).is_none() {
        needed(&["chromium"], &["chromium", "chromium-driver"])?;
    }
    let chrome = chosen("CHROME", &CHROMES);
    let (Some(chrome), Some(driver)) = (chrome, driver) else {
        bail!("no Chromium with ChromeDriver: put both on PATH, or name them in CHROME and CHROMEDRIVER");
    };
    Ok(Browser { chrome, driver })
}

/// A font for each of the languages, Debian's, installed now where one is missing.
pub(crate) fn fonts() -> Result<()> {
    needed(&["fc-list"], &["fontconfig"])?;
    for language in ["hi", "ja", "ko", "ar"] {
        if output(&mut command("fc-list", &[&format!(":lang={language}"), "family"]))?.is_empty() {
            return apt_install(&FONTS);
        }
    }
    Ok(())
}

/// The program that an environment variable names, else the first of these names on PATH.
fn chosen(variable: &str, names: &[&str]) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(program) => Some(PathBuf::from(program)),
        None => names.iter().find_map(|name| on_path(name)),
    }
}

impl Browser {
    /// Runs a test target of the workspace in it. `--workspace` although one package has the target: other
    /// features would compile every dependency anew.
    pub(crate) fn test(&self, target: &str) -> Command {
        let mut test = cargo(&["test", "--workspace", &format!("--test={target}")]);
        test.env("CHROME", &self.chrome).env("CHROMEDRIVER", &self.driver);
        test
    }

    /// Writes the capabilities that wasm-bindgen-test-runner reads; it looks for them in its working directory.
    pub(crate) fn write_webdriver_json(&self) -> Result<PathBuf> {
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "args": FLAGS.lines().collect::<Vec<_>>(), "binary": self.chrome },
        });
        let directory = target().join("web");
        fs::create_dir_all(&directory)?;
        let file = directory.join("webdriver.json");
        fs::write(&file, serde_json::to_string_pretty(&capabilities)?)?;
        Ok(file)
    }
}
