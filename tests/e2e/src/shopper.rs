//! What the shopper sees and does. Seeing goes through the open shadow root; doing is real clicks and real keys.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::browser::Browser;

/// WebDriver's code point for the Enter key.
const ENTER: char = '\u{E007}';
/// WebDriver's code point for the Tab key.
const TAB: char = '\u{E004}';

/// Waits until the widget on this page says that it is in this state.
pub async fn wait_for_state(browser: &Browser, state: &str) -> Result<()> {
    let body =
        format!("return document.querySelector('aftercart-offer')?.getAttribute('data-state') === '{state}'");
    browser.wait_for(&format!("state {state}"), &body).await?;
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

const WIDGET: &str = "const root = document.querySelector('aftercart-offer').shadowRoot;";

/// A script that evaluates an expression on the first match inside the widget.
fn in_widget(selector: &str, expression: &str) -> String {
    format!("{WIDGET} return root.querySelector('{selector}'){expression}")
}

/// The first amount with two decimals, such as 3190 in "Pay $31.90 with Visa ···· 4242".
fn minor_units(words: &str) -> Option<i64> {
    let start = words.find(|character: char| character.is_ascii_digit())?;
    let amount: String = words
        .get(start..)?
        .chars()
        .take_while(|character| character.is_ascii_digit() || ".,".contains(*character))
        .filter(char::is_ascii_digit)
        .collect();
    amount.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor_units;

    #[test]
    fn the_amount_is_read_off_the_button() {
        assert_eq!(minor_units("Pay $31.90 with Visa ···· 4242"), Some(3190));
        assert_eq!(minor_units("Pay $1,031.90 now"), Some(103_190));
        assert_eq!(minor_units("Continue"), None);
    }
}
