//! The sandbox as shoppers and the referee use it: purchases, pages, faults, and the ledger.

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};

/// What goes wrong, by its share of all faults in tenths of a percent point when 2 of 100 calls do.
fn faults() -> [(u16, Value); 9] {
    [
        (4, json!({"kind": "status", "status": 500})),
        (3, json!({"kind": "status", "status": 503})),
        (3, json!({"kind": "status", "status": 429, "retry_after": 1})),
        (3, json!({"kind": "status", "status": 500, "commit": true})),
        (2, json!({"kind": "drop"})),
        (2, json!({"kind": "drop", "commit": true})),
        (1, json!({"kind": "slow", "ms": 1_500})),
        (1, json!({"kind": "slow", "ms": 10_000})),
        (1, json!({"kind": "malformed"})),
    ]
}

/// The sandbox at the other end.
pub(crate) struct Dodo {
    http: Client,
    url: String,
}

impl Dodo {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, url: url.to_owned() })
    }

    /// From now on so many of 100 API calls go wrong, and events come twice and out of order.
    pub(crate) async fn misbehave(&self, percent: u16) -> Result<()> {
        self.control("webhooks", json!({"duplicate": true, "shuffle": true})).await?;
        for (share, fault) in faults() {
            let chance = (share * percent).div_ceil(2);
            if chance > 0 {
                self.control("faults", json!({"chance": chance, "fault": fault})).await?;
            }
        }
        Ok(())
    }

    /// No more faults.
    pub(crate) async fn behave(&self) -> Result<()> {
        let answer = self.http.delete(format!("{}/_sandbox/faults", self.url)).send().await?;
        answer.error_for_status().map(drop).context("the sandbox keeps its faults")
    }

    /// A fresh customer of a scenario buys something; answers the payment's id.
    pub(crate) async fn purchase(&self, scenario: &str, product: &str) -> Result<String> {
        let customer = self.control("customers", json!({"scenario": scenario})).await?;
        let bought = json!({"customer_id": customer.get("customer_id"), "product_id": product});
        let payment = self.control("purchases", bought).await?;
        let id = payment.get("payment_id").and_then(Value::as_str);
        Ok(id.context("a purchase without an id")?.to_owned())
    }

    /// Answers the bank's question.
    pub(crate) async fn tell_bank(&self, page: &str, approves: bool) -> Result<()> {
        let decision = if approves { "approve" } else { "refuse" };
        let answer = self.http.post(page).form(&[("decision", decision)]).send().await?;
        ensure!(answer.status().is_redirection(), "the bank's page answered {}", answer.status());
        Ok(())
    }

    /// Pays a hosted checkout with this card, for the total that it shows. A page that takes no money now is left.
    pub(crate) async fn pay(&self, page: &str, number: &str) -> Result<()> {
        let text = self.http.get(page).send().await?.error_for_status()?.text().await?;
        let total =
            text.split("name=\"shown_total\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let Some(total) = total else { return Ok(()) };
        let fields = [
            ("action", "pay"),
            ("means", "card"),
            ("email", "buyer@example.com"),
            ("name", "Paying customer"),
            ("country", selected(&text).unwrap_or("US")),
            ("number", number),
            ("expiry", "06/32"),
            ("cvc", "123"),
            ("shown_total", total),
        ];
        let answer = self.http.post(page).form(&fields).send().await?;
        let status = answer.status().as_u16();
        ensure!([200, 303, 422].contains(&status), "the checkout answered {status}");
        Ok(())
    }

    /// Every payment, whole.
    pub(crate) async fn ledger(&self) -> Result<Vec<Value>> {
        let answer = self.http.get(format!("{}/_sandbox/payments", self.url)).send().await?;
        let mut list: Value = answer.error_for_status()?.json().await?;
        match list.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => Ok(items),
            _ => anyhow::bail!("the sandbox's payments are no list"),
        }
    }

    async fn control(&self, path: &str, body: Value) -> Result<Value> {
        let answer = self.http.post(format!("{}/_sandbox/{path}", self.url)).json(&body).send().await?;
        let answer = answer.error_for_status().with_context(|| format!("the sandbox's {path}"))?;
        Ok(answer.json().await?)
    }
}

/// The country that a checkout page has chosen.
fn selected(page: &str) -> Option<&str> {
    let countries = page.split("name=\"country\"").nth(1)?.split("</select>").next()?;
    let before = countries.split(" selected").next().filter(|before| before.len() < countries.len())?;
    before.rsplit("value=\"").next()?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_those_of_two_percent() {
        assert_eq!(faults().iter().map(|(share, _)| share).sum::<u16>(), 20);
    }

    #[test]
    fn the_chosen_country_is_found() {
        let page = r#"<select name="country"><option value="FR">x</option><option value="DE" selected>y</option></select>"#;
        assert_eq!(selected(page), Some("DE"));
        assert_eq!(selected("<select name=\"country\"></select>"), None);
    }
}
