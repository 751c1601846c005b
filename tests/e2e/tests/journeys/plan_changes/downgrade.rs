//! A smaller plan: what was paid too much becomes credit, which pays the next bills by itself.

use super::change;
use aftercart_e2e::Journey;
use anyhow::Result;

#[tokio::test]
async fn the_credit_of_a_smaller_plan_is_told_and_pays_the_next_bills() -> Result<()> {
    let offers = change("downgrade", "pdt_stickers", "pdt_pro", "pdt_basic", "");
    let journey = Journey::start_offering(&offers).await?;
    journey.arrive("cus_pro", "pdt_stickers").await?;
    let promise = journey.promise().await?;
    assert_eq!((promise.amount_minor, promise.quote()?.credit_granted.get()), (0, 5000));
    let told = journey.words_of("credit").await?;
    assert!(told.contains("it is not paid out to your card"), "{told}");
    journey.click_accept().await?;
    journey.wait_for_title("You now have Basic plan").await?;
    assert!(journey.words().await?.contains("$50.00 credit is kept for your next bills."));
    journey.was_kept(&promise).await?;
    let plan = journey.newest_subscription_of("cus_pro")?;
    let mut bills = Vec::new();
    for _ in 0..3 {
        journey.days_go_by(30).await?;
        bills.push(journey.renew(&plan.id).await?.total_amount);
    }
    assert_eq!(bills, [0, 1100, 3300], "$50 of credit against bills of $30, then 10 % tax");
    Ok(())
}

#[tokio::test]
async fn paying_the_smaller_plan_in_full_warns_that_paid_time_is_lost() -> Result<()> {
    let full = "proration = \"full_immediately\"";
    let offers = change("downgrade", "pdt_stickers", "pdt_pro", "pdt_basic", full);
    let journey = Journey::start_offering(&offers).await?;
    journey.arrive("cus_pro", "pdt_stickers").await?;
    let promise = journey.promise().await?;
    assert_eq!(promise.amount_minor, 3300);
    assert!(journey.words_of("warning").await?.contains("Pro plan is not credited"));
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}

#[tokio::test]
async fn addons_stay_on_the_smaller_plan() -> Result<()> {
    let offers = change("downgrade", "pdt_stickers", "pdt_basic", "pdt_starter", "");
    let journey = Journey::start_offering(&offers).await?;
    journey.arrive("cus_addons", "pdt_stickers").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_title("You now have Starter plan").await?;
    journey.was_kept(&promise).await
}
