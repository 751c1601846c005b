//! Before the click: products, quantity, cards, a box.

use aftercart_e2e::Key;
use anyhow::Result;

use super::Visit;

#[tokio::test]
async fn arrows_choose_among_three_products_and_back() -> Result<()> {
    let visit = Visit::start("choice", "card").await?;
    visit.press("choice: Colour grading course", Key::Down).await?;
    visit.browser.wait_for_focus("choice: Colour grading guide").await?;
    visit.wait_for_words("accept", "Pay $19.00 with Visa ···· 4242").await?;
    visit.browser.key(Key::Down).await?;
    visit.browser.wait_for_focus("choice: Sticker sheet").await?;
    visit.browser.key(Key::Up).await?;
    visit.browser.wait_for_focus("choice: Colour grading guide").await?;
    // One stop for the whole group; a guide has no quantity.
    let stops = visit.browser.tab_to("accept: Pay $19.00").await?;
    assert_eq!(stops.len(), 1, "{stops:?}");
    visit.browser.key(Key::ShiftTab).await?;
    visit.browser.wait_for_focus("choice: Colour grading guide").await?;
    visit.browser.key(Key::Up).await?;
    visit.browser.wait_for_focus("choice: Colour grading course").await?;
    let stops = visit.browser.tab_to("decline").await?;
    let order: Vec<&str> = stops.iter().filter_map(|stop| stop.split(':').next()).collect();
    assert_eq!(order, ["step", "quantity", "step", "accept", "decline"]);
    Ok(())
}

#[tokio::test]
async fn the_quantity_grows_by_button_and_by_arrow() -> Result<()> {
    let visit = Visit::start("quantity", "card").await?;
    visit.press("step: One more", Key::Enter).await?;
    visit.wait_for_words("accept", "Pay $107.80").await?;
    visit.browser.wait_for_focus("step: One more").await?;
    visit.browser.key(Key::ShiftTab).await?;
    visit.browser.wait_for_focus("quantity: Quantity").await?;
    visit.browser.key(Key::Up).await?;
    visit.browser.key(Key::Tab).await?;
    visit.wait_for_words("accept", "Pay $161.70").await?;
    visit.browser.wait_for_focus("step: One more").await?;
    let pay = |amount: &str| format!("Pay ${amount} with Visa\u{a0}····\u{a0}4242");
    let asking = "Asking for the price…".to_owned();
    let said = [asking.clone(), pay("107.80"), asking, pay("161.70")];
    assert_eq!(visit.browser.said().await?, said);
    Ok(())
}

#[tokio::test]
async fn another_saved_card_is_an_arrow_away() -> Result<()> {
    let visit = Visit::start("methods", "card").await?;
    visit.press("choice: Visa", Key::Down).await?;
    visit.browser.wait_for_focus("choice: Mastercard").await?;
    visit.wait_for_words("accept", "with Mastercard ···· 4444").await?;
    visit.browser.key(Key::Tab).await?;
    visit.browser.wait_for_focus("accept").await?;
    Ok(())
}

#[tokio::test]
async fn a_missing_tick_is_said_and_the_focus_is_on_its_box() -> Result<()> {
    let visit = Visit::start("trial", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.wait_for_words("warning", "Please tick the box first.").await?;
    visit.browser.wait_for_focus("consent: I want the delivery to begin").await?;
    visit.browser.key(Key::Space).await?;
    visit.browser.wait_for_focus("consent").await?;
    visit.browser.key(Key::Tab).await?;
    visit.browser.key(Key::Enter).await?;
    visit.browser.wait_for_focus("title: Thank you").await?;
    let said = visit.browser.said().await?;
    assert_eq!(said.iter().filter(|words| *words == "Please tick the box first.").count(), 1, "{said:?}");
    Ok(())
}
