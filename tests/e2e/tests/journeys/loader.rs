//! The loader's manners on pages that are not as tidy as the example: pasted twice, pinned by a hash, files that fail.

use aftercart_e2e::Journey;
use anyhow::Result;
use serde_json::{Value, json};

const FALLBACK: &str = "<p id=\"fallback\">Have a look at our other packs.</p>";

/// How often these files were asked for.
fn asked(part: &str) -> String {
    format!(
        "return performance.getEntriesByType('resource').filter(({{ name }}) => name.includes('{part}')).length"
    )
}

async fn is_paid_once(journey: &Journey) -> Result<()> {
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn two_tags_and_a_module_are_one_widget() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.set_head(
        "<script src=\"https://shop.example/aftercart/aftercart.js\"></script>\
         <script type=\"module\" src=\"https://shop.example/aftercart/aftercart.mjs\"></script>",
    );
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.wait_for_take_over().await?;
    assert_eq!(journey.browser.script(&asked("locale=")).await?, 1, "the offer");
    assert_eq!(journey.browser.script(&asked(".wasm")).await?, 1, "the WebAssembly");
    let lines = journey.browser.console().await?;
    assert!(lines.iter().all(|line| line.contains("favicon.ico")), "{lines:#?}");
    is_paid_once(&journey).await
}

#[tokio::test]
async fn files_that_fail_are_asked_for_again_and_the_press_is_kept() -> Result<()> {
    let journey = Journey::start().await?;
    // The script and the WebAssembly, each once.
    journey.page.set_widget_host(journey.page.origin());
    journey.page.fail_files(2);
    journey.arrive("cus_paid", "pdt_presets").await?;
    is_paid_once(&journey).await?;
    assert_eq!(journey.browser.script(&asked("?again")).await?, 2);
    Ok(())
}

#[tokio::test]
async fn the_snippet_of_the_manifest_can_be_pasted() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.paste_the_snippet("")?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.wait_for_take_over().await?;
    is_paid_once(&journey).await
}

#[tokio::test]
async fn a_loader_that_is_not_the_pinned_one_does_not_run_and_the_merchants_words_show() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.paste_the_snippet("AAAA")?;
    journey.page.set_fallback(FALLBACK);
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    journey.open_success_page(&purchase).await?;
    let seen = "return [!!customElements.get('aftercart-offer'), document.querySelector('#fallback').checkVisibility()]";
    assert_eq!(journey.browser.script(seen).await?, json!([false, true]));
    assert_eq!(journey.browser.script("return window.aftercart ?? null").await?, Value::Null);
    Ok(())
}
