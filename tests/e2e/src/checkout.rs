//! What the shopper does on Dodo's own pages: the hosted checkout and the bank's 3D Secure page.

use anyhow::Result;
use fantoccini::Locator;

use crate::browser::Browser;
use crate::journey::Journey;

/// Dodo's test card that pays.
const GOOD_CARD: &str = "4242424242424242";

impl Journey {
    /// Waits for the hosted checkout at top level, enters a good test card and pays.
    pub async fn pay_on_the_hosted_checkout(&self) -> Result<()> {
        self.browser.wait_for_address(&format!("{}/session/", self.sandbox.url())).await?;
        pay(&self.browser).await?;
        self.back_on_the_success_page().await
    }

    /// Waits for the bank's page at top level and approves there.
    pub async fn approve_at_the_bank(&self) -> Result<()> {
        self.decide_at_the_bank("approve").await
    }

    /// Waits for the bank's page at top level and goes back from it.
    pub async fn cancel_at_the_bank(&self) -> Result<()> {
        self.decide_at_the_bank("cancel").await
    }

    async fn decide_at_the_bank(&self, decision: &str) -> Result<()> {
        self.browser.wait_for_address(&format!("{}/3ds/", self.sandbox.url())).await?;
        let button = format!("[name=decision][value={decision}]");
        self.browser.client().find(Locator::Css(&button)).await?.click().await?;
        self.back_on_the_success_page().await
    }

    /// Waits until the shopper is on the merchant's page again.
    async fn back_on_the_success_page(&self) -> Result<()> {
        self.browser.wait_for_address(&self.page.address()).await?;
        Ok(())
    }
}

/// Enters a good test card on the hosted checkout that is open, and pays.
async fn pay(browser: &Browser) -> Result<()> {
    browser.wait_for("the payment form", "return document.querySelector('[name=number]') !== null").await?;
    // Saved cards come first on the page; the shopper takes another one.
    browser.script("document.querySelector('[name=means][type=radio][value=card]')?.click()").await?;
    browser.client().find(Locator::Css("[name=number]")).await?.send_keys(GOOD_CARD).await?;
    Ok(browser.client().find(Locator::Css("button.main[value=pay]")).await?.click().await?)
}

/// Pays on the hosted checkout as somebody whom the shop does not know yet, and lets the card be saved.
pub async fn pay_as_a_stranger(browser: &Browser) -> Result<()> {
    browser.wait_for_address("/session/").await?;
    browser.wait_for("the buyer's details", "return document.querySelector('[name=email]') !== null").await?;
    browser.client().find(Locator::Css("[name=email]")).await?.send_keys("stranger@example.com").await?;
    browser.client().find(Locator::Css("[name=name]")).await?.send_keys("New customer").await?;
    browser.client().find(Locator::Css("[name=save]")).await?.click().await?;
    pay(browser).await
}
