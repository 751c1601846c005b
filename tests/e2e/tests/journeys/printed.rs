//! The offer printed into the page by the shop's server: usable before, without, and with the widget.

use aftercart_e2e::{Journey, money_in};
use anyhow::Result;

const WITHOUT_SCRIPTS: &str = "script-src 'none'";
const WITHOUT_WASM: &str =
    "default-src 'self'; img-src *; style-src 'self' 'nonce-cGFpbnRlZA'; form-action *";

/// A page with the offer printed into it, for a customer of the sandbox.
async fn printed(policy: Option<&str>, customer: &str) -> Result<Journey> {
    let journey = Journey::start().await?;
    journey.page.print_offers("");
    if let Some(policy) = policy {
        journey.page.set_policy(policy);
    }
    let purchase = journey.buy(customer, "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    Ok(journey)
}

/// Clicks the button, and finds its amount charged once and on the page that tells so.
async fn accepts_by_the_form(journey: &Journey) -> Result<()> {
    let said = money_in(&journey.accept_words().await?, "USD")?;
    journey.click_accept().await?;
    journey.browser.wait_for_address("/outcome").await?;
    let page = journey.browser.script("return document.body.innerText").await?;
    let page = page.as_str().unwrap_or_default();
    assert!(page.contains("Thank you"), "{page}");
    assert_eq!(money_in(page, "USD")?, said, "the page says another amount than the button: {page}");
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn without_scripts_the_offer_is_accepted() -> Result<()> {
    accepts_by_the_form(&printed(Some(WITHOUT_SCRIPTS), "cus_paid").await?).await
}

#[tokio::test]
async fn without_scripts_the_offer_is_declined() -> Result<()> {
    let journey = printed(Some(WITHOUT_SCRIPTS), "cus_paid").await?;
    journey.click_decline().await?;
    journey.browser.wait_for("another page", "return location.search === '' || null").await?;
    assert_eq!(journey.charges_asked_for(), 0);
    Ok(())
}

#[tokio::test]
async fn without_scripts_another_quantity_is_shown_with_its_price_and_charged() -> Result<()> {
    const SEATS: &str = "[[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.purchased = [\"pdt_presets\"]\n\
        quantity = { default = 2, min = 1, max = 5 }\n{{words}}";
    let journey = Journey::start_offering(SEATS).await?;
    journey.page.print_offers("");
    journey.page.set_policy(WITHOUT_SCRIPTS);
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    let two = money_in(&journey.accept_words().await?, "USD")?;
    journey.take_one_more().await?;
    journey.browser.wait_for_address("/quote").await?;
    let three = money_in(&journey.accept_words().await?, "USD")?;
    assert_eq!(three.zip(two).map(|(three, two)| three * 2 == two * 3), Some(true), "{two:?} {three:?}");
    accepts_by_the_form(&journey).await
}

#[tokio::test]
async fn without_scripts_a_failed_card_leads_to_the_checkout() -> Result<()> {
    let journey = printed(Some(WITHOUT_SCRIPTS), "cus_declined").await?;
    journey.click_accept().await?;
    journey.browser.wait_for_address("/outcome").await?;
    let way = "const link = document.querySelector('a.go'); return link && link.href";
    let way = journey.browser.wait_for("the way to the checkout", way).await?;
    assert!(way.as_str().is_some_and(|way| way.starts_with(&journey.sandbox.url())), "{way}");
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn a_card_is_not_seen_before_all_of_it_has_arrived() -> Result<()> {
    let journey = printed(Some(WITHOUT_SCRIPTS), "cus_paid").await?;
    let seen = "const root = document.querySelector('aftercart-offer').shadowRoot; \
        const see = () => getComputedStyle(root.querySelector('.base')).visibility; \
        const whole = see(), end = root.lastElementChild; end.remove(); return [whole, see()]";
    assert_eq!(journey.browser.script(seen).await?, serde_json::json!(["visible", "hidden"]));
    Ok(())
}

#[tokio::test]
async fn where_webassembly_is_forbidden_the_form_stays_and_works() -> Result<()> {
    let journey = printed(Some(WITHOUT_WASM), "cus_paid").await?;
    journey
        .browser
        .wait_for(
            "the widget's failure",
            "return sessionStorage.getItem('recorded')?.includes('aftercart-error') || null",
        )
        .await?;
    accepts_by_the_form(&journey).await
}

#[tokio::test]
async fn the_loader_comes_after_the_page_and_takes_over_without_moving_anything() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.print_offers("");
    journey.page.load_late();
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_take_over().await?;
    let came_early = "const [page] = performance.getEntriesByType('navigation'); \
        const [loader] = performance.getEntriesByType('resource').filter(({ name }) => name.includes('aftercart.mjs')); \
        return loader.startTime < page.domContentLoadedEventEnd";
    assert_eq!(journey.browser.script(came_early).await?, false);
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift < 0.001, "{shift}: {what}");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn the_widget_takes_over_without_asking_again_and_nothing_moves() -> Result<()> {
    let journey = printed(None, "cus_paid").await?;
    let words = journey.accept_words().await?;
    journey.wait_for_take_over().await?;
    assert_eq!(journey.accept_words().await?, words);
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => /upsell\\/pay_[^/]*$/.test(name)).length";
    assert_eq!(journey.browser.script(asked).await?, 0, "the offer was asked for although it was printed");
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift < 0.001, "{shift}: {what}");
    let reports =
        journey.browser.script("return JSON.parse(sessionStorage.getItem('reports')).length").await?;
    assert_eq!(reports, 1, "that it was seen");
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}
