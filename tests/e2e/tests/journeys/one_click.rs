//! One click, one charge.

use aftercart_e2e::{Journey, Purchase};
use anyhow::Result;

/// What must be true after every one-click purchase: one charge, of the amount on the button, told by a verified webhook.
async fn was_charged_once(journey: &Journey, purchase: &Purchase, amount_on_the_button: i64) -> Result<()> {
    journey.every_webhook_is_delivered().await?;
    let payment = journey.the_one_charge_after(purchase)?;
    assert_eq!(payment.total_amount, amount_on_the_button, "the button named another amount");
    assert!(journey.was_told_of("payment.succeeded", &payment.id), "no verified webhook for {}", payment.id);
    assert_eq!(journey.charges_asked_for(), 1, "more than one request to charge");
    Ok(())
}

#[tokio::test]
async fn a_click_charges_once_the_amount_on_the_button() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let button = journey.accept_words().await?;
    assert!(button.contains("4242"), "the button names no card: {button}");
    let amount = journey.amount_on_the_button().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &purchase, amount).await?;
    let seen = journey.events().await?;
    assert_eq!(seen, ["aftercart-ready", "aftercart-shown", "aftercart-accept", "aftercart-succeeded"]);
    Ok(())
}

#[tokio::test]
async fn enter_on_the_button_charges_once() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let amount = journey.amount_on_the_button().await?;
    journey.press_enter_on_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &purchase, amount).await
}

#[tokio::test]
async fn a_double_click_charges_once() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let amount = journey.amount_on_the_button().await?;
    journey.double_click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    was_charged_once(&journey, &purchase, amount).await
}

#[tokio::test]
async fn a_reload_after_success_offers_and_charges_nothing_more() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let amount = journey.amount_on_the_button().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.browser.reload().await?;
    journey.wait_for_state("succeeded").await?;
    assert!(!journey.has_accept().await?, "the offer came back");
    was_charged_once(&journey, &purchase, amount).await
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
