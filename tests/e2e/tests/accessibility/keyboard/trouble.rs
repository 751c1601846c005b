//! When it does not go through: the checkout, the bank, another card, another price.

use aftercart_e2e::Key;
use anyhow::Result;

use super::Visit;

#[tokio::test]
async fn the_checkout_link_is_the_first_stop_after_a_failure() -> Result<()> {
    let visit = Visit::start("failed", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.browser.wait_for_focus("title: The payment did not go through").await?;
    let said = ["Paying $53.90. Please wait a moment.", "alert: The payment did not go through"];
    assert_eq!(visit.browser.said().await?, said);
    let stops = visit.browser.tab_to("link: Go to checkout").await?;
    assert_eq!(stops.len(), 1, "{stops:?}");
    visit.browser.key(Key::Enter).await?;
    visit.browser.wait_for_address("/session/").await?;
    Ok(())
}

#[tokio::test]
async fn staying_keeps_the_focus_on_the_message() -> Result<()> {
    for (name, title) in
        [("failed", "The payment did not go through"), ("action", "Your bank wants you to confirm")]
    {
        let visit = Visit::start(name, "card").await?;
        visit.press("accept", Key::Enter).await?;
        visit.browser.wait_for_focus(&format!("title: {title}")).await?;
        visit.press("action: Stay on this page", Key::Enter).await?;
        visit.browser.wait_for_focus(&format!("title: {title}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn another_card_brings_the_offer_back_with_the_focus_on_it() -> Result<()> {
    let visit = Visit::start("retry", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.browser.wait_for_focus("title: The payment did not go through").await?;
    visit.press("action: Pay with another saved card", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    let said = visit.browser.said().await?;
    let last = said.last().map(String::as_str).unwrap_or_default();
    assert!(said.len() == 3 && last.contains("did not go through. Nothing was charged."), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn a_price_that_ran_out_is_asked_for_again() -> Result<()> {
    let visit = Visit::start("expired", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.browser.wait_for_focus("title: This price has run out").await?;
    visit.press("action: Show today's price", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    Ok(())
}

#[tokio::test]
async fn a_moved_price_is_said_once() -> Result<()> {
    let visit = Visit::start("requote", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.wait_for_words("warning", "The price has changed").await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    let said = visit.browser.said().await?;
    assert_eq!(said.iter().filter(|words| words.starts_with("The price has changed")).count(), 1, "{said:?}");
    Ok(())
}
