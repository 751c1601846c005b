//! One click, one charge.

use aftercart_e2e::{Journey, Promise};
use anyhow::Result;

/// What must be true after every one-click purchase: one charge, as promised.
async fn was_charged_once(journey: &Journey, promise: &Promise) -> Result<()> {
    journey.was_kept(promise).await?;
    assert_eq!(journey.charges_asked_for(), 1, "more than one request to charge");
    Ok(())
}

#[tokio::test]
async fn a_click_charges_once_the_amount_on_the_button() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let button = journey.accept_words().await?;
    assert!(button.contains("4242"), "the button names no card: {button}");
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &promise).await?;
    let seen = journey.events().await?;
    assert_eq!(seen, ["aftercart-ready", "aftercart-shown", "aftercart-accept", "aftercart-succeeded"]);
    Ok(())
}

#[tokio::test]
async fn enter_on_the_button_charges_once() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.press_enter_on_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &promise).await
}

#[tokio::test]
async fn a_double_click_charges_once() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.double_click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &promise).await
}

#[tokio::test]
async fn a_reload_after_success_offers_and_charges_nothing_more() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.browser.reload().await?;
    journey.wait_for_state("succeeded").await?;
    assert!(!journey.has_accept().await?, "the offer came back");
    was_charged_once(&journey, &promise).await
}

#[tokio::test]
async fn a_purchase_that_no_rule_names_shows_nothing() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.buy("cus_not_eligible", "pdt_stickers").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("hidden").await?;
    assert!(!journey.has_accept().await?);
    assert_eq!(journey.words().await?.trim(), "");
    assert!(journey.events().await?.contains(&"aftercart-hidden".to_owned()));
    Ok(())
}
