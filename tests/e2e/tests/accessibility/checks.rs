//! The checks that run inside the page: axe-core, and `checks.js` for what it cannot see.

use aftercart_e2e::Browser;
use anyhow::{Context, Result};
use serde_json::Value;

/// Every theme in light and in dark.
const LOOKS: &str = "[['default', 'light'], ['default', 'dark'], ['paper', 'light'], ['paper', 'dark'], \
    ['signal', 'light'], ['signal', 'dark']]";

/// WCAG 2.2 at level AA, and what axe-core recommends beyond.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']";

/// A check by the script that runs it; it answers a list of complaints.
#[derive(Clone, Debug)]
pub(crate) struct Check(String);

impl Check {
    /// One of the functions of `checks.js`.
    pub(crate) fn own(name: &str) -> Self {
        Self(format!("return checks.{name}()"))
    }

    /// The same in every theme, in light and in dark.
    pub(crate) fn in_every_look(name: &str) -> Self {
        Self(format!("return checks.inEveryLook({LOOKS}, checks.{name})"))
    }

    /// axe-core in every theme, in light and in dark.
    pub(crate) fn axe_in_every_look() -> Self {
        Self(format!("return checks.inEveryLook({LOOKS}, () => checks.axe({RULES}))"))
    }

    /// What is wrong with the page that the browser shows.
    pub(crate) async fn run(&self, browser: &Browser) -> Result<Vec<String>> {
        browser.script(include_str!("checks.js")).await?;
        let found = browser.script(&self.0).await?;
        let found = found.as_array().context("a list of complaints")?;
        Ok(found.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

/// Makes axe-core known to the page. `cargo xtask test` installs it and says where.
pub(crate) async fn install_axe(browser: &Browser) -> Result<()> {
    let file = std::env::var("AFTERCART_AXE")
        .context("AFTERCART_AXE names axe.min.js: `cargo xtask test --only accessibility` sets it")?;
    browser.script(&std::fs::read_to_string(&file).with_context(|| file)?).await?;
    Ok(())
}
