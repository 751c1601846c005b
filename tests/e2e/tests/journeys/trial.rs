//! A plan that is free for some days: nothing is charged by the click, and later what the card said.

use aftercart_e2e::Journey;
use anyhow::Result;

const TRIAL: &str = r#"
[[offer]]
id = "starter"
kind = "cross_sell"
product = "pdt_starter"
when.purchased = ["pdt_presets"]
trial_days = 14
{{words}}
"#;

#[tokio::test]
async fn a_trial_charges_nothing_now_and_afterwards_what_the_card_said() -> Result<()> {
    let journey = Journey::start_offering(TRIAL).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    assert_eq!(promise.amount_minor, 0);
    let later = promise.quote()?.renewal.as_ref().map(|renewal| renewal.amount.get());
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    let plan = journey.newest_subscription_of("cus_paid")?;
    assert_eq!((plan.product_id.as_str(), plan.trial_days), ("pdt_starter", 14));
    journey.days_go_by(14).await?;
    assert_eq!(Some(journey.renew(&plan.id).await?.total_amount), later);
    Ok(())
}
