//! The widget in an application that a server renders and the browser hydrates.

use aftercart_e2e::{Application, Journey, Purchase, Screen, money_in};
use anyhow::Result;

/// A purchase, and the address of one of the application's pages for it; both on the shop's one origin.
async fn buy(journey: &Journey, application: &Application, path: &str) -> Result<(Purchase, String)> {
    journey.page.set_application(application.origin());
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let address = format!("{}{path}?payment_id={}", journey.page.origin(), purchase.payment_id);
    Ok((purchase, address))
}

async fn sells(screen: Screen) -> Result<()> {
    let application = Application::leptos_ssr()?;
    let journey = Journey::start_on(screen).await?;
    let (purchase, address) = buy(&journey, &application, "/").await?;

    let html = reqwest::get(&address).await?.text().await?;
    for part in [
        "Thank you for your order",
        r#"<template shadowrootmode="open""#,
        r#"part="skeleton""#,
        r#"<div slot="footer">"#,
    ] {
        assert!(html.contains(part), "the server did not render {part}:\n{html}");
    }

    journey.browser.open(&address).await?;
    journey.wait_for_state("offer").await?;
    let amount = money_in(&journey.accept_words().await?, "USD")?;
    let footer = "return document.querySelector('[slot=footer]').checkVisibility() \
        && !document.querySelector('.aftercart-offer > a').checkVisibility()";
    journey.browser.wait_for("the application's own line, not its fallback", footer).await?;
    journey.browser.element("return document.querySelector('#download')").await?.click().await?;
    let counted = "return document.querySelector('#download').innerText === 'Downloaded 1 times'";
    journey.browser.wait_for("the hydrated application", counted).await?;

    accepts(&journey, &purchase, amount).await?;

    let (shift, what) = journey.layout_shift().await?;
    assert!(shift == 0.0, "{shift}: {what}");
    nothing_was_complained_of(&journey).await
}

/// Accepts on the card: the button's amount is charged once, and the application hears of it.
async fn accepts(journey: &Journey, purchase: &Purchase, amount: Option<i64>) -> Result<()> {
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(Some(journey.the_one_charge_after(purchase)?.total_amount), amount);
    assert_eq!(journey.charges_asked_for(), 1);
    let heard = "return document.querySelector('#downloads').innerText === 'Both downloads are ready.'";
    journey.browser.wait_for("the application to hear of it", heard).await?;
    Ok(())
}

/// A hydration that finds other elements than it expects says so on the console.
async fn nothing_was_complained_of(journey: &Journey) -> Result<()> {
    let lines = journey.browser.console().await?;
    assert!(lines.is_empty(), "{lines:#?}");
    Ok(())
}

#[tokio::test]
async fn a_server_rendered_application_sells_without_a_jump() -> Result<()> {
    sells(Screen::Desktop).await
}

#[tokio::test]
async fn a_server_rendered_application_sells_on_a_phone() -> Result<()> {
    sells(Screen::Phone).await
}

#[tokio::test]
async fn a_view_of_its_own_is_hydrated_and_sells_too() -> Result<()> {
    let application = Application::leptos_ssr()?;
    let journey = Journey::start().await?;
    let (purchase, address) = buy(&journey, &application, "/own").await?;
    let html = reqwest::get(&address).await?.text().await?;
    assert!(html.contains("One moment…"), "the server did not render the view:\n{html}");
    journey.browser.open(&address).await?;
    let button = "return document.querySelector('#own #yes')";
    journey.browser.wait_for("the button", &format!("{button}?.innerText")).await?;
    journey.browser.element(button).await?.click().await?;
    journey
        .browser
        .wait_for("success", "return document.querySelector('#own[data-state=succeeded]') !== null")
        .await?;
    journey.the_one_charge_after(&purchase)?;
    nothing_was_complained_of(&journey).await
}

#[tokio::test]
async fn a_printed_offer_is_left_alone_by_hydration_and_sells() -> Result<()> {
    let journey = Journey::start().await?;
    let application = Application::leptos_ssr_printing(&journey.backend.origin())?;
    let (purchase, address) = buy(&journey, &application, "/printed").await?;
    let html = reqwest::get(&address).await?.text().await?;
    assert!(html.contains("<template shadowrootmode=open>"), "the server printed no offer:\n{html}");

    journey.browser.open(&address).await?;
    let amount = money_in(&journey.accept_words().await?, "USD")?;
    // The offer is there before the application hears anything.
    let counts = "const button = document.querySelector('#download'); button.click(); \
        return button.innerText !== 'Downloaded 0 times'";
    journey.browser.wait_for("the hydrated application", counts).await?;
    journey.wait_for_take_over().await?;
    accepts(&journey, &purchase, amount).await?;
    let (shift, what) = journey.layout_shift().await?;
    assert!(shift < 0.001, "{shift}: {what}");
    nothing_was_complained_of(&journey).await
}

#[tokio::test]
async fn when_the_scripts_never_come_the_fallback_takes_the_offers_place() -> Result<()> {
    let nothing = tempfile::tempdir()?;
    let application = Application::leptos_ssr_with_scripts_in(nothing.path())?;
    let journey = Journey::start().await?;
    let (_, address) = buy(&journey, &application, "/").await?;
    journey.browser.open(&address).await?;
    let fallback = "const host = document.querySelector('.aftercart-offer'); \
        const link = host.querySelector(':scope > a'); \
        return getComputedStyle(link).visibility === 'visible' && link.getBoundingClientRect().height > 0 \
            && host.offsetHeight < 100 && !host.querySelector('[slot=footer]').checkVisibility()";
    journey.browser.wait_for("the fallback alone", fallback).await?;
    Ok(())
}
