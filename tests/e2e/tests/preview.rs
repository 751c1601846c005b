//! `cargo xtask preview` as a stranger meets it: the printed address shows the offer, and one click buys it; every kind of
//! offer and every language is one click away.
//!
//! Needs a running preview: `cargo xtask test --only preview`.

use aftercart_e2e::{Browser, Screen, click, pay_as_a_stranger, wait_for_state, wait_for_title, words};
use anyhow::{Context, Result};
use serde_json::Value;

fn address() -> Result<String> {
    std::env::var("AFTERCART_PREVIEW").context("AFTERCART_PREVIEW names the preview's address")
}

#[tokio::test]
async fn the_printed_address_shows_an_offer_that_one_click_buys() -> Result<()> {
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&address()?).await?;
    wait_for_state(&browser, "offer").await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await
}

#[tokio::test]
async fn a_purchase_that_starts_at_the_shop_comes_back_to_an_offer() -> Result<()> {
    let address = address()?;
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

/// Clicks a scenario and waits for the card with this title.
async fn choose(browser: &Browser, scenario: &str, title: &str) -> Result<()> {
    let link = format!("return document.querySelector('#scenarios a[href$=\"scenario={scenario}\"]')");
    browser.element(&link).await?.click().await?;
    browser.wait_for_address(&format!("scenario={scenario}&payment_id=")).await?;
    wait_for_title(browser, title).await
}

#[tokio::test]
async fn every_kind_of_offer_is_one_click_away_and_can_be_taken() -> Result<()> {
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&address()?).await?;
    wait_for_state(&browser, "offer").await?;
    for (scenario, title, after) in [
        ("choice", "Film preset pack", "Colour grading guide"),
        ("sequence", "Colour grading guide", "Film preset pack"),
        ("trial", "Starter plan", "Thank you: Starter plan is yours"),
        ("upgrade", "Pro plan", "You now have Pro plan"),
        ("downgrade", "Basic plan", "You now have Basic plan"),
        ("scheduled", "Starter plan", "Your plan changes on"),
    ] {
        choose(&browser, scenario, title).await?;
        click(&browser, "accept").await?;
        wait_for_title(&browser, after).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_menu_changes_the_language_and_keeps_the_scenario() -> Result<()> {
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&format!("{}?scenario=upgrade", address()?)).await?;
    for (tag, decline) in
        [("de", "Nein, danke"), ("ar", "لا، شكرًا"), ("ja", "いいえ、結構です"), ("en", "No, thanks")]
    {
        wait_for_title(&browser, "Pro plan").await?;
        let option = format!("return document.querySelector('#language option[value={tag}]')");
        browser.element(&option).await?.click().await?;
        browser.wait_for_address(&format!("lang={tag}")).await?;
        wait_for_title(&browser, "Pro plan").await?;
        let shown = words(&browser).await?;
        assert!(shown.contains(decline), "{tag}: {shown}");
    }
    let languages = browser.script("return document.querySelectorAll('#language option').length").await?;
    assert_eq!(languages, Value::from(16));
    Ok(())
}
