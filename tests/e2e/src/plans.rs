//! Time and plans: months go by, subscriptions renew.

use anyhow::{Context, Result};
use dodo_sandbox::core::{Payment, Subscription};
use serde_json::{Value, json};

use crate::journey::Journey;

const SECONDS_OF_A_DAY: i64 = 24 * 3600;

impl Journey {
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
}
