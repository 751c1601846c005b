//! Taking back before the charge, and calling off a planned change.

use aftercart_e2e::Key;
use anyhow::Result;

use super::Visit;

#[tokio::test]
async fn a_waiting_charge_is_held_goes_on_and_is_taken_back() -> Result<()> {
    let visit = Visit::start_the_clock("waiting").await?;
    visit.press("accept", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Paying $53.90 in a moment").await?;
    visit.browser.tab_to("action: Hold").await?;
    // Seconds pass under the focus.
    let seconds = visit.words("message").await?;
    let body = format!(
        "const now = document.querySelector('aftercart-offer').shadowRoot.querySelector('[part~=message]').innerText; \
         return now !== {} && now",
        serde_json::Value::from(seconds)
    );
    visit.browser.wait_for("another second", &body).await?;
    visit.browser.wait_for_focus("action: Hold").await?;
    visit.browser.key(Key::Enter).await?;
    visit.browser.wait_for_focus("title: On hold").await?;
    visit.press("action: Go on", Key::Space).await?;
    visit.browser.wait_for_focus("title: Paying $53.90 in a moment").await?;
    visit.press("action: Take it back", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Taken back").await?;
    // The seconds are not said.
    let waiting = "Paying $53.90 in a moment";
    let said = ["Paying $53.90. Please wait a moment.", waiting, "On hold", waiting, "Taken back"];
    assert_eq!(visit.browser.said().await?, said);
    Ok(())
}

#[tokio::test]
async fn a_planned_change_is_called_off() -> Result<()> {
    let visit = Visit::start("planned", "card").await?;
    visit.press("accept: Switch on February 16, 2026", Key::Enter).await?;
    visit.browser.wait_for_focus("title: Your plan changes on February 16, 2026").await?;
    visit.press("action: Call off the change", Key::Enter).await?;
    visit.browser.wait_for_focus("title: The change is called off").await?;
    let said = visit.browser.said().await?;
    assert_eq!(said.last().map(String::as_str), Some("The change is called off"), "{said:?}");
    Ok(())
}
