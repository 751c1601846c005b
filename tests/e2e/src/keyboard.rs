//! A shopper without a mouse: keys, where the focus is, and what a screen reader is told.

use anyhow::{Result, bail};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::Value;

use crate::browser::Browser;

/// A key on the shopper's keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Forward to the next control.
    Tab,
    /// Back to the one before.
    ShiftTab,
    /// Presses a button, follows a link.
    Enter,
    /// Presses a button, ticks a box.
    Space,
    /// Leaves a dialog.
    Escape,
    /// To the next option; one less.
    Down,
    /// To the option before; one more.
    Up,
}

impl Key {
    fn code_point(self) -> char {
        match self {
            Self::Tab | Self::ShiftTab => '\u{E004}',
            Self::Enter => '\u{E007}',
            Self::Space => ' ',
            Self::Escape => '\u{E00C}',
            Self::Up => '\u{E013}',
            Self::Down => '\u{E015}',
        }
    }
}

const SHIFT: char = '\u{E008}';

/// Names what has the focus by its part and its words, such as `decline: No, thanks`; `body` when nothing has.
const FOCUS: &str = "let element = document.activeElement; \
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement; \
    if (!element || element === document.body) return 'body'; \
    const part = element.closest('[part]')?.part.value ?? element.id; \
    const words = element.labels?.[0]?.innerText ?? element.ariaLabel ?? element.innerText; \
    return `${part}: ${words.replace(/\\s+/g, ' ').trim()}`;";

/// Whether what has the focus shows it: a ring of two pixels at least, inside the window.
const RING: &str = "let element = document.activeElement; \
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement; \
    const { outlineStyle, outlineWidth } = getComputedStyle(element); \
    const { top, bottom } = element.getBoundingClientRect(); \
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight;";

/// Notes every text that a live region gets from now on.
const LISTEN: &str = "const root = document.querySelector('aftercart-offer').shadowRoot; \
    const said = window.said = []; let last = root.querySelector('[role=status]').innerText; \
    new MutationObserver(() => { \
      const now = root.querySelector('[role=status]').innerText; \
      if (now !== last && now) said.push(now); last = now; \
      for (const alert of root.querySelectorAll('[role=alert]:not([data-heard])')) { \
        alert.dataset.heard = ''; said.push(`alert: ${alert.querySelector('h2').innerText}`); } \
    }).observe(root, { childList: true, subtree: true, characterData: true });";

impl Browser {
    /// Presses and releases a key, wherever the focus is.
    pub async fn key(&self, key: Key) -> Result<()> {
        let value = key.code_point();
        let mut keys = KeyActions::new("keyboard".into());
        if key == Key::ShiftTab {
            keys = keys.then(KeyAction::Down { value: SHIFT });
        }
        keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        if key == Key::ShiftTab {
            keys = keys.then(KeyAction::Up { value: SHIFT });
        }
        Ok(self.client().perform_actions(keys).await?)
    }

    /// What has the focus: its part and its words, such as `decline: No, thanks`; `body` when nothing has.
    pub async fn focus(&self) -> Result<String> {
        Ok(self.script(FOCUS).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the focus is on what begins so, and makes sure that one sees it there.
    pub async fn wait_for_focus(&self, start: &str) -> Result<()> {
        let start = Value::from(start).to_string();
        let body = format!("const name = (() => {{ {FOCUS} }})(); return name.startsWith({start})");
        self.wait_for(&format!("the focus on {start}"), &body).await?;
        self.wait_for_ring(&start).await
    }

    /// What the focus moves to shows it in its next frame.
    async fn wait_for_ring(&self, stop: &str) -> Result<()> {
        self.wait_for(&format!("a ring around {stop}"), RING).await?;
        Ok(())
    }

    /// Presses Tab until the focus is on what begins so; every stop on the way is visible. Answers the stops.
    pub async fn tab_to(&self, start: &str) -> Result<Vec<String>> {
        let mut stops = Vec::new();
        for _ in 0..20 {
            self.key(Key::Tab).await?;
            let stop = self.focus().await?;
            if stop != "body" && !stop.starts_with(':') {
                self.wait_for_ring(&stop).await?;
            }
            let is_there = stop.starts_with(start);
            stops.push(stop);
            if is_there {
                return Ok(stops);
            }
        }
        bail!("{start} cannot be reached with Tab, only {stops:?}")
    }

    /// From now on, notes what a screen reader is told.
    pub async fn listen(&self) -> Result<()> {
        self.script(LISTEN).await?;
        Ok(())
    }

    /// What a screen reader was told since [`Browser::listen`], in order; `alert: ` before what interrupts.
    pub async fn said(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.script("return window.said").await?)?)
    }
}
