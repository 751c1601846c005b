//! `cargo xtask preview` as a stranger meets it: the printed address shows the offer, and one click buys it.
//!
//! Needs a running preview: `cargo xtask test --only preview`.

use aftercart_e2e::{Browser, Screen, click, pay_as_a_stranger, wait_for_state};
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

#[tokio::test]
async fn a_purchase_that_starts_at_the_shop_comes_back_to_an_offer() -> Result<()> {
    let address =
        std::env::var("AFTERCART_PREVIEW").context("AFTERCART_PREVIEW names the preview's address")?;
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&format!("{address}?shop")).await?;
    browser.wait_for("something to buy", "return document.querySelector('#products a') !== null").await?;
    browser.element("return document.querySelector('#products a')").await?.click().await?;
    pay_as_a_stranger(&browser).await?;
    browser.wait_for_address(&format!("{address}?payment_id=pay_")).await?;
    wait_for_state(&browser, "offer").await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await
}
