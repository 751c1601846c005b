//! Declining is as easy as accepting, leads to at most a cheaper offer, and is remembered.

use aftercart_e2e::Journey;
use anyhow::Result;

#[tokio::test]
async fn declining_shows_a_cheaper_offer_in_place_that_can_be_accepted() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let first = journey.amount_on_the_button().await?;
    let address = journey.browser.address().await?;
    journey.click_decline().await?;
    let second = cheaper_offer(&journey, first).await?;
    assert_eq!(journey.browser.address().await?, address, "the page moved");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.the_one_charge_after(&purchase)?.total_amount, second);
    Ok(())
}

#[tokio::test]
async fn declining_twice_ends_it_also_after_a_reload() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let first = journey.amount_on_the_button().await?;
    journey.press_enter_on_decline().await?;
    cheaper_offer(&journey, first).await?;
    journey.click_decline().await?;
    journey.wait_for_state("declined").await?;
    assert!(!journey.has_accept().await?);
    journey.browser.reload().await?;
    journey.wait_for_state("hidden").await?;
    assert!(!journey.has_accept().await?, "the declined offer came back");
    assert_eq!(journey.payments_after(&purchase).len(), 0, "declining charged something");
    Ok(())
}

/// Waits until the button asks for less than before, and returns how much.
async fn cheaper_offer(journey: &Journey, before: i64) -> Result<i64> {
    let started = std::time::Instant::now();
    loop {
        let now = journey.amount_on_the_button().await?;
        if now < before {
            return Ok(now);
        }
        anyhow::ensure!(started.elapsed().as_secs() < 20, "no cheaper offer: still {now}");
        tokio::task::yield_now().await;
    }
}
