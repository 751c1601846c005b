//! The browsers that tests run in, with their WebDriver servers: from the environment, PATH, Debian or crates.io.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::project::{cargo, command, on_path, output, say, target};
use crate::tools::{self, apt_install, needed};

/// A browser and the driver that speaks WebDriver for it.
pub(crate) struct Browser {
    /// What `AFTERCART_BROWSER` calls it.
    name: &'static str,
    /// Nothing where the driver brings its own.
    pub(crate) program: Option<PathBuf>,
    pub(crate) driver: PathBuf,
    /// What tells the tests where the two are.
    variables: [&'static str; 2],
    /// Pretends a display, for a browser that cannot do without.
    display: Option<PathBuf>,
}

const CHROMES: [&str; 3] = ["chromium", "google-chrome", "chrome"];
const FIREFOXES: [&str; 2] = ["firefox-esr", "firefox"];

/// What a journey sees less of in another browser, a line each, that begins with the browser's name.
const OTHER_BROWSERS: &str = include_str!("../../tests/e2e/src/other-browsers.txt");

/// What Chromium needs to run as root, in a container, on a machine without a way out.
/// One a line, shared with the journeys.
const FLAGS: &str = include_str!("../../tests/e2e/src/chromium-flags.txt");

/// Fonts for what the sixteen languages are written in: without them boxes are measured instead of letters.
const FONTS: [&str; 2] = ["fonts-droid-fallback", "fonts-lohit-deva"];

/// The browser of `CHROME` and `CHROMEDRIVER`, else of PATH, else Debian's, installed now.
pub(crate) fn chromium() -> Result<Browser> {
    let packages = ["chromium", "chromium-driver"];
    let driver = found("CHROMEDRIVER", &["chromedriver"], &packages)?;
    let program = Some(found("CHROME", &CHROMES, &packages)?);
    Ok(Browser { name: "chromium", program, driver, variables: ["CHROME", "CHROMEDRIVER"], display: None })
}

/// The browser of `FIREFOX`, else of PATH, else Debian's; geckodriver of `GECKODRIVER`, else the pinned one.
pub(crate) fn firefox() -> Result<Browser> {
    let program = Some(found("FIREFOX", &FIREFOXES, &["firefox-esr"])?);
    let driver = match std::env::var_os("GECKODRIVER") {
        Some(driver) => PathBuf::from(driver),
        None => tools::geckodriver()?.join("geckodriver"),
    };
    Ok(Browser { name: "firefox", program, driver, variables: ["FIREFOX", "GECKODRIVER"], display: None })
}

/// `WebKitGTK`'s driver of `WEBKITWEBDRIVER`, else of PATH, else Debian's. It starts the `MiniBrowser` that came with it.
pub(crate) fn webkit() -> Result<Browser> {
    let driver = found("WEBKITWEBDRIVER", &["WebKitWebDriver"], &["webkit2gtk-driver"])?;
    needed(&["Xvfb", "xauth"], &["xvfb", "xauth"])?;
    let display = Some(found("XVFB_RUN", &["xvfb-run"], &["xvfb"])?);
    Ok(Browser {
        name: "webkit",
        program: None,
        driver,
        variables: ["MINIBROWSER", "WEBKITWEBDRIVER"],
        display,
    })
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

/// The program that an environment variable names, else the first of these names on PATH, with these Debian packages
/// where there is none.
fn found(variable: &str, names: &[&str], packages: &[&str]) -> Result<PathBuf> {
    if let Some(program) = std::env::var_os(variable) {
        return Ok(PathBuf::from(program));
    }
    let present = || names.iter().find_map(|name| on_path(name));
    if let Some(program) = present() {
        return Ok(program);
    }
    apt_install(packages)?;
    let Some(program) = present() else {
        bail!("no {}: put one on PATH, or name it in {variable}", names.join(" or "));
    };
    Ok(program)
}

impl Browser {
    /// Runs a test target of the workspace in it. `--workspace` although one package has the target: other
    /// features would compile every dependency anew.
    pub(crate) fn test(&self, target: &str) -> Command {
        for line in OTHER_BROWSERS.lines().filter(|line| line.starts_with(self.name)) {
            say(line);
        }
        let test = cargo(&["test", "--workspace", &format!("--test={target}")]);
        let mut test = match &self.display {
            None => test,
            Some(display) => {
                let mut pretended = command(display, &["--auto-servernum"]);
                pretended.arg(test.get_program()).args(test.get_args());
                pretended
            }
        };
        let [program, driver] = self.variables;
        if let Some(path) = &self.program {
            test.env(program, path);
        }
        test.env("AFTERCART_BROWSER", self.name).env(driver, &self.driver);
        test
    }

    /// Writes the capabilities that wasm-bindgen-test-runner reads; it looks for them in its working directory.
    pub(crate) fn write_webdriver_json(&self) -> Result<PathBuf> {
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "args": FLAGS.lines().collect::<Vec<_>>(), "binary": self.program },
        });
        let directory = target().join("web");
        fs::create_dir_all(&directory)?;
        let file = directory.join("webdriver.json");
        fs::write(&file, serde_json::to_string_pretty(&capabilities)?)?;
        Ok(file)
    }
}
