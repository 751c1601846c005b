//! Offers inside the merchant's application: after a purchase, a milestone, a plan's limit, the end of onboarding.

use aftercart_e2e::Journey;
use anyhow::{Result, bail};
use serde_json::{Value, json};

const OPENED: &str = r#"
[[offer]]
id = "guide"
product = "pdt_guide"
when.purchased = ["pdt_presets"]
{{words}}
[[offer]]
id = "course"
product = "pdt_course"
when.milestone = ["first_export"]
{{words}}
[[offer]]
id = "plan"
product = "pdt_starter"
when.plan_limit = 80
{{words}}
[[offer]]
id = "stickers"
product = "pdt_stickers"
when.onboarding_done = true
{{words}}
"#;

#[tokio::test]
async fn each_kind_of_trigger_shows_its_offer_to_a_signed_in_customer() -> Result<()> {
    let journey = Journey::start_offering(OPENED).await?;
    let mut kinds = 0;
    for (trigger, name) in [
        (None, "Colour grading guide"),
        (Some(json!({ "trigger": "milestone", "name": "first_export" })), "Colour grading course"),
        (Some(json!({ "trigger": "plan_limit", "percent": 85 })), "Starter plan"),
        (Some(json!({ "trigger": "onboarding_done" })), "Sticker sheet"),
    ] {
        let customer = journey.new_customer("paid")?;
        // Where a customer was billed last is where the next offer is taxed.
        journey.buy(&customer, if trigger.is_none() { "pdt_presets" } else { "pdt_lut_eur" }).await?;
        if let Some(Value::Object(mut trigger)) = trigger {
            trigger.insert("customer_id".to_owned(), json!(customer));
            journey.tell(&Value::Object(trigger)).await?;
        }
        journey.open_page_of(&customer).await?;
        journey.wait_for_title(name).await?;
        let promise = journey.promise().await?;
        journey.click_accept().await?;
        journey.wait_for_state("succeeded").await?;
        journey.was_kept(&promise).await?;
        kinds += 1;
    }
    assert_eq!((kinds, journey.charges_asked_for()), (4, 4));
    Ok(())
}

/// A customer's page tells, with their token, that it shows the offer.
#[tokio::test]
async fn an_offer_that_is_shown_once_at_most_is_gone_the_next_time() -> Result<()> {
    const ANSWERED: &str = "const { state } = document.querySelector('aftercart-offer').dataset; \
        return ['offer', 'hidden'].find((known) => known === state)";
    let once = OPENED.replace("when.milestone", "show_at_most = 1\nwhen.milestone");
    let journey = Journey::start_offering(&once).await?;
    let customer = journey.new_customer("paid")?;
    journey.buy(&customer, "pdt_lut_eur").await?;
    journey.tell(&json!({ "customer_id": customer, "trigger": "milestone", "name": "first_export" })).await?;
    journey.open_page_of(&customer).await?;
    journey.wait_for_title("Colour grading course").await?;
    journey.wait_for_take_over().await?;
    // The report may still be on its way.
    for _ in 0..20 {
        journey.open_page_of(&customer).await?;
        if journey.browser.wait_for("an answer", ANSWERED).await? == "hidden" {
            return Ok(());
        }
    }
    bail!("it is shown again and again")
}
