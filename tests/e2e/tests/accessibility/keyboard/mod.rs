//! Every flow with keys alone. The focus is always seen and never lost, and what happened is said once.

mod answering;
mod choosing;
mod dialog;
mod second_thoughts;
mod trouble;

use aftercart_e2e::{Browser, Key, Scene, Screen, Stage, situation};
use anyhow::{Context, Result};
use serde_json::Value;

/// A shopper with a keyboard in front of an offer; what is answered is as in one of the stage's situations.
struct Visit {
    browser: Browser,
    _stage: Stage,
}

impl Visit {
    /// On a page whose clock stands still, so that nothing happens by itself.
    async fn start(name: &str, placement: &str) -> Result<Self> {
        Self::start_with(name, Scene { placement: placement.to_owned(), ..Scene::default() }).await
    }

    /// On a page whose clock runs.
    async fn start_the_clock(name: &str) -> Result<Self> {
        Self::start_with(name, Scene { is_running: true, ..Scene::default() }).await
    }

    async fn start_with(name: &str, scene: Scene) -> Result<Self> {
        let stage = Stage::start(0).await?;
        let browser = Browser::start(Screen::Desktop).await?;
        let situation = situation(name).with_context(|| format!("a situation {name}"))?;
        browser.watch(&stage, situation, &Scene { is_by_hand: true, ..scene }).await?;
        browser.listen().await?;
        Ok(Self { browser, _stage: stage })
    }

    /// Tabs to a control and presses a key on it.
    async fn press(&self, control: &str, key: Key) -> Result<()> {
        self.browser.tab_to(control).await?;
        self.browser.key(key).await
    }

    /// The words of a part.
    async fn words(&self, part: &str) -> Result<String> {
        let body = format!(
            "return document.querySelector('aftercart-offer').shadowRoot.querySelector('[part~={part}]').innerText"
        );
        Ok(self.browser.script(&body).await?.as_str().unwrap_or_default().replace('\u{a0}', " "))
    }

    /// Waits until the words of a part contain these.
    async fn wait_for_words(&self, part: &str, words: &str) -> Result<()> {
        let words = Value::from(words).to_string();
        let body = format!(
            "return document.querySelector('aftercart-offer').shadowRoot.querySelector('[part~={part}]')\
             ?.innerText.replaceAll('\\u00a0', ' ').includes({words})"
        );
        self.browser.wait_for(&format!("{words} in {part}"), &body).await?;
        Ok(())
    }
}
