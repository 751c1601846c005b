//! What the merchant's own application does: tells what happened in it, and shows offers on a signed-in customer's page.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::backend::MERCHANT_KEY;
use crate::journey::Journey;

impl Journey {
    /// The application tells the backend of something that may open an offer: `{customer_id, trigger, …}`.
    pub async fn tell(&self, trigger: &Value) -> Result<()> {
        self.as_merchant("/api/triggers", trigger).await.map(drop)
    }

    /// Opens the page as the application shows it to a customer who is signed in: no purchase in its address, but the
    /// customer's id with a token.
    pub async fn open_page_of(&self, customer_id: &str) -> Result<()> {
        let minted = self.as_merchant("/api/tokens", &json!({ "customer_id": customer_id })).await?;
        let token = minted.get("token").and_then(Value::as_str).context("no token was minted")?;
        self.page.set_attributes(&format!("subject=\"{customer_id}\" token=\"{token}\""));
        self.browser.open(&self.page.address()).await
    }

    /// One call with the merchant's key.
    async fn as_merchant(&self, path: &str, body: &Value) -> Result<Value> {
        let request = reqwest::Client::new().post(format!("{}{path}", self.backend.origin())).json(body);
        let answer = request.bearer_auth(MERCHANT_KEY).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }
}
