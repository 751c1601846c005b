//! The backend answers JSON, and the page asks for offer and widget at once by the lines of the manual.

use aftercart_e2e::Journey;
use anyhow::Result;

#[tokio::test]
async fn the_offer_is_asked_for_once_and_paid_once() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.ask_for_json("")?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('locale=')).length";
    assert_eq!(journey.browser.script(asked).await?, 1);
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}

#[tokio::test]
async fn where_nothing_is_offered_the_webassembly_is_let_go() -> Result<()> {
    const WATCH: &str = "<script>{ const ask = fetch; fetch = (address, how) => {
        if (address.includes?.('.wasm')) signal = how.signal;
        return ask(address, how); } }</script>";
    let journey = Journey::start().await?;
    journey.page.ask_for_json(WATCH)?;
    let purchase = journey.buy("cus_not_eligible", "pdt_stickers").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("hidden").await?;
    journey.browser.wait_for("the WebAssembly let go", "return signal.aborted || null").await?;
    Ok(())
}
