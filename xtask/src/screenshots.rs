//! The pictures in `docs/screenshots/`, taken from the running preview so that they cannot show what is not there.

use anyhow::Result;

use crate::project::{root, run};
use crate::{browser, preview_process};

/// Takes every picture anew.
pub(crate) fn screenshots() -> Result<()> {
    let browser = browser::chromium()?;
    preview_process::visit(|address| {
        run(browser
            .test("screenshots")
            .args(["--", "--test-threads=1"])
            .env("AFTERCART_PREVIEW", address)
            .env("AFTERCART_SCREENSHOTS", root().join("docs/screenshots")))
    })
}
