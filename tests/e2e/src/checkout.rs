//! What the shopper does on Dodo's own pages: the hosted checkout and the bank's 3D Secure page.

use anyhow::Result;
use fantoccini::Locator;

use crate::journey::Journey;

/// Dodo's test card that pays.
const GOOD_CARD: &str = "4242424242424242";

impl Journey {
    /// Waits for the hosted checkout at top level, enters a good test card and pays.
    pub async fn pay_on_the_hosted_checkout(&self) -> Result<()> {
        self.browser.wait_for_address(&format!("{}/session/", self.sandbox.url())).await?;
        self.browser
            .wait_for("the payment form", "return document.querySelector('[name=number]') !== null")
            .await?;
        // Saved cards come first on the page; the shopper takes another one.
        self.browser
            .script("document.querySelector('[name=means][type=radio][value=card]')?.click()")
            .await?;
        self.browser.client().find(Locator::Css("[name=number]")).await?.send_keys(GOOD_CARD).await?;
        self.browser.client().find(Locator::Css("button.main[value=pay]")).await?.click().await?;
        self.back_on_the_success_page().await
    }

    /// Waits for the bank's page at top level and approves there.
    pub async fn approve_at_the_bank(&self) -> Result<()> {
        self.browser.wait_for_address(&format!("{}/3ds/", self.sandbox.url())).await?;
        self.browser.client().find(Locator::Css("[name=decision][value=approve]")).await?.click().await?;
        self.back_on_the_success_page().await
    }

    /// Waits until the shopper is on the merchant's page again.
    async fn back_on_the_success_page(&self) -> Result<()> {
        self.browser.wait_for_address(&self.page.address()).await?;
        Ok(())
    }
}
