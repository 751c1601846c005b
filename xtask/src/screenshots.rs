//! The pictures in `docs/screenshots/`, taken from the running preview so that they cannot show what is not there.

use anyhow::Result;

use crate::project::{cargo, root, run};
use crate::{browser, preview_process};

/// Takes every picture anew.
pub(crate) fn screenshots() -> Result<()> {
    let browser = browser::find()?;
    preview_process::visit(|address| {
        run(cargo(&["test", "--workspace", "--test=screenshots", "--", "--test-threads=1"])
            .env("CHROME", &browser.chrome)
            .env("CHROMEDRIVER", &browser.driver)
            .env("AFTERCART_PREVIEW", address)
            .env("AFTERCART_SCREENSHOTS", root().join("docs/screenshots")))
    })
}
