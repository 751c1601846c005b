//! The page asks for the offer and shows it by the lines of the manual, before any file of ours is there.

use aftercart_e2e::{Journey, hashes_of_the_lines};
use anyhow::Result;
use serde_json::{Value, json};

const LOADER: &str =
    "performance.getEntriesByType('resource').find(({ name }) => name.includes('aftercart.mjs'))";

/// A page with the lines, before anybody comes.
async fn early() -> Result<Journey> {
    let journey = Journey::start().await?;
    journey.page.ask_early();
    Ok(journey)
}

async fn is_paid_once(journey: &Journey) -> Result<()> {
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}

#[tokio::test]
async fn the_offer_is_asked_for_once_and_there_before_the_loader() -> Result<()> {
    let journey = early().await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.wait_for_take_over().await?;
    let order = format!(
        "const asked = performance.getEntriesByType('resource').filter(({{ name }}) => name.includes('locale='));\
         return [asked.length, asked[0].responseEnd < {LOADER}.startTime]"
    );
    assert_eq!(journey.browser.script(&order).await?, json!([1, true]));
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift < 0.001, "{shift}: {what}");
    is_paid_once(&journey).await
}

#[tokio::test]
async fn a_press_before_the_loader_goes_through_the_form() -> Result<()> {
    let journey = early().await?;
    journey.page.set_widget_host("http://127.0.0.1:9");
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.browser.wait_for_address("/outcome").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn where_nothing_is_offered_no_file_of_ours_is_loaded() -> Result<()> {
    let journey = early().await?;
    let purchase = journey.buy("cus_not_eligible", "pdt_stickers").await?;
    journey.open_success_page(&purchase).await?;
    let gone =
        "return !document.querySelector('aftercart-offer') && document.readyState === 'complete' || null";
    journey.browser.wait_for("the element's end", gone).await?;
    // Longer than the lines wait with the loader.
    let later = format!("return new Promise((done) => setTimeout(() => done({LOADER}?.name ?? null), 300))");
    assert_eq!(journey.browser.script(&later).await?, Value::Null);
    Ok(())
}

#[tokio::test]
async fn in_a_browser_that_cannot_take_it_the_loader_asks_again() -> Result<()> {
    let journey = early().await?;
    journey.page.set_head("<script>delete Element.prototype.setHTMLUnsafe</script>");
    journey.arrive("cus_paid", "pdt_presets").await?;
    is_paid_once(&journey).await
}

#[tokio::test]
async fn when_the_backend_is_away_the_merchants_own_words_show() -> Result<()> {
    let journey = early().await?;
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.page.set_backend("http://127.0.0.1:9");
    journey.page.set_fallback("<a href=\"/courses\">See our courses</a>");
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("error").await?;
    let seen = "return document.querySelector('aftercart-offer a').checkVisibility()";
    assert_eq!(journey.browser.script(seen).await?, true);
    Ok(())
}

#[tokio::test]
async fn an_address_cannot_bring_another_page_into_this_one() -> Result<()> {
    let journey = early().await?;
    journey.page.set_backend(journey.page.origin());
    let address = format!("{}?payment_id=..%2F..%2Fcourses%23", journey.page.address());
    journey.browser.open(&address).await?;
    journey.wait_for_state("error").await?;
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('courses')).length";
    assert_eq!(journey.browser.script(asked).await?, 0);
    assert_eq!(journey.browser.script("return document.querySelectorAll('h1').length").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_nonce_lets_the_lines_through_a_policy() -> Result<()> {
    under_a_policy(["'nonce-cGFpbnRlZA'", "'nonce-cGFpbnRlZA'"]).await
}

#[tokio::test]
async fn the_hashes_of_the_manual_let_the_lines_through_a_policy() -> Result<()> {
    let [script, style] = hashes_of_the_lines()?;
    under_a_policy([&script, &style]).await
}

/// A shopper is offered something and pays where inline scripts and styles need these sources.
async fn under_a_policy([script, style]: [&str; 2]) -> Result<()> {
    let journey = early().await?;
    journey.page.set_policy(&format!(
        "default-src 'self'; img-src *; connect-src *; script-src 'self' 'wasm-unsafe-eval' {script}; \
         style-src 'self' {style}"
    ));
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.wait_for_take_over().await?;
    assert_eq!(journey.violations().await?, Vec::<String>::new());
    is_paid_once(&journey).await
}
