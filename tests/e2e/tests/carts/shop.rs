//! A sandbox that sells what the carts are about, and a backend that offers it.

use crate::cart::{Cart, Kind, Move, Tax};
use aftercart_e2e::{Backend, Promise};
use anyhow::{Context, Result};
use dodo_sandbox::core::control::Purchase;
use dodo_sandbox::core::{Core, Moment, Product};
use dodo_sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};

/// The page's origin, which the backend allows.
pub(crate) const PAGE: &str = "http://127.0.0.1:8080";
/// Far enough into a cycle that its parts are no round numbers.
const DAYS: i64 = 7;

pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) backend: Backend,
    /// The customer of each cart.
    customers: Vec<String>,
    _offers: tempfile::TempDir,
}

impl Shop {
    /// Opens it: every product is there, and who changes a plan has had it for a week.
    pub(crate) async fn open(carts: &[Cart]) -> Result<Self> {
        let sandbox = Sandbox::start(SandboxConfig { seed: Some(1), ..SandboxConfig::default() }).await?;
        let customers = sandbox.with_core(|core, now| {
            carts.iter().map(|cart| settle_in(core, now, cart)).collect::<Result<Vec<_>>>()
        })?;
        let offers = tempfile::tempdir()?;
        let file = offers.path().join("offers.toml");
        let entries: String = carts.iter().map(Cart::offer).collect();
        std::fs::write(&file, format!("default_locale = \"en\"\n{entries}"))?;
        let backend = Backend::start_with(&sandbox.url(), PAGE, &format!("{PAGE}/"), |config| {
            config.offers = file;
            config.limits.requests_per_minute_per_address = 0;
        })
        .await?;
        let shop = Self { sandbox, backend, customers, _offers: offers };
        let week = json!({ "advance_seconds": DAYS * 24 * 3600 });
        let clock = format!("{}/_sandbox/clock", shop.sandbox.url());
        reqwest::Client::new().post(clock).json(&week).send().await?.error_for_status()?;
        shop.backend.advance(DAYS * 24 * 3600);
        shop.sandbox.set_webhook_url(Some(shop.backend.webhook_address()));
        Ok(shop)
    }

    /// The cart's customer buys what opens its offer; answers the payment's id.
    pub(crate) fn buy(&self, cart: &Cart) -> Result<String> {
        let customer = self.customers.get(cart.number).context("every cart has a customer")?;
        self.sandbox.with_core(|core, now| purchase(core, now, customer, &cart.opener()))
    }

    /// Moves what the cart says, and sees that this is no longer what was promised.
    pub(crate) fn moves(&self, cart: &Cart, what: Move) {
        self.sandbox.with_core(|core, _| {
            let products = core.ledger.products.iter_mut();
            for product in products.filter(|product| product.id == cart.product()) {
                match what {
                    Move::Price => product.price += 37,
                    Move::Tax => product.tax_inclusive = !product.tax_inclusive,
                }
            }
        });
    }

    /// The accept that was promised charged nothing.
    pub(crate) fn charged_nothing(&self, promise: &Promise) -> Result<()> {
        promise.came_to_nothing(&self.sandbox)
    }
}

/// Puts a cart's products on the shelf and its customer into the books.
fn settle_in(core: &mut Core, now: Moment, cart: &Cart) -> Result<String> {
    let is_plan = !matches!(cart.kind, Kind::Once | Kind::Several);
    let product = |id: String, price: i64, is_recurring: bool| Product {
        name: id.clone(),
        id,
        description: String::new(),
        price,
        currency: cart.currency.to_owned(),
        tax_inclusive: cart.tax == Tax::Inclusive,
        is_recurring,
        image_path: None,
        created_at: now.at,
        updated_at: now.at,
    };
    core.ledger.products.extend([
        product(cart.product(), cart.price, is_plan),
        product(cart.opener(), 1000, false),
        product(cart.plan_before(), cart.price_before, true),
    ]);
    let customer = core.make_customer(now, "paid").map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let id = customer.get("customer_id").and_then(Value::as_str).context("a customer has an id")?.to_owned();
    for customer in core.ledger.customers.iter_mut().filter(|customer| customer.id == id) {
        cart.country.clone_into(&mut customer.billing.country);
    }
    if cart.changes_plan() {
        purchase(core, now, &id, &cart.plan_before())?;
    }
    Ok(id)
}

fn purchase(core: &mut Core, now: Moment, customer: &str, product: &str) -> Result<String> {
    let order = Purchase {
        customer_id: customer.to_owned(),
        product_id: product.to_owned(),
        quantity: None,
        metadata: None,
        charge_type: None,
    };
    let payment = core.make_purchase(now, &order).map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    let id = payment.get("payment_id").and_then(Value::as_str).context("a payment has an id")?;
    Ok(id.to_owned())
}
