//! Over the page: the focus goes in, stays in, and comes back.

use aftercart_e2e::Key;
use anyhow::Result;

use super::Visit;

/// A button of the shop's own that shows the offer again.
const AGAIN: &str = "const button = document.createElement('button'); button.id = 'again'; button.textContent = 'Our offer'; \
    button.style.outline = '2px solid'; button.onclick = () => document.querySelector('aftercart-offer').refresh(); \
    document.querySelector('main').append(button);";
const IS_OPEN: &str =
    "return document.querySelector('aftercart-offer').shadowRoot.querySelector('dialog').open";
const IS_CLOSED: &str =
    "return !document.querySelector('aftercart-offer').shadowRoot.querySelector('dialog').open";

#[tokio::test]
async fn escape_closes_and_the_focus_returns_to_the_button_that_opened() -> Result<()> {
    let visit = Visit::start("offer", "dialog").await?;
    visit.browser.script(AGAIN).await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    visit.browser.key(Key::Escape).await?;
    visit.browser.wait_for("a closed dialog", IS_CLOSED).await?;
    visit.press("again: Our offer", Key::Enter).await?;
    visit.browser.wait_for("an open dialog", IS_OPEN).await?;
    visit.browser.wait_for_focus("title: Colour grading course").await?;
    visit.browser.key(Key::Escape).await?;
    visit.browser.wait_for("a closed dialog", IS_CLOSED).await?;
    visit.browser.wait_for_focus("again: Our offer").await?;
    Ok(())
}

#[tokio::test]
async fn tab_stays_inside_and_passes_by_the_close_button() -> Result<()> {
    let visit = Visit::start("offer", "dialog").await?;
    visit.browser.script(AGAIN).await?;
    let stops = visit.browser.tab_to("close: Close").await?;
    let rest = visit.browser.tab_to("accept").await?;
    let stops: Vec<String> = stops.into_iter().chain(rest).collect();
    assert!(
        stops.iter().all(|stop| !stop.starts_with("again")),
        "the page behind is out of reach: {stops:?}"
    );
    visit.press("close: Close", Key::Space).await?;
    visit.browser.wait_for("a closed dialog", IS_CLOSED).await?;
    Ok(())
}

#[tokio::test]
async fn a_charge_keeps_the_dialog_open_and_the_focus_inside() -> Result<()> {
    let visit = Visit::start("charging", "dialog").await?;
    visit.press("accept", Key::Enter).await?;
    visit.wait_for_words("accept", "Paying…").await?;
    visit.browser.key(Key::Escape).await?;
    visit.browser.wait_for("the dialog", IS_OPEN).await?;
    visit.browser.wait_for_focus("accept").await?;
    Ok(())
}

#[tokio::test]
async fn accepting_in_a_dialog_ends_on_the_message_inside_it() -> Result<()> {
    let visit = Visit::start("offer", "dialog").await?;
    visit.press("accept", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Thank you").await?;
    visit.press("action: Close", Key::Enter).await?;
    visit.browser.wait_for("a closed dialog", IS_CLOSED).await?;
    Ok(())
}
