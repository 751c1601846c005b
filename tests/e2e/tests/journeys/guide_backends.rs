//! Backends written from Dodo's upsell guide, in both spellings: no token, no quote, no status to ask for.

use aftercart_e2e::{
    Behaviour, Browser, OtherBackend, Screen, SuccessPage, click, events, wait_for_state, words,
};
use anyhow::Result;
use serde_json::json;

/// The static page in front of such a backend, with the offer on it.
async fn arrive(behaviour: Behaviour) -> Result<(Browser, SuccessPage, OtherBackend)> {
    let page = SuccessPage::start().await?;
    let backend = OtherBackend::start(behaviour).await?;
    page.set_backend(backend.origin());
    page.set_attributes(&format!("subject=\"cus_1\" checkout-url=\"{}/checkout\"", backend.origin()));
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&page.address()).await?;
    wait_for_state(&browser, "offer").await?;
    Ok((browser, page, backend))
}

async fn accepting_works(behaviour: Behaviour) -> Result<()> {
    let (browser, _page, backend) = arrive(behaviour).await?;
    let offer = words(&browser).await?;
    assert!(offer.contains("Preset pack") && offer.contains("$29.00"), "{offer}");
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await?;
    let accepts = backend.accepts();
    let [accept] = accepts.as_slice() else { panic!("expected one accept: {accepts:?}") };
    assert!(accept.key.is_some(), "the key travels even when nobody asked for it");
    Ok(())
}

async fn a_failure_lands_on_the_checkout(behaviour: Behaviour) -> Result<()> {
    let (browser, _page, backend) = arrive(behaviour).await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "failed").await?;
    browser.wait_for_address(&format!("{}/checkout", backend.origin())).await?;
    assert_eq!(backend.accepts().len(), 1);
    Ok(())
}

/// What shows, and where the shopper is, when the answer to an accept was lost that cannot be asked for.
async fn a_lost_answer(attribute: &str, state: &str) -> Result<(Browser, OtherBackend)> {
    let page = SuccessPage::start().await?;
    let backend = OtherBackend::start(Behaviour::GuideBreaksOff).await?;
    page.set_backend(backend.origin());
    let checkout = format!("{}/checkout", backend.origin());
    page.set_attributes(&format!("subject=\"cus_1\" checkout-url=\"{checkout}\" {attribute}"));
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&page.address()).await?;
    wait_for_state(&browser, "offer").await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, state).await?;
    assert_eq!(backend.accepts().len(), 1, "sent again");
    Ok((browser, backend))
}

#[tokio::test]
async fn a_lost_answer_leads_nowhere_by_itself() -> Result<()> {
    let (browser, backend) = a_lost_answer("", "unknown").await?;
    let ways = "const root = document.querySelector('aftercart-offer').shadowRoot; \
        return [...root.querySelectorAll('a, button')].filter((way) => way.checkVisibility()).map((way) => way.innerText)";
    assert_eq!(browser.script(ways).await?, json!(["Close"]), "an invitation to pay twice");
    assert_eq!(backend.accepts().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_leads_to_the_checkout_where_the_shop_wants_it() -> Result<()> {
    let (browser, backend) = a_lost_answer("on-unknown=\"checkout\"", "failed").await?;
    browser.wait_for_address(&format!("{}/checkout", backend.origin())).await?;
    assert_eq!(backend.accepts().len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_camel_case_sample_is_understood() -> Result<()> {
    accepting_works(Behaviour::GuideCamelCase).await
}

#[tokio::test]
async fn the_snake_case_sample_is_understood() -> Result<()> {
    accepting_works(Behaviour::GuideSnakeCase).await
}

#[tokio::test]
async fn a_refusal_with_400_lands_on_the_checkout() -> Result<()> {
    a_failure_lands_on_the_checkout(Behaviour::GuideRefuses).await
}

#[tokio::test]
async fn a_crash_with_500_lands_on_the_checkout() -> Result<()> {
    a_failure_lands_on_the_checkout(Behaviour::GuideCrashes).await
}

#[tokio::test]
async fn the_host_hears_of_every_step() -> Result<()> {
    let (browser, _page, _backend) = arrive(Behaviour::GuideCamelCase).await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await?;
    let expected = ["aftercart-ready", "aftercart-shown", "aftercart-accept", "aftercart-succeeded"];
    assert_eq!(events(&browser).await?, expected);
    let reports = browser.script("return JSON.parse(sessionStorage.getItem('reports'))").await?;
    assert_eq!(reports, json!([]), "such a backend has no place for reports");
    Ok(())
}

#[tokio::test]
async fn moving_the_element_neither_asks_nor_sells_again() -> Result<()> {
    const MOVES: &str = "<script>for (const seen of ['aftercart-shown', 'aftercart-accept'])
        addEventListener(seen, ({ target }) => queueMicrotask(() => document.body.append(target)))</script>";
    let page = SuccessPage::start().await?;
    let backend = OtherBackend::start(Behaviour::GuideCamelCase).await?;
    page.set_backend(backend.origin());
    page.set_head(MOVES);
    page.set_attributes("subject=\"cus_1\"");
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&page.address()).await?;
    wait_for_state(&browser, "offer").await?;
    click(&browser, "accept").await?;
    wait_for_state(&browser, "succeeded").await?;
    assert_eq!(backend.accepts().len(), 1);
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('locale=')).length";
    assert_eq!(browser.script(asked).await?, 1);
    // Taken off the page it is over, and put back it begins anew.
    let back = "const it = document.querySelector('aftercart-offer'); it.remove(); setTimeout(() => document.body.append(it))";
    browser.script(back).await?;
    wait_for_state(&browser, "offer").await
}
