//! Nothing is wrong in any situation, at any place, in any theme, in light or in dark, with less motion, with forced
//! colours.

use aftercart_e2e::{Browser, SITUATIONS, Scene, Screen, Stage, situation};
use anyhow::{Context, Result};

use crate::checks::{Check, install_axe};

/// Less motion, so that no colour is met half way.
const CALM: [(&str, &str); 2] = [("prefers-reduced-motion", "reduce"), ("forced-colors", "none")];
const FORCED: [(&str, &str); 2] = [("prefers-reduced-motion", "reduce"), ("forced-colors", "active")];

async fn nothing_is_wrong(placement: &str) -> Result<()> {
    let stage = Stage::start(0).await?;
    let browser = Browser::start(Screen::Desktop).await?;
    let calm = [
        Check::axe_in_every_look(),
        Check::in_every_look("contrast"),
        Check::own("targets"),
        Check::own("overflow"),
        Check::own("motion"),
    ];
    let forced = Check::own("forced");
    let mut found = Vec::new();
    for situation in SITUATIONS {
        let scene = Scene { placement: placement.to_owned(), ..Scene::default() };
        browser.prefer(&CALM).await?;
        browser.watch(&stage, situation, &scene).await?;
        install_axe(&browser).await?;
        let mut complaints = Vec::new();
        for check in &calm {
            complaints.extend(check.run(&browser).await?);
        }
        browser.prefer(&FORCED).await?;
        complaints.extend(forced.run(&browser).await?);
        found.extend(complaints.iter().map(|complaint| format!("{}: {complaint}", situation.name)));
    }
    assert!(found.is_empty(), "{} complaints\n{}", found.len(), found.join("\n"));
    Ok(())
}

#[tokio::test]
async fn nothing_is_wrong_in_a_card() -> Result<()> {
    nothing_is_wrong("card").await
}

#[tokio::test]
async fn nothing_is_wrong_in_a_banner() -> Result<()> {
    nothing_is_wrong("banner").await
}

#[tokio::test]
async fn nothing_is_wrong_in_a_dialog() -> Result<()> {
    nothing_is_wrong("dialog").await
}

/// Checks that complain about nothing anywhere would be green too.
#[tokio::test]
async fn the_checks_see_what_is_spoiled() -> Result<()> {
    let stage = Stage::start(0).await?;
    let browser = Browser::start(Screen::Desktop).await?;
    browser.prefer(&CALM).await?;
    for (spoil, check, word) in [
        ("[part~=decline]').style.color = '#ccc'", Check::axe_in_every_look(), "color-contrast"),
        ("label').htmlFor = 'nothing'", Check::axe_in_every_look(), "label"),
        ("[part~=decline]').style.borderColor = '#eee'", Check::own("contrast"), "border"),
        ("[part~=total]').style.color = '#bbb'", Check::own("contrast"), "text"),
        ("[part~=accept]').style.outline = 'none'", Check::own("contrast"), "focus ring"),
        (
            "[part~=step]').style.cssText = 'min-block-size:0;block-size:20px'",
            Check::own("targets"),
            "20 pixels",
        ),
        (
            "[part~=title]').style.cssText = 'white-space:nowrap;width:4rem'",
            Check::own("overflow"),
            "wide in",
        ),
        ("[part~=accept]').style.transition = 'filter 5s'", Check::own("motion"), "moves"),
        ("[part~=accept]').style.cssText = 'border:0'", Check::own("forced"), "no border"),
    ] {
        browser.watch(&stage, situation("quantity").context("a situation")?, &Scene::default()).await?;
        install_axe(&browser).await?;
        browser
            .script(&format!("document.querySelector('aftercart-offer').shadowRoot.querySelector('{spoil}"))
            .await?;
        let found = check.run(&browser).await?;
        assert!(found.iter().any(|line| line.contains(word)), "{check:?} does not see “{word}”: {found:?}");
    }
    Ok(())
}
