//! What the shopper sees and does. Seeing goes through the open shadow root; doing is real clicks and real keys.

use aftercart::contract::Offer;
use anyhow::{Context, Result};
use serde_json::Value;

use crate::browser::Browser;
use crate::journey::Journey;
use crate::keyboard::Key;

impl Journey {
    /// Waits until the widget says that it is in this state.
    pub async fn wait_for_state(&self, state: &str) -> Result<()> {
        wait_for_state(&self.browser, state).await
    }

    /// Waits until the widget has taken the place of a painted offer.
    pub async fn wait_for_take_over(&self) -> Result<()> {
        let shown = "return sessionStorage.getItem('recorded')?.includes('aftercart-shown') || null";
        self.browser.wait_for("the widget", shown).await.map(drop)
    }

    /// The words of the whole widget as a shopper reads them.
    pub async fn words(&self) -> Result<String> {
        words(&self.browser).await
    }

    /// The words on the accept button.
    pub async fn accept_words(&self) -> Result<String> {
        let text =
            self.browser.wait_for("an accept button", &in_widget("[part~=accept]", "?.innerText")).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The same once no price is awaited: until then the button does nothing.
    pub(crate) async fn accept_words_once_priced(&self) -> Result<String> {
        let priced = in_widget("[part~=accept]:not([aria-disabled=true])", "?.innerText");
        let text = self.browser.wait_for("a button with its price", &priced).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The newest offer that the widget was given for the product and quantity on the card.
    pub(crate) async fn offer_on_the_card(&self) -> Result<Offer> {
        let body = format!(
            "{WIDGET} const name = root.querySelector('[part~=title]').textContent; \
             const quantity = Number(root.querySelector('#quantity')?.value ?? 1); \
             return JSON.parse(sessionStorage.getItem('offers') ?? '[]').findLast((offer) => \
                offer.product.name === name && (offer.quote.quantity ?? 1) === quantity) ?? null"
        );
        let offer = self.browser.script(&body).await?;
        serde_json::from_value(offer).context("the widget was given no such offer")
    }

    /// The words of a part, such as `terms`; several of the same name one below the other.
    pub async fn words_of(&self, part: &str) -> Result<String> {
        let body = format!(
            "{WIDGET} return [...root.querySelectorAll('[part~={part}]')].map((found) => found.innerText).join('\\n')"
        );
        Ok(self.browser.script(&body).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the card or message has this title.
    pub async fn wait_for_title(&self, title: &str) -> Result<()> {
        wait_for_title(&self.browser, title).await
    }

    /// Waits until the card or message has another title than this one.
    pub async fn wait_for_another_title(&self, title: &str) -> Result<()> {
        let quoted = Value::from(title).to_string();
        let body = in_widget("[part~=title]", &format!("?.textContent.includes({quoted}) === false"));
        self.browser.wait_for(&format!("another title than “{title}”"), &body).await?;
        Ok(())
    }

    /// Presses the button of a message that has these words.
    pub async fn press_action(&self, words: &str) -> Result<()> {
        let quoted = Value::from(words).to_string();
        let button = format!(
            "{WIDGET} return [...root.querySelectorAll('[part~=action]')].find((button) => button.innerText === {quoted})"
        );
        Ok(self.browser.element(&button).await?.click().await?)
    }

    /// Chooses one of the products on the card by its name, once they can be chosen.
    pub async fn choose(&self, name: &str) -> Result<()> {
        let quoted = Value::from(name).to_string();
        let body = format!(
            "{WIDGET} return [...root.querySelectorAll('[part~=choices]:not([inert]) [part~=choice]')] \
                .find((choice) => choice.textContent.includes({quoted}))"
        );
        self.browser.wait_for(&format!("{name} among the choices"), &body).await?;
        self.browser.element(&body).await?.click().await?;
        self.wait_for_title(name).await
    }

    /// Clicks the button for one more.
    pub async fn take_one_more(&self) -> Result<()> {
        let button = format!("{WIDGET} return [...root.querySelectorAll('[part~=step]')].at(-1)");
        Ok(self.browser.element(&button).await?.click().await?)
    }

    /// Ticks the box that the law wants ticked.
    pub async fn tick_consent(&self) -> Result<()> {
        click(&self.browser, "consent").await
    }

    /// Clicks accept with the mouse.
    pub async fn click_accept(&self) -> Result<()> {
        click(&self.browser, "accept").await
    }

    /// Clicks decline with the mouse.
    pub async fn click_decline(&self) -> Result<()> {
        click(&self.browser, "decline").await
    }

    /// Clicks accept twice within one task, faster than any hand: the page cannot react in between.
    pub async fn double_click_accept(&self) -> Result<()> {
        self.browser.script(&format!("{WIDGET} const accept = root.querySelector('[part~=accept]'); accept.click(); accept.click();")).await?;
        Ok(())
    }

    /// Tabs from the page's start until accept has the focus, then presses Enter.
    pub async fn press_enter_on_accept(&self) -> Result<()> {
        self.tab_to("accept").await?;
        self.browser.key(Key::Enter).await
    }

    /// Tabs from the page's start until decline has the focus, then presses Enter.
    pub async fn press_enter_on_decline(&self) -> Result<()> {
        self.tab_to("decline").await?;
        self.browser.key(Key::Enter).await
    }

    /// Presses Tab until this part has the focus.
    pub async fn tab_to(&self, part: &str) -> Result<()> {
        self.browser.tab_to(&format!("{part}: ")).await?;
        Ok(())
    }

    /// Whether the widget can still be accepted.
    pub async fn has_accept(&self) -> Result<bool> {
        let found = self.browser.script(&in_widget("[part~=accept]", " !== null")).await?;
        Ok(found == Value::Bool(true))
    }

    /// The names of the events that reached the document, oldest first.
    pub async fn events(&self) -> Result<Vec<String>> {
        events(&self.browser).await
    }

    /// What broke the page's policy so far.
    pub async fn violations(&self) -> Result<Vec<String>> {
        let noted = self.browser.script("return JSON.parse(sessionStorage.getItem('violations'))").await?;
        serde_json::from_value(noted).context("the recorder is not on this page")
    }

    /// How far the layout jumped since the page began: the sum, and what moved.
    pub async fn layout_shift(&self) -> Result<(f64, String)> {
        let shifts = self.browser.script("return window.layoutShifts").await?;
        let sum = shifts
            .as_array()
            .map(|shifts| shifts.iter().filter_map(|shift| shift.get("value")?.as_f64()).sum())
            .context("the recorder is not on this page")?;
        Ok((sum, shifts.to_string()))
    }
}

/// Waits until the widget on this page says that it is in this state.
pub async fn wait_for_state(browser: &Browser, state: &str) -> Result<()> {
    let body = format!("return document.querySelector('{HOST}')?.getAttribute('data-state') === '{state}'");
    browser.wait_for(&format!("state {state}"), &body).await?;
    Ok(())
}

/// Waits until the card or message on this page has this title.
pub async fn wait_for_title(browser: &Browser, title: &str) -> Result<()> {
    let quoted = Value::from(title).to_string();
    let body = in_widget("[part~=title]", &format!("?.textContent.includes({quoted})"));
    browser.wait_for(&format!("the title “{title}”"), &body).await?;
    Ok(())
}

/// The names of the events that reached the document, oldest first.
pub async fn events(browser: &Browser) -> Result<Vec<String>> {
    let recorded = browser
        .script("return JSON.parse(sessionStorage.getItem('recorded') ?? '[]').map(event => event.type)")
        .await?;
    Ok(serde_json::from_value(recorded)?)
}

/// The words of the whole widget as a shopper reads them: hidden ones are left out.
pub async fn words(browser: &Browser) -> Result<String> {
    let text = browser
        .script(&format!(
            "{WIDGET} return [...root.children].map(child => child.innerText ?? '').join('\\n')"
        ))
        .await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Clicks a part of the widget with the mouse.
pub async fn click(browser: &Browser, part: &str) -> Result<()> {
    let selector = format!("[part~={part}]");
    browser.wait_for(&format!("a part {part}"), &in_widget(&selector, " !== null")).await?;
    let element = browser.element(&in_widget(&selector, "")).await?;
    Ok(element.click().await?)
}

/// The script tag's element, and the host of the component in a Leptos application.
const HOST: &str = "aftercart-offer, .aftercart-offer";
const WIDGET: &str = "const root = document.querySelector('aftercart-offer, .aftercart-offer').shadowRoot;";

/// A script that evaluates an expression on the first match inside the widget.
fn in_widget(selector: &str, expression: &str) -> String {
    format!("{WIDGET} return root.querySelector('{selector}'){expression}")
}
