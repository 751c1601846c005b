//! The widget as a component inside somebody else's Leptos application.

use aftercart_e2e::Journey;
use anyhow::Result;

#[tokio::test]
async fn a_leptos_application_sells_through_its_own_component() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let address = format!("{}/leptos/?payment_id={}", journey.page.origin(), purchase.payment_id);
    journey.browser.open(&address).await?;
    journey.wait_for_state("offer").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    let heard = "return document.querySelector('#downloads').innerText === 'Both downloads are ready.'";
    journey.browser.wait_for("the application to hear of it", heard).await?;
    Ok(())
}
