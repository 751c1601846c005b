//! A journey: every part running, and a shopper's browser in front of it.

use aftercart_server::Config;
use anyhow::{Context, Result};
use dodo_sandbox::core::control::Purchase as NewPurchase;
use dodo_sandbox::core::{Fault, FaultRule};
use dodo_sandbox::{Sandbox, SandboxConfig};
use tempfile::TempDir;

use crate::backend::Backend;
use crate::browser::{Browser, Screen};
use crate::success_page::SuccessPage;

/// Sandbox, backend, success page and browser, each on a port of its own. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Journey {
    /// The shopper's browser.
    pub browser: Browser,
    /// The merchant's page.
    pub page: SuccessPage,
    /// The local Dodo.
    pub sandbox: Sandbox,
    /// The merchant's backend.
    pub backend: Backend,
    /// Holds the offers of a journey that has its own.
    _offers: Option<TempDir>,
}

/// A purchase that the shopper just made.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// `pay_…`
    pub payment_id: String,
    /// `cus_…`
    pub customer_id: String,
}

impl Journey {
    /// Starts everything, with a desktop screen.
    pub async fn start() -> Result<Self> {
        Self::start_on(Screen::Desktop).await
    }

    /// Starts everything, with this screen.
    pub async fn start_on(screen: Screen) -> Result<Self> {
        Self::start_with(screen, |_| {}).await
    }

    /// Starts everything, with the backend's settings changed before.
    pub async fn start_with(screen: Screen, change: impl FnOnce(&mut Config)) -> Result<Self> {
        let sandbox = Sandbox::start(SandboxConfig::default()).await?;
        let page = SuccessPage::start().await?;
        let backend = Backend::start_with(&sandbox.url(), page.origin(), &page.address(), change).await?;
        let browser = Browser::start(screen).await?;
        let journey = Self { browser, page, sandbox, backend, _offers: None };
        journey.introduce_backend();
        Ok(journey)
    }

    /// Starts everything in a shop with these offers instead of the example's. `{{words}}` stands for an offer's words.
    pub async fn start_offering(offers: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("offers.toml");
        let words = "[offer.locale.en]\nfeatures = [\"Yours to keep\"]\n";
        std::fs::write(&file, format!("default_locale = \"en\"\n{}", offers.replace("{{words}}", words)))?;
        let journey = Self::start_with(Screen::Desktop, |config| config.offers = file).await?;
        Ok(Self { _offers: Some(folder), ..journey })
    }

    /// The merchant stops the backend and starts it again on the same database.
    pub async fn with_the_backend_restarted(self) -> Result<Self> {
        let journey = Self { backend: self.backend.restarted().await?, ..self };
        journey.introduce_backend();
        Ok(journey)
    }

    /// The shopper takes another device: a browser that has never been here.
    pub async fn on_another_device(self) -> Result<Self> {
        Ok(Self { browser: Browser::start(Screen::Desktop).await?, ..self })
    }

    /// Tells Dodo and the merchant's page where the backend is.
    fn introduce_backend(&self) {
        self.sandbox.set_webhook_url(Some(self.backend.webhook_address()));
        self.page.set_backend(&self.backend.origin());
        // One binary is a whole deployment: it serves the script tag's files too.
        self.page.set_widget_host(&self.backend.origin());
    }

    /// The shopper pays for a product, and the backend hears of it.
    pub async fn buy(&self, customer_id: &str, product_id: &str) -> Result<Purchase> {
        let order = NewPurchase {
            customer_id: customer_id.to_owned(),
            product_id: product_id.to_owned(),
            quantity: None,
            metadata: None,
            charge_type: None,
        };
        let payment = self
            .sandbox
            .with_core(|core, now| core.make_purchase(now, &order))
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let payment_id =
            payment.get("payment_id").and_then(serde_json::Value::as_str).context("a payment has an id")?;
        let purchase = Purchase { payment_id: payment_id.to_owned(), customer_id: customer_id.to_owned() };
        self.every_webhook_is_delivered().await?;
        Ok(purchase)
    }

    /// Opens the success page as Dodo's return does: with the payment in the query.
    pub async fn open_success_page(&self, purchase: &Purchase) -> Result<()> {
        let address = format!("{}?payment_id={}&status=succeeded", self.page.address(), purchase.payment_id);
        self.browser.open(&address).await
    }

    /// The usual beginning: a purchase, its success page, and the offer on it.
    pub async fn arrive(&self, customer_id: &str, product_id: &str) -> Result<Purchase> {
        let purchase = self.buy(customer_id, product_id).await?;
        self.open_success_page(&purchase).await?;
        self.wait_for_state("offer").await?;
        Ok(purchase)
    }

    /// Somebody new with the cards of a scenario of the sandbox: `paid`, not `cus_paid`. Answers the customer's id.
    pub fn new_customer(&self, scenario: &str) -> Result<String> {
        let customer = self.sandbox.with_core(|core, now| core.make_customer(now, scenario));
        let customer = customer.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let id = customer.get("customer_id").and_then(serde_json::Value::as_str);
        id.map(str::to_owned).context("a customer has an id")
    }

    /// The next charge that is asked for meets this fault at Dodo; quotes and questions do not.
    pub fn next_charge_meets(&self, fault: Fault) {
        self.next_call_meets("/checkouts", fault);
    }

    /// The next POST to exactly this path meets this fault at Dodo.
    pub fn next_call_meets(&self, path: &str, fault: Fault) {
        let rule = FaultRule {
            chance: None,
            id: String::new(),
            method: Some("POST".to_owned()),
            path: Some(path.to_owned()),
            path_prefix: None,
            customer_id: None,
            times: 1,
            fault,
        };
        self.sandbox.with_core(|core, _| core.faults.rules.push(rule));
    }
}
