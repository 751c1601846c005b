//! The element inside somebody else's React application.

use super::leptos_app::sells_and_tells;
use aftercart_e2e::{Journey, Purchase};
use anyhow::Result;
use dodo_sandbox::core::Fault;

async fn open(journey: &Journey) -> Result<Purchase> {
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let address = format!("{}/react/?payment_id={}", journey.page.origin(), purchase.payment_id);
    journey.browser.open(&address).await?;
    Ok(purchase)
}

#[tokio::test]
async fn a_react_application_renders_the_element_and_hears_of_the_sale() -> Result<()> {
    let journey = Journey::start().await?;
    open(&journey).await?;
    sells_and_tells(&journey).await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn a_component_that_is_unmounted_during_the_charge_and_mounted_again_shows_how_it_went() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = open(&journey).await?;
    journey.wait_for_state("offer").await?;
    journey.wait_for_take_over().await?;
    journey.next_charge_meets(Fault::Slow { ms: 2_000 });
    journey.click_accept().await?;
    journey.wait_for_state("charging").await?;
    journey.browser.script("document.querySelector('#tab').click()").await?;
    let gone = "return document.querySelector('aftercart-offer') === null";
    journey.browser.wait_for("React to take the element away", gone).await?;
    journey.browser.script("document.querySelector('#tab').click()").await?;
    journey.wait_for_state("succeeded").await?;
    journey.the_one_charge_after(&purchase)?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}
