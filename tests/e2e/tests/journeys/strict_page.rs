//! A page that allows as little as it can: everything from its own origin, no inline styles or scripts, no HTML from
//! text. The widget needs `'wasm-unsafe-eval'` there and nothing else; without it the offer is a form, and where it
//! cannot be one the merchant's own words show.

use aftercart_e2e::{Journey, Promise, money_in};
use anyhow::Result;
use serde_json::Value;

/// The least that a page can allow and still show offers. Pictures are not in it.
const STRICTEST: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
    require-trusted-types-for 'script'";
/// The same without WebAssembly.
const WITHOUT_WASM: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

/// Sells products without pictures from a page with this policy.
async fn strict(policy: &str) -> Result<Journey> {
    let journey = Journey::start().await?;
    journey
        .sandbox
        .with_core(|core, _| core.ledger.products.iter_mut().for_each(|product| product.image_path = None));
    journey.page.set_policy(policy);
    Ok(journey)
}

async fn nothing_was_broken(journey: &Journey) -> Result<()> {
    assert_eq!(journey.violations().await?, Vec::<String>::new());
    let console = journey.browser.console().await?;
    let of_the_page: Vec<_> = console.iter().filter(|line| !line.contains("favicon.ico")).collect();
    assert!(of_the_page.is_empty(), "{of_the_page:#?}");
    Ok(())
}

async fn paid_once(journey: &Journey, promise: &Promise) -> Result<()> {
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(promise).await
}

#[tokio::test]
async fn an_offer_is_accepted_on_the_strictest_page() -> Result<()> {
    let journey = strict(STRICTEST).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    paid_once(&journey, &promise).await?;
    let expected = ["aftercart-ready", "aftercart-shown", "aftercart-accept", "aftercart-succeeded"];
    assert_eq!(journey.events().await?, expected);
    nothing_was_broken(&journey).await
}

#[tokio::test]
async fn an_offer_is_declined_and_the_smaller_one_accepted_on_the_strictest_page() -> Result<()> {
    let journey = strict(STRICTEST).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let first = journey.promise().await?;
    journey.click_decline().await?;
    journey.wait_for_title("Colour grading guide").await?;
    let second = journey.promise().await?;
    assert!(second.amount_minor < first.amount_minor, "{second:?}");
    paid_once(&journey, &second).await?;
    nothing_was_broken(&journey).await
}

#[tokio::test]
async fn the_message_after_a_failed_card_shows_on_the_strictest_page() -> Result<()> {
    let journey = strict(STRICTEST).await?;
    journey.arrive("cus_declined", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.wait_for_state("failed").await?;
    nothing_was_broken(&journey).await
}

#[tokio::test]
async fn a_picture_shows_where_the_policy_names_its_origin() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.set_policy(&format!("{STRICTEST}; img-src {}", journey.sandbox.url()));
    journey.arrive("cus_paid", "pdt_presets").await?;
    let picture =
        "return document.querySelector('aftercart-offer').shadowRoot.querySelector('img').naturalWidth > 0";
    journey.browser.wait_for("the picture", picture).await?;
    nothing_was_broken(&journey).await
}

#[tokio::test]
async fn a_picture_that_the_policy_refuses_stops_no_sale() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.set_policy(STRICTEST);
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    paid_once(&journey, &promise).await?;
    let violations = journey.violations().await?;
    let of_pictures = violations.iter().filter(|violation| violation.starts_with("img-src ")).count();
    assert!(of_pictures > 0 && of_pictures == violations.len(), "{violations:?}");
    Ok(())
}

#[tokio::test]
async fn without_webassembly_the_offer_is_accepted_by_its_form() -> Result<()> {
    let journey = strict(WITHOUT_WASM).await?;
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    let said = money_in(&journey.accept_words().await?, "USD")?;
    journey.click_accept().await?;
    journey.browser.wait_for_address("/outcome").await?;
    let page = journey.browser.script("return document.body.innerText").await?;
    assert_eq!(money_in(page.as_str().unwrap_or_default(), "USD")?, said, "{page}");
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn without_webassembly_the_merchants_words_show_for_a_dialog_and_their_link_works() -> Result<()> {
    let journey = strict(WITHOUT_WASM).await?;
    journey.page.set_attributes("placement=\"dialog\"");
    journey.page.set_fallback("<a id=\"courses\" href=\"/courses\">See our courses</a>");
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("error").await?;
    let errors = journey.events().await?.iter().filter(|name| *name == "aftercart-error").count();
    assert_eq!(errors, 1, "one event tells the page");
    let refused = journey.violations().await?;
    assert!(refused.iter().all(|violation| violation.contains("wasm-eval")), "{refused:?}");
    let link = "const link = document.querySelector('#courses'); return link.checkVisibility() && link";
    assert_ne!(journey.browser.script(link).await?, Value::Bool(false), "the link is hidden");
    journey.browser.element(link).await?.click().await?;
    journey.browser.wait_for_address("/courses").await?;
    Ok(())
}
