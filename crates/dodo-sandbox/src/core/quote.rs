//! What a cart costs: the preview, and the amount a payment takes.

use serde_json::{Value, json};

use super::cart::CartLine;
use super::error::ApiError;
use super::ledger::Ledger;
use super::plan_change::Bill;
use super::product::Product;
use super::tax::{rate_percent, tax_on};

/// Dodo's amounts are 32-bit.
const LARGEST_TOTAL: i64 = 2_147_483_647;

/// A priced cart. `subtotal` is before tax, also for prices that contain it, so that
/// `subtotal + tax == total` always holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) currency: String,
    pub(crate) country: String,
    pub(crate) lines: Vec<QuotedLine>,
    pub(crate) subtotal: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    /// Free days of the plans in it; what is due now is then without them.
    pub(crate) trial_days: u32,
}

/// One line of a priced cart, amounts for the whole quantity unless said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QuotedLine {
    pub(crate) product_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) quantity: i64,
    pub(crate) unit_price: i64,
    pub(crate) tax: i64,
    pub(crate) tax_percent: i64,
    pub(crate) tax_inclusive: bool,
    pub(crate) tax_category: &'static str,
    pub(crate) is_recurring: bool,
    pub(crate) net: i64,
}

/// Prices `cart` for a buyer in `country` from the products as they are now.
///
/// Errors: 404 for an unknown product; 422 for mixed currencies, for a total below the currency's
/// minimum and for one that 32 bits cannot hold.
pub(crate) fn price_cart(ledger: &Ledger, cart: &[CartLine], country: &str) -> Result<Quote, ApiError> {
    let mut lines = Vec::with_capacity(cart.len());
    let mut currency: Option<String> = None;
    for line in cart {
        let product = ledger.product(&line.product_id)?;
        if currency.get_or_insert_with(|| product.currency.clone()) != &product.currency {
            return Err(ApiError::new(
                422,
                "UNSUPPORTED_CURRENCY",
                "All products of a cart must have the same currency",
            ));
        }
        lines.push(price_line(product, line.quantity, rate_percent(country))?);
    }
    let currency = currency.ok_or_else(super::cart::empty)?;
    let subtotal = lines.iter().map(|line| line.net).sum::<i64>();
    let tax = lines.iter().map(|line| line.tax).sum::<i64>();
    let total = within_range(subtotal + tax)?;
    if total < smallest_total(&currency) {
        return Err(ApiError::new(
            422,
            "TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT",
            "The total is below the smallest amount that can be charged in this currency",
        ));
    }
    Ok(Quote { currency, country: country.to_owned(), lines, subtotal, tax, total, trial_days: 0 })
}

fn price_line(product: &Product, quantity: i64, tax_percent: i64) -> Result<QuotedLine, ApiError> {
    let amount = within_range(product.price.checked_mul(quantity).unwrap_or(i64::MAX))?;
    let tax = tax_on(amount, tax_percent, product.tax_inclusive);
    let net = if product.tax_inclusive { amount - tax } else { amount };
    Ok(QuotedLine {
        product_id: product.id.clone(),
        name: product.name.clone(),
        description: product.description.clone(),
        quantity,
        unit_price: product.price,
        tax,
        tax_percent,
        tax_inclusive: product.tax_inclusive,
        tax_category: product.tax_category(),
        is_recurring: product.is_recurring,
        net,
    })
}

/// `amount`, unless Dodo's 32 bits cannot hold it. Errors: 422.
pub(crate) fn within_range(amount: i64) -> Result<i64, ApiError> {
    if amount <= LARGEST_TOTAL {
        return Ok(amount);
    }
    Err(ApiError::parameters(format!("The total is above {LARGEST_TOTAL} minor units")))
}

/// The smallest amount that can be charged, in minor units. Currencies Dodo names no minimum for take 1.
pub(crate) fn smallest_total(currency: &str) -> i64 {
    match currency {
        "USD" | "EUR" | "AUD" | "CAD" | "CHF" | "SGD" | "BRL" | "JPY" | "KRW" => 50,
        "GBP" => 30,
        "PLN" => 200,
        "INR" => 500,
        "MXN" => 1000,
        _ => 1,
    }
}

impl Quote {
    /// The same cart when `bill` is what remains to be paid for it. The lines keep their list prices.
    pub(crate) fn billed(self, bill: Bill) -> Self {
        Self { subtotal: bill.total - bill.tax, tax: bill.tax, total: bill.total, ..self }
    }

    /// The same cart when its plans cost nothing for so many days. The lines keep their list prices.
    pub(crate) fn tried(self, trial_days: u32) -> Self {
        if trial_days == 0 || !self.lines.iter().any(|line| line.is_recurring) {
            return self;
        }
        let goods = || self.lines.iter().filter(|line| !line.is_recurring);
        let (subtotal, tax) = (goods().map(|line| line.net).sum(), goods().map(|line| line.tax).sum());
        Self { subtotal, tax, total: subtotal + tax, trial_days, ..self }
    }

    /// `POST /checkouts/preview`. `renews_at` is the first renewal when the cart has a plan.
    pub(crate) fn document(&self, renews_at: jiff::Timestamp) -> Value {
        let recurring: Vec<&QuotedLine> = self.lines.iter().filter(|line| line.is_recurring).collect();
        let recurring_breakup = (!recurring.is_empty()).then(|| {
            breakup(recurring.iter().map(|line| line.net).sum(), recurring.iter().map(|line| line.tax).sum())
        });
        json!({
            "billing_country": self.country,
            "currency": self.currency,
            "current_breakup": breakup(self.subtotal, self.tax),
            "recurring_breakup": recurring_breakup,
            "product_cart": self.lines.iter().map(|line| line.document(&self.currency)).collect::<Vec<_>>(),
            "total_price": self.total,
            "total_tax": self.tax,
            "is_byop": false,
            "payment_method_required": true,
            "next_billing_date": (!recurring.is_empty()).then_some(renews_at),
            "subscriptions": null,
            "trial_amount": null,
            "trial_period_days": (self.trial_days > 0).then_some(self.trial_days),
            "tax_id_business_name": null,
            "tax_id_err_msg": null,
            "tax_id_format_name": null,
        })
    }
}

fn breakup(subtotal: i64, tax: i64) -> Value {
    json!({ "subtotal": subtotal, "discount": 0, "tax": tax, "total_amount": subtotal + tax })
}

impl QuotedLine {
    fn document(&self, currency: &str) -> Value {
        json!({
            "product_id": self.product_id,
            "quantity": self.quantity,
            "name": self.name,
            "description": self.description,
            "is_subscription": self.is_recurring,
            "is_usage_based": false,
            "og_price": self.unit_price,
            "og_currency": currency,
            "currency": currency,
            "discounted_price": self.unit_price,
            "discount_amount": null,
            "discount_cycle": null,
            "tax": self.tax,
            "tax_rate": self.tax_percent,
            "tax_inclusive": self.tax_inclusive,
            "tax_category": self.tax_category,
            "addons": null,
            "meters": [],
            "credit_entitlements": [],
            "monthly_equivalent": null,
        })
    }
}
