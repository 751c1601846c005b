//! Whatever is wrong with the backend, the page stays as it was: the merchant's own words show, and one event tells.

use aftercart_e2e::{Behaviour, Browser, OtherBackend, Screen, SuccessPage, events, wait_for_state};
use anyhow::Result;

const FALLBACK: &str = "<p id=\"fallback\">Have a look at our <a href=\"/shop\">other packs</a>.</p>";

/// Opens the page in front of a backend and expects nothing but the merchant's own words and one error event.
async fn the_fallback_shows(backend: &str) -> Result<()> {
    let page = SuccessPage::start().await?;
    page.set_backend(backend);
    page.set_attributes("subject=\"cus_1\"");
    page.set_fallback(FALLBACK);
    let browser = Browser::start(Screen::Desktop).await?;
    browser.open(&page.address()).await?;
    wait_for_state(&browser, "error").await?;
    let visible = browser.script("return document.querySelector('#fallback').checkVisibility()").await?;
    assert_eq!(visible, true, "the merchant's words are hidden");
    let seen = events(&browser).await?;
    let errors = seen.iter().filter(|name| *name == "aftercart-error").count();
    assert_eq!(errors, 1, "{seen:?}");
    assert!(!seen.iter().any(|name| name == "aftercart-shown"), "{seen:?}");
    Ok(())
}

async fn the_fallback_shows_for(behaviour: Behaviour) -> Result<()> {
    let backend = OtherBackend::start(behaviour).await?;
    the_fallback_shows(backend.origin()).await
}

#[tokio::test]
async fn a_backend_that_is_down() -> Result<()> {
    // Bound and dropped again: nobody listens there.
    let origin = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        format!("http://{}", listener.local_addr()?)
    };
    the_fallback_shows(&origin).await
}

#[tokio::test]
async fn a_backend_that_takes_longer_than_the_limit() -> Result<()> {
    the_fallback_shows_for(Behaviour::Slow).await
}

#[tokio::test]
async fn a_web_page_where_json_was_expected() -> Result<()> {
    the_fallback_shows_for(Behaviour::WebPage).await
}

#[tokio::test]
async fn a_contract_newer_than_the_widget() -> Result<()> {
    the_fallback_shows_for(Behaviour::NewerContract).await
}
