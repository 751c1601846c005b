//! The host page is someone else's house: nothing jumps, nothing needs a mouse, nothing is written to the console.

use aftercart_e2e::{Journey, Screen};
use anyhow::Result;

/// Loading, showing, accepting: the sum of all layout shifts is zero, those that browsers excuse included.
async fn nothing_jumps(screen: Screen, customer: &str) -> Result<()> {
    let journey = Journey::start_on(screen).await?;
    journey.arrive(customer, "pdt_presets").await?;
    let (while_loading, what) = journey.layout_shift().await?;
    assert!(while_loading == 0.0, "{while_loading} until shown: {what}");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    let (in_all, what) = journey.layout_shift().await?;
    assert!(in_all == 0.0, "{in_all} until paid: {what}");
    Ok(())
}

#[tokio::test]
async fn nothing_jumps_on_a_desktop() -> Result<()> {
    nothing_jumps(Screen::Desktop, "cus_paid").await
}

#[tokio::test]
async fn nothing_jumps_on_a_phone() -> Result<()> {
    nothing_jumps(Screen::Phone, "cus_paid").await
}

#[tokio::test]
async fn nothing_jumps_while_the_bank_takes_its_time() -> Result<()> {
    nothing_jumps(Screen::Desktop, "cus_processing").await
}

#[tokio::test]
async fn nothing_jumps_under_a_banner_with_room_for_two_cards() -> Result<()> {
    const HEIGHTS: &str = "<style>aftercart-offer[placement=banner] \
        { --aftercart-reserved-block-size: 25rem; --aftercart-reserved-block-size-small: 34rem }</style>";
    for screen in [Screen::Desktop, Screen::Phone] {
        let journey = Journey::start_on(screen).await?;
        journey.page.set_head(HEIGHTS);
        journey.page.set_attributes("placement=\"banner\"");
        journey.arrive("cus_paid", "pdt_presets").await?;
        journey.wait_for_take_over().await?;
        let (shift, what) = journey.layout_shift().await?;
        assert!(shift == 0.0, "{shift}: {what}");
    }
    Ok(())
}

#[tokio::test]
async fn until_the_offer_is_there_a_banner_takes_less_room_than_a_card() -> Result<()> {
    const HEIGHTS: &str = "return ['card', 'banner', 'dialog'].map((placement) => { \
        const element = document.createElement('aftercart-offer'); \
        element.setAttribute('placement', placement); \
        document.body.append(element); \
        const height = element.offsetHeight; \
        element.remove(); \
        return height; })";
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    assert_eq!(journey.browser.script(HEIGHTS).await?, serde_json::json!([31 * 16, 12 * 16, 0]));
    Ok(())
}

#[tokio::test]
async fn nothing_jumps_when_a_smaller_offer_follows() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.click_decline().await?;
    let title = "return document.querySelector('aftercart-offer').shadowRoot.querySelector('h2').textContent.includes('guide')";
    journey.browser.wait_for("the smaller offer", title).await?;
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift == 0.0, "{shift}: {what}");
    Ok(())
}

#[tokio::test]
async fn nothing_is_wider_than_a_phone() -> Result<()> {
    let journey = Journey::start_on(Screen::Phone).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let widths = journey.browser.script("return [document.documentElement.scrollWidth, innerWidth]").await?;
    assert_eq!(widths, serde_json::json!([360, 360]), "the page scrolls sideways");
    Ok(())
}

#[tokio::test]
async fn after_accepting_by_keyboard_the_focus_is_on_the_message() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.press_enter_on_accept().await?;
    journey.wait_for_state("succeeded").await?;
    let inside = "const root = document.querySelector('aftercart-offer').shadowRoot; \
        return root.activeElement?.closest('[part~=notice]') != null";
    journey.browser.wait_for("the focus on the message", inside).await?;
    Ok(())
}

#[tokio::test]
async fn a_successful_visit_leaves_the_console_empty() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    let lines = journey.browser.console().await?;
    let of_the_widget: Vec<_> = lines.iter().filter(|line| !line.contains("favicon.ico")).collect();
    assert!(of_the_widget.is_empty(), "{of_the_widget:#?}");
    Ok(())
}

#[tokio::test]
async fn a_pages_own_words_stand_in_their_place_on_the_card() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.set_fallback("<p id='mine' slot='footer'>Sold by the shop next door.</p>");
    journey.arrive("cus_paid", "pdt_presets").await?;
    let below = "const top = (element) => element.getBoundingClientRect().top; \
        const mine = document.querySelector('#mine'); \
        const decline = document.querySelector('aftercart-offer').shadowRoot.querySelector('[part~=decline]'); \
        return mine.offsetHeight > 0 && top(mine) > top(decline)";
    journey.browser.wait_for("the words below the buttons", below).await?;
    Ok(())
}

/// Whether the tests above would see it, in every browser.
#[tokio::test]
async fn a_jump_and_a_line_on_the_console_are_seen() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.browser.script("console.warn('planted'); document.body.style.paddingTop = '50px'").await?;
    let jumped = "return window.layoutShifts.length > 0";
    journey.browser.wait_for("the planted jump", jumped).await?;
    let lines = journey.browser.console().await?;
    assert!(lines.iter().any(|line| line.contains("planted")), "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn an_address_in_the_place_of_a_purchase_is_not_asked() -> Result<()> {
    let journey = Journey::start().await?;
    // With a policy everything is on the page's own origin, also what must not be asked.
    journey.page.set_policy("default-src 'self' 'wasm-unsafe-eval'");
    journey.browser.open(&format!("{}?payment_id=../../courses", journey.page.address())).await?;
    journey.wait_for_state("error").await?;
    let asked = "return performance.getEntriesByType('resource').map(({ name }) => name)";
    let asked = journey.browser.script(asked).await?.to_string();
    assert!(!asked.contains("courses"), "{asked}");
    Ok(())
}
