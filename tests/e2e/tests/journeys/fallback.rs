//! When one click cannot finish: the message, the standard checkout or the bank's page at top level, and the way back.

use aftercart_e2e::{Journey, money_in};
use anyhow::Result;

#[tokio::test]
async fn a_failed_card_leads_to_the_checkout_and_back_to_a_page_that_says_paid() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_declined", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("failed").await?;
    let message = journey.words().await?;
    assert!(message.to_lowercase().contains("fund"), "the message does not say why: {message}");
    journey.pay_on_the_hosted_checkout().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1, "the failed card was charged again");
    Ok(())
}

#[tokio::test]
async fn a_card_reported_stolen_is_not_called_so() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_fraud", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.wait_for_state("failed").await?;
    let message = journey.words().await?.to_lowercase();
    assert!(!message.contains("stolen") && !message.contains("fraud"), "{message}");
    Ok(())
}

#[tokio::test]
async fn the_bank_asks_at_top_level_and_the_shopper_comes_back_paid() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_3ds", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("action-required").await?;
    journey.approve_at_the_bank().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn who_goes_back_from_the_bank_is_told_that_nothing_was_charged() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_3ds", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.wait_for_state("action-required").await?;
    journey.cancel_at_the_bank().await?;
    journey.wait_for_state("failed").await?;
    let words = journey.words().await?;
    assert!(words.contains("The payment was cancelled. You have not been charged."), "{words}");
    assert!(journey.payments_after(&purchase).iter().all(|payment| payment.status.is_final()));
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn without_a_saved_card_accepting_leads_to_the_checkout() -> Result<()> {
    accepting_leads_to_the_checkout("cus_no_method").await
}

#[tokio::test]
async fn with_an_expired_card_accepting_leads_to_the_checkout() -> Result<()> {
    accepting_leads_to_the_checkout("cus_expired_card").await
}

/// The offer is honest about it: the button names no card, and nothing is charged by the click.
async fn accepting_leads_to_the_checkout(customer: &str) -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive(customer, "pdt_presets").await?;
    let promise = journey.promise().await?;
    let button = journey.accept_words().await?;
    assert!(!button.contains("4242"), "the button names a card that cannot pay: {button}");
    journey.click_accept().await?;
    journey.pay_on_the_hosted_checkout().await?;
    journey.wait_for_state("succeeded").await?;
    let told = money_in(&journey.words().await?, "USD")?;
    assert_eq!(told, Some(promise.amount_minor), "the page tells of another amount");
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 0, "a click charged without a usable card");
    Ok(())
}
