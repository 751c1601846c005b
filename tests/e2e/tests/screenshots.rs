//! Not tests: they take the pictures of `docs/screenshots/` from a running preview. See `cargo xtask screenshots`.

use std::path::PathBuf;

use aftercart_e2e::{Browser, Screen, click, wait_for_state};
use anyhow::{Context, Result};

struct Camera {
    browser: Browser,
    preview: String,
    folder: PathBuf,
    ending: String,
}

impl Camera {
    async fn start(screen: Screen, dark: bool) -> Result<Self> {
        let preview =
            std::env::var("AFTERCART_PREVIEW").context("AFTERCART_PREVIEW names the preview's address")?;
        let folder = PathBuf::from(
            std::env::var("AFTERCART_SCREENSHOTS").context("AFTERCART_SCREENSHOTS names a folder")?,
        );
        std::fs::create_dir_all(&folder)?;
        let browser = Browser::start(screen).await?;
        browser.prefer_dark(dark).await?;
        let size = if screen == Screen::Desktop { "desktop" } else { "phone" };
        let colours = if dark { "dark" } else { "light" };
        Ok(Self { browser, preview, folder, ending: format!("{size}-{colours}.png") })
    }

    async fn take(&self, what: &str) -> Result<()> {
        // Still pictures of still things: an animation half way through is neither state.
        self.browser.script("document.getAnimations().forEach(animation => animation.finish())").await.ok();
        self.browser.picture(&self.folder.join(format!("{what}-{}", self.ending))).await
    }

    async fn offer_of(&self, scenario: &str) -> Result<()> {
        self.browser.open(&format!("{}?scenario={scenario}", self.preview)).await?;
        wait_for_state(&self.browser, "offer").await
    }
}

#[tokio::test]
async fn every_state_on_every_screen() -> Result<()> {
    for screen in [Screen::Desktop, Screen::Phone] {
        for dark in [false, true] {
            let camera = Camera::start(screen, dark).await?;
            camera.offer_of("paid").await?;
            camera.take("offer").await?;
            click(&camera.browser, "accept").await?;
            wait_for_state(&camera.browser, "succeeded").await?;
            camera.take("succeeded").await?;
            camera.offer_of("declined").await?;
            click(&camera.browser, "accept").await?;
            wait_for_state(&camera.browser, "failed").await?;
            camera.take("failed").await?;
            camera.browser.wait_for_address("/session/").await?;
            camera.take("checkout").await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_first_look_at_the_sandbox_panel() -> Result<()> {
    let camera = Camera::start(Screen::Desktop, false).await?;
    camera.offer_of("paid").await?;
    let panel = camera.browser.script("return document.querySelector('#panel').href").await?;
    camera.browser.open(panel.as_str().context("the preview links to the panel")?).await?;
    // The panel lists everything since the start; its top is enough.
    camera.browser.picture_of_the_window(&camera.folder.join("panel.png")).await
}
