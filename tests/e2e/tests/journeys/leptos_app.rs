//! The widget as a component inside somebody else's Leptos application.

use aftercart_e2e::Journey;
use anyhow::Result;

/// The widget on an application's page sells what its button says, and the application hears of it.
pub(crate) async fn sells_and_tells(journey: &Journey) -> Result<()> {
    journey.wait_for_state("offer").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    let heard = "return document.querySelector('#downloads').innerText === 'Both downloads are ready.'";
    journey.browser.wait_for("the application to hear of it", heard).await?;
    Ok(())
}

#[tokio::test]
async fn a_leptos_application_sells_through_its_own_component() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let address = format!("{}/leptos/?payment_id={}", journey.page.origin(), purchase.payment_id);
    journey.browser.open(&address).await?;
    sells_and_tells(&journey).await
}

#[tokio::test]
async fn a_view_of_its_own_charges_what_its_button_says_and_once() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let address = format!("{}/leptos/?view=own&payment_id={}", journey.page.origin(), purchase.payment_id);
    journey.browser.open(&address).await?;
    let words = "return document.querySelector('#own #yes')?.innerText";
    let words = journey.browser.wait_for("the button", words).await?.to_string();
    let twice = "const yes = document.querySelector('#own #yes'); yes.click(); yes.click();";
    journey.browser.script(twice).await?;
    let told = journey
        .browser
        .wait_for(
            "the receipt",
            "return document.querySelector('#own[data-state=succeeded] h2 + p')?.innerText",
        )
        .await?;
    let paid = journey.the_one_charge_after(&purchase)?.total_amount;
    let amount = format!("{}.{:02}", paid / 100, paid % 100);
    assert!(words.contains(&amount), "{words} but {amount} was charged");
    assert!(told.to_string().contains(&amount), "{told} but {amount} was charged");
    assert_eq!(journey.charges_asked_for(), 1);
    assert_eq!(
        journey.events().await?,
        ["aftercart-ready", "aftercart-shown", "aftercart-accept", "aftercart-succeeded"]
    );
    Ok(())
}
