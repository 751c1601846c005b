//! `trunk serve` without a backend: the page shows what the shop wrote, and here that is how to start one.
//!
//! Needs the page: `cargo xtask test --only page-alone`.

use aftercart_e2e::{Browser, Screen, wait_for_state};
use anyhow::{Context, Result};

#[tokio::test]
async fn without_a_backend_the_page_says_how_to_start_one() -> Result<()> {
    let address = std::env::var("AFTERCART_PREVIEW").context("AFTERCART_PREVIEW names the page's address")?;
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&address).await?;
    wait_for_state(&browser, "error").await?;
    let advice = "const advice = document.querySelector('aftercart-offer #advice'); \
        return advice.checkVisibility() && advice.innerText.includes('cargo xtask preview')";
    browser.wait_for("the advice", advice).await?;
    Ok(())
}
