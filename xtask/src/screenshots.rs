//! The pictures in `docs/screenshots/`, taken from the running system so that they cannot show what is not there.

use anyhow::Result;

use crate::project::{cargo, root, run};
use crate::{browser, dist};

/// Takes every picture anew.
pub(crate) fn screenshots() -> Result<()> {
    let browser = browser::find()?;
    dist::dist()?;
    run(cargo(&["test", "--package=aftercart-e2e", "--test=screenshots", "--", "--ignored", "--nocapture"])
        .env("CHROME", &browser.chrome)
        .env("CHROMEDRIVER", &browser.driver)
        .env("AFTERCART_SCREENSHOTS", root().join("docs/screenshots")))
}
