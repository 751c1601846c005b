//! Three offers, one after the other in the same place.

use aftercart_e2e::{Journey, money_in};
use anyhow::Result;

const STEPS: &str = r#"
[[offer]]
id = "stickers"
product = "pdt_stickers"
when.purchased = ["pdt_presets"]
on_accept = "guide"
{{words}}
[[offer]]
id = "guide"
product = "pdt_guide"
on_accept = "course"
{{words}}
[[offer]]
id = "course"
product = "pdt_course"
{{words}}
"#;

/// The page has not been loaded anew, and the focus is where the next thing to read is.
const SAME_PAGE_WITH_FOCUS: &str = "const root = document.querySelector('aftercart-offer').shadowRoot; \
    return window.stillHere === true && root.activeElement?.part?.contains('title')";

#[tokio::test]
async fn three_offers_follow_one_another_in_place() -> Result<()> {
    let journey = Journey::start_offering(STEPS).await?;
    journey.arrive("cus_kw", "pdt_presets").await?;
    journey.browser.script("window.stillHere = true").await?;
    let mut before = None;
    for (name, amount) in
        [("Sticker sheet", 900), ("Colour grading guide", 1900), ("Colour grading course", 4900)]
    {
        journey.wait_for_title(name).await?;
        let promise = journey.promise().await?;
        assert_eq!(promise.amount_minor, amount, "{name}");
        let receipt = journey.words_of("receipt").await?;
        assert_eq!(money_in(&receipt, "USD")?, before, "what was paid is told above the next: “{receipt}”");
        if before.is_some() {
            journey.browser.wait_for("the focus on the next offer", SAME_PAGE_WITH_FOCUS).await?;
        }
        journey.press_enter_on_accept().await?;
        match name {
            "Colour grading course" => journey.wait_for_state("succeeded").await?,
            _ => journey.wait_for_another_title(name).await?,
        }
        journey.was_kept(&promise).await?;
        before = Some(amount);
    }
    journey.browser.wait_for("the focus on the message", SAME_PAGE_WITH_FOCUS).await?;
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift == 0.0, "{shift}: {what}");
    Ok(())
}
