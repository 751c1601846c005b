//! `cargo xtask preview` as a stranger meets it: the printed address shows the offer, and one click buys it.
//!
//! Needs a running preview: `cargo xtask test --only preview`.

use aftercart_e2e::{Browser, Screen, click, wait_for_state};
use anyhow::{Context, Result};

#[tokio::test]
async fn the_printed_address_shows_an_offer_that_one_click_buys() -> Result<()> {
    let address =
        std::env::var("AFTERCART_PREVIEW").context("AFTERCART_PREVIEW names the preview's address")?;
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&address).await?;
    wait_for_state(&browser, "offer").await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await
}
