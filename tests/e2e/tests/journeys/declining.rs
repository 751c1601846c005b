//! Declining is as easy as accepting, leads to at most a cheaper offer, and is remembered.

use aftercart_e2e::Journey;
use anyhow::Result;

#[tokio::test]
async fn declining_shows_a_cheaper_offer_in_place_that_can_be_accepted() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let first = journey.promise().await?;
    let address = journey.browser.address().await?;
    journey.click_decline().await?;
    journey.wait_for_title("Colour grading guide").await?;
    assert_eq!(journey.browser.address().await?, address, "the page moved");
    let second = journey.promise().await?;
    assert!(second.amount_minor < first.amount_minor, "{second:?}");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&second).await
}

#[tokio::test]
async fn declining_twice_ends_it_also_after_a_reload() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    journey.press_enter_on_decline().await?;
    journey.wait_for_title("Colour grading guide").await?;
    journey.click_decline().await?;
    journey.wait_for_state("declined").await?;
    assert!(!journey.has_accept().await?);
    journey.browser.reload().await?;
    journey.wait_for_state("hidden").await?;
    assert!(!journey.has_accept().await?, "the declined offer came back");
    assert_eq!(journey.payments_after(&purchase).len(), 0, "declining charged something");
    Ok(())
}
