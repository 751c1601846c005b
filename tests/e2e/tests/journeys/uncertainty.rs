//! Charges whose end is not known at once: never a second one, and the truth in the end.

use aftercart_e2e::Journey;
use anyhow::Result;

/// Accepts and expects one charge in the end, whatever the answer to it was.
async fn ends_in_one_charge(customer: &str, on_the_way: Option<&str>) -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive(customer, "pdt_presets").await?;
    let amount = journey.amount_on_the_button().await?;
    journey.click_accept().await?;
    if let Some(state) = on_the_way {
        journey.wait_for_state(state).await?;
        assert!(!journey.has_accept().await?, "the shopper is invited to pay again");
    }
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.the_one_charge_after(&purchase)?.total_amount, amount);
    assert_eq!(journey.charges_asked_for(), 1, "the charge was sent again");
    Ok(())
}

#[tokio::test]
async fn a_bank_that_takes_its_time_is_waited_for() -> Result<()> {
    ends_in_one_charge("cus_processing", Some("processing")).await
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_never_sent_again() -> Result<()> {
    ends_in_one_charge("cus_lost_answer", None).await
}

#[tokio::test]
async fn an_error_after_the_charge_is_looked_up_and_never_sent_again() -> Result<()> {
    ends_in_one_charge("cus_error_after_commit", None).await
}

#[tokio::test]
async fn a_reload_while_the_bank_works_shows_no_offer_and_ends_in_success() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_processing", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.wait_for_state("processing").await?;
    journey.browser.reload().await?;
    journey.wait_for_state("succeeded").await?;
    journey.the_one_charge_after(&purchase)?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}
