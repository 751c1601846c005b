//! What Dodo says when it is asked for a price once more, with the very body that the backend sent.

use aftercart::contract::{AmountMinor, Offer, Quote};
use anyhow::{Context, Result, ensure};
use dodo_sandbox::{DEFAULT_API_KEY, Sandbox};
use serde_json::{Value, json};

/// A POST that Dodo received.
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: Value,
}

/// Every POST that Dodo received, oldest first.
pub(crate) fn calls(sandbox: &Sandbox) -> Vec<Call> {
    sandbox.with_core(|core, _| {
        let posts = core.journal.entries().filter(|entry| entry.method == "POST");
        posts
            .map(|entry| {
                let text = entry.body.as_str().and_then(|text| serde_json::from_str(text).ok());
                Call { path: entry.path.clone(), body: text.unwrap_or_else(|| entry.body.clone()) }
            })
            .collect()
    })
}

/// A price of Dodo's, minor units.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    currency: String,
    total: i64,
    tax: i64,
    /// Granted, or spent when negative.
    credits: i64,
    /// What a plan costs later.
    recurring: Option<i64>,
    /// The subscription of a plan change.
    pub(crate) subscription: Option<String>,
    /// The change waits for its day, and so does the total.
    pub(crate) is_scheduled: bool,
}

impl Preview {
    /// Sends the newest preview of so many of this product to Dodo again.
    pub(crate) async fn again(sandbox: &Sandbox, product: &str, quantity: u32) -> Result<Self> {
        let is_it = |call: &&Call| {
            let line = call.body.pointer("/product_cart/0").unwrap_or(&call.body);
            let is_for = |field: &str, value: &Value| line.get(field) == Some(value);
            call.path.ends_with("/preview")
                && is_for("product_id", &json!(product))
                && (call.path.contains("change-plan") || is_for("quantity", &json!(quantity)))
        };
        let calls = calls(sandbox);
        let call = calls.iter().rev().find(is_it).with_context(|| format!("no preview of {product}"))?;
        let request = reqwest::Client::new().post(format!("{}{}", sandbox.url(), call.path));
        let answer = request.bearer_auth(DEFAULT_API_KEY).json(&call.body).send().await?;
        Self::read(call, &answer.error_for_status()?.json().await?)
    }

    fn read(call: &Call, answer: &Value) -> Result<Self> {
        let subscription = call.path.strip_prefix("/subscriptions/").and_then(|rest| rest.split('/').next());
        let at = |pointer: &str| answer.pointer(pointer).and_then(Value::as_i64);
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let [total, tax, currency] = match subscription {
            Some(_) => {
                ["total_amount", "tax", "currency"].map(|name| format!("/immediate_charge/summary/{name}"))
            }
            None => ["/total_price", "/total_tax", "/currency"].map(str::to_owned),
        };
        Ok(Self {
            currency: text(&currency).context("a preview names its currency")?,
            total: at(&total).context("a preview has a total")?,
            tax: at(&tax).unwrap_or(0),
            credits: at("/immediate_charge/summary/customer_credits").unwrap_or(0),
            recurring: at("/recurring_breakup/total_amount"),
            subscription: subscription.map(str::to_owned),
            is_scheduled: call.body.get("effective_at") == Some(&json!("next_billing_date")),
        })
    }

    /// Dodo names what was quoted.
    pub(crate) fn agrees_with(&self, offer: &Offer, quote: &Quote) -> Result<()> {
        ensure!(self.currency == quote.currency.code(), "previewed in {}", self.currency);
        if self.is_scheduled {
            return Ok(());
        }
        ensure!(
            self.total == quote.due_now.get(),
            "{} previewed, {} quoted",
            self.total,
            quote.due_now.get()
        );
        ensure!(
            self.tax == quote.tax.map_or(0, AmountMinor::get),
            "{} of tax previewed: {quote:?}",
            self.tax
        );
        let credit = quote.credit_granted.get() - quote.credit_used.get();
        ensure!(self.credits == credit, "{} of credit previewed, {credit} quoted", self.credits);
        if let (Some(_), Some(later), Some(renewal)) = (offer.trial, self.recurring, &quote.renewal) {
            ensure!(later == renewal.amount.get(), "{later} previewed for later, {}", renewal.amount.get());
        }
        Ok(())
    }
}
