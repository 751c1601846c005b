//! Yes and no.

use aftercart_e2e::Key;
use anyhow::Result;

use super::Visit;

#[tokio::test]
async fn accepting_with_enter_ends_on_the_message_and_is_said_once() -> Result<()> {
    let visit = Visit::start("offer", "card").await?;
    let stops = visit.browser.tab_to("accept").await?;
    assert_eq!(stops.len(), 1, "nothing comes before accept: {stops:?}");
    visit.browser.key(Key::Enter).await?;
    visit.browser.wait_for_focus("title: Thank you: Colour grading course is yours").await?;
    let said = ["Paying $53.90. Please wait a moment.", "Thank you: Colour grading course is yours"];
    assert_eq!(visit.browser.said().await?, said);
    Ok(())
}

#[tokio::test]
async fn declining_is_the_next_stop_and_takes_a_space() -> Result<()> {
    let visit = Visit::start("offer", "card").await?;
    visit.browser.tab_to("accept").await?;
    let stops = visit.browser.tab_to("decline").await?;
    assert_eq!(stops.len(), 1, "declining is as near as accepting: {stops:?}");
    visit.browser.key(Key::Space).await?;
    visit.browser.wait_for_focus("title: No problem").await?;
    visit.press("action: I have something like it", Key::Enter).await?;
    visit.wait_for_words("message", "Thank you for telling us.").await?;
    visit.browser.wait_for_focus("title: No problem").await?;
    assert_eq!(visit.browser.said().await?, ["No problem"]);
    Ok(())
}

#[tokio::test]
async fn while_a_charge_runs_the_focus_stays_on_the_button() -> Result<()> {
    let visit = Visit::start("charging", "card").await?;
    visit.press("accept", Key::Enter).await?;
    visit.wait_for_words("accept", "Paying…").await?;
    visit.browser.wait_for_focus("accept").await?;
    visit.press("decline", Key::Enter).await?;
    visit.browser.wait_for_focus("decline").await?;
    assert_eq!(visit.words("accept").await?.trim(), "Paying…");
    Ok(())
}

#[tokio::test]
async fn without_a_saved_card_the_button_leads_to_the_checkout() -> Result<()> {
    let visit = Visit::start("checkout", "card").await?;
    visit.press("accept: Go to checkout", Key::Enter).await?;
    visit.browser.wait_for("a move", "return window.redirects[0]?.includes('/session/')").await?;
    visit.browser.wait_for_focus("accept").await?;
    Ok(())
}

#[tokio::test]
async fn the_next_offer_takes_the_focus_along() -> Result<()> {
    let visit = Visit::start("next", "card").await?;
    visit.press("decline", Key::Enter).await?;
    visit.wait_for_words("eyebrow", "A smaller alternative").await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    Ok(())
}
