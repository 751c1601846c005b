//! Dodo's previews and plans as the sandbox holds them: asked again, read, renewed.

use anyhow::{Context, Result, ensure};
use dodo_sandbox::DEFAULT_API_KEY;
use dodo_sandbox::core::{Payment, Subscription};
use serde_json::{Value, json};

use crate::journey::Journey;

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

/// What Dodo says when a preview of the backend's is asked for once more, minor units.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    pub(crate) currency: String,
    pub(crate) total: i64,
    pub(crate) tax: i64,
    /// Granted, or spent when negative.
    pub(crate) credits: i64,
    /// What a plan costs later.
    pub(crate) recurring: Option<i64>,
    /// The subscription of a plan change.
    pub(crate) subscription: Option<String>,
    /// The change waits for its day, and so does the total.
    pub(crate) is_scheduled: bool,
}

/// A POST that Dodo received.
struct Call {
    path: String,
    body: Value,
}

impl Journey {
    /// Sends the newest preview of so many of this product to Dodo again, with the very body that the backend sent.
    pub(crate) async fn preview_again(&self, product: &str, quantity: u32) -> Result<Preview> {
        let is_it = |call: &&Call| {
            let line = call.body.pointer("/product_cart/0").unwrap_or(&call.body);
            let is_for = |field: &str, value: &Value| line.get(field) == Some(value);
            call.path.ends_with("/preview")
                && is_for("product_id", &json!(product))
                && (call.path.contains("change-plan") || is_for("quantity", &json!(quantity)))
        };
        let calls = self.calls();
        let call = calls.iter().rev().find(is_it).with_context(|| format!("no preview of {product}"))?;
        let request = reqwest::Client::new().post(format!("{}{}", self.sandbox.url(), call.path));
        let answer =
            request.bearer_auth(DEFAULT_API_KEY).json(&call.body).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let subscription = call.path.strip_prefix("/subscriptions/").and_then(|rest| rest.split('/').next());
        let at = |pointer: &str| answer.pointer(pointer).and_then(Value::as_i64);
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let [total, tax, currency] = match subscription {
            Some(_) => {
                ["total_amount", "tax", "currency"].map(|name| format!("/immediate_charge/summary/{name}"))
            }
            None => ["/total_price", "/total_tax", "/currency"].map(str::to_owned),
        };
        Ok(Preview {
            currency: text(&currency).context("a preview names its currency")?,
            total: at(&total).context("a preview has a total")?,
            tax: at(&tax).unwrap_or(0),
            credits: at("/immediate_charge/summary/customer_credits").unwrap_or(0),
            recurring: at("/recurring_breakup/total_amount"),
            subscription: subscription.map(str::to_owned),
            is_scheduled: call.body.get("effective_at") == Some(&json!("next_billing_date")),
        })
    }

    /// Every change-plan request refuses to switch an unpaid plan; what was sent last was previewed word for word and
    /// names the addons that were there.
    pub(crate) fn change_was_sent_as_previewed(&self, before: &Subscription) -> Result<()> {
        let (changes, previews): (Vec<Call>, Vec<Call>) = self
            .calls()
            .into_iter()
            .filter(|call| call.path.contains("/change-plan"))
            .partition(|call| call.path.ends_with("/change-plan"));
        for call in changes.iter().chain(&previews) {
            let keeps = call.body.get("on_payment_failure") == Some(&json!("prevent_change"));
            ensure!(keeps, "{} without prevent_change: {}", call.path, call.body);
        }
        let mut sent = changes.last().context("no change was sent")?.body.clone();
        sent.as_object_mut().and_then(|body| body.remove("metadata"));
        ensure!(previews.iter().any(|preview| preview.body == sent), "sent, and never previewed: {sent}");
        let addons = sent.get("addons").cloned().unwrap_or_default();
        ensure!(addons == serde_json::to_value(&before.addons)?, "the addons were not sent: {sent}");
        Ok(())
    }

    /// A subscription as it is now.
    pub fn subscription(&self, id: &str) -> Result<Subscription> {
        let ledger = self.sandbox.ledger();
        ledger.subscription(id).cloned().map_err(|error| anyhow::anyhow!("{id}: {error:?}"))
    }

    /// The newest subscription of a customer.
    pub fn newest_subscription_of(&self, customer_id: &str) -> Result<Subscription> {
        let subscriptions = self.sandbox.ledger().subscriptions;
        let newest = subscriptions.into_iter().rev().find(|plan| plan.customer_id == customer_id);
        newest.with_context(|| format!("{customer_id} has no subscription"))
    }

    /// Time goes by: at Dodo and in the backend alike.
    pub async fn days_go_by(&self, days: i64) -> Result<()> {
        let seconds = days * SECONDS_OF_A_DAY;
        self.control("clock", &json!({ "advance_seconds": seconds })).await?;
        self.backend.advance(seconds);
        Ok(())
    }

    /// The subscription's next billing date has come; answers the payment.
    pub async fn renew(&self, subscription_id: &str) -> Result<Payment> {
        let path = format!("subscriptions/{subscription_id}/payments");
        let payment = self.control(&path, &json!({ "charge_type": "renewal" })).await?;
        let id = payment.get("payment_id").and_then(Value::as_str).context("a renewal is a payment")?;
        let ledger = self.sandbox.ledger();
        ledger.payment(id).cloned().map_err(|error| anyhow::anyhow!("{id}: {error:?}"))
    }

    /// One call of the sandbox's own control API.
    async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let address = format!("{}/_sandbox/{path}", self.sandbox.url());
        let answer = reqwest::Client::new().post(address).json(body).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Every POST that Dodo received, oldest first.
    fn calls(&self) -> Vec<Call> {
        self.sandbox.with_core(|core, _| {
            let posts = core.journal.entries().filter(|entry| entry.method == "POST");
            posts
                .map(|entry| {
                    let text = entry.body.as_str().and_then(|text| serde_json::from_str(text).ok());
                    Call { path: entry.path.clone(), body: text.unwrap_or_else(|| entry.body.clone()) }
                })
                .collect()
        })
    }
}
