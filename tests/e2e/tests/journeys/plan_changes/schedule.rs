//! A change for the next billing date: planned with one click, called off with another, or carried out on its day.

use super::change;
use aftercart_e2e::Journey;
use anyhow::Result;

async fn planned() -> Result<Journey> {
    let later = "effective_at = \"next_billing_date\"";
    let offers = change("downgrade", "pdt_stickers", "pdt_pro", "pdt_basic", later);
    let journey = Journey::start_offering(&offers).await?;
    journey.arrive("cus_pro", "pdt_stickers").await?;
    let promise = journey.promise().await?;
    assert_eq!(promise.amount_minor, 0);
    assert!(journey.accept_words().await?.starts_with("Switch on "));
    assert_eq!(journey.words_of("warning").await?, "", "no time is lost at the end of the month");
    journey.click_accept().await?;
    journey.wait_for_title("Your plan changes on").await?;
    journey.was_kept(&promise).await?;
    Ok(journey)
}

#[tokio::test]
async fn a_planned_change_can_be_called_off_by_the_shopper() -> Result<()> {
    let journey = planned().await?;
    journey.press_action("Call off the change").await?;
    journey.wait_for_state("revoked").await?;
    assert!(journey.words().await?.contains("You keep the plan you have."));
    let plan = journey.newest_subscription_of("cus_pro")?;
    assert_eq!((plan.product_id.as_str(), plan.scheduled_change), ("pdt_pro", None));
    Ok(())
}

#[tokio::test]
async fn a_planned_change_is_carried_out_on_its_day_and_the_page_tells_so() -> Result<()> {
    let journey = planned().await?;
    let plan = journey.newest_subscription_of("cus_pro")?;
    let paid = journey.renew(&plan.id).await?;
    assert_eq!((paid.total_amount, paid.tax), (3300, 300));
    assert_eq!(journey.newest_subscription_of("cus_pro")?.product_id, "pdt_basic");
    journey.every_webhook_is_delivered().await?;
    journey.browser.reload().await?;
    journey.wait_for_title("You now have Basic plan").await
}
