//! What was declined stays away: after a reload, on another device, after a restart of the backend.

use aftercart_e2e::{Journey, Purchase};
use anyhow::Result;

/// The page shows nothing, also for this purchase of the same customer.
async fn shows_nothing(journey: &Journey, purchase: &Purchase, when: &str) -> Result<()> {
    journey.open_success_page(purchase).await?;
    journey.wait_for_state("hidden").await?;
    assert!(!journey.has_accept().await?, "the declined offer came back {when}");
    Ok(())
}

#[tokio::test]
async fn a_declined_offer_stays_away() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    journey.click_decline().await?;
    journey.wait_for_title("Colour grading guide").await?;
    journey.click_decline().await?;
    journey.wait_for_state("declined").await?;
    shows_nothing(&journey, &purchase, "after a reload").await?;
    let journey = journey.on_another_device().await?;
    shows_nothing(&journey, &purchase, "on another device").await?;
    let journey = journey.with_the_backend_restarted().await?;
    shows_nothing(&journey, &purchase, "after a restart").await?;
    let journey = journey.on_another_device().await?;
    let another = journey.buy("cus_paid", "pdt_presets").await?;
    shows_nothing(&journey, &another, "after another purchase").await?;
    assert_eq!(journey.charges_asked_for(), 0);
    Ok(())
}
