//! Before the charge leaves, and after it failed: taken back, held, sent in the end; another saved card.

use aftercart_e2e::Journey;
use anyhow::Result;
use dodo_sandbox::core::control::NewMethod;

const WINDOW: &str = r#"
[[offer]]
id = "course"
product = "pdt_course"
when.purchased = ["pdt_presets"]
undo_seconds = 10
{{words}}
"#;

#[tokio::test]
async fn what_is_taken_back_is_never_charged() -> Result<()> {
    let journey = Journey::start_offering(WINDOW).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("waiting").await?;
    journey.press_action("Hold").await?;
    journey.wait_for_title("On hold").await?;
    journey.press_action("Take it back").await?;
    journey.wait_for_state("revoked").await?;
    journey.came_to_nothing(&promise).await?;
    journey.browser.reload().await?;
    journey.wait_for_title("Taken back").await?;
    assert_eq!(journey.charges_asked_for(), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_not_taken_back_is_charged_once_when_the_time_is_over() -> Result<()> {
    let journey = Journey::start_offering(WINDOW).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("waiting").await?;
    assert_eq!(journey.charges_asked_for(), 0, "charged although it could be taken back");
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn a_failed_card_gives_way_to_another_saved_one_that_is_charged_once() -> Result<()> {
    let journey = Journey::start().await?;
    let good: NewMethod = serde_json::from_value(serde_json::json!({ "last4": "1881" }))?;
    let added = journey.sandbox.with_core(|core, now| core.add_method(now, "cus_declined", good));
    added.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let purchase = journey.buy("cus_declined", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("offer").await?;
    assert!(journey.accept_words().await?.contains("9995"), "the card just used comes first");
    let first = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("failed").await?;
    journey.came_to_nothing(&first).await?;
    journey.press_action("Pay with another saved card").await?;
    journey.wait_for_state("offer").await?;
    assert!(journey.accept_words().await?.contains("1881"), "the failed card is proposed again");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.the_one_charge_after(&purchase)?.total_amount, first.amount_minor);
    assert_eq!(journey.charges_asked_for(), 2);
    Ok(())
}
