//! A bigger plan: the card says what is due now, one click pays it, and the plan changes only when it is paid.

use super::change;
use aftercart_e2e::Journey;
use anyhow::Result;

/// How Dodo bills, what opens the offer here, and what $30 to $80 costs half-way through a cycle, with 10 % tax.
const MODES: [(&str, &str, i64); 5] = [
    ("difference_immediately", "pdt_presets", 5500),
    ("prorated_immediately", "pdt_course", 7150),
    ("full_immediately", "pdt_guide", 8800),
    ("do_not_bill", "pdt_stickers", 0),
    ("prorated_immediately_keep_cycle", "pdt_lut_eur", 2750),
];

#[tokio::test]
async fn every_way_of_billing_charges_what_the_button_says() -> Result<()> {
    let offer = |(mode, bought, _): (&str, &str, i64)| {
        change("upgrade", bought, "pdt_basic", "pdt_pro", &format!("proration = \"{mode}\""))
    };
    let journey = Journey::start_offering(&MODES.map(offer).concat()).await?;
    let mut customers = Vec::new();
    for _ in MODES {
        let customer = journey.new_customer("paid")?;
        journey.buy(&customer, "pdt_basic").await?;
        customers.push(customer);
    }
    journey.days_go_by(15).await?;
    for ((mode, bought, due), customer) in MODES.into_iter().zip(&customers) {
        journey.arrive(customer, bought).await?;
        let promise = journey.promise().await?;
        assert_eq!(promise.amount_minor, due, "{mode}");
        journey.click_accept().await?;
        journey.wait_for_state("succeeded").await?;
        journey.wait_for_title("You now have Pro plan").await?;
        journey.was_kept(&promise).await?;
    }
    Ok(())
}

#[tokio::test]
async fn addons_stay_on_the_bigger_plan() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_addons", "pdt_course").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    let addons = journey.newest_subscription_of("cus_addons")?.addons;
    assert_eq!(addons.first().map(|addon| addon.quantity), Some(3), "{addons:?}");
    Ok(())
}

#[tokio::test]
async fn a_failed_upgrade_leaves_the_plan_as_it_was_and_says_so() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_upgrade_fails", "pdt_course").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("failed").await?;
    let message = journey.words().await?;
    for said in ["did not go through", "enough funds", "not been charged", "You keep the plan you have"] {
        assert!(message.contains(said), "{said}: {message}");
    }
    journey.came_to_nothing(&promise).await?;
    assert_eq!(journey.newest_subscription_of(&purchase.customer_id)?.product_id, "pdt_basic");
    Ok(())
}
