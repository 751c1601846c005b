//! The products that offers.toml names, as Dodo knows them, and whether Dodo quotes a price for one.

use super::patient::Patient;
use super::probe::{Answer, ask};
use super::report::Check;
use crate::dodo::Product;
use aftercart_contract::{ProductId, WebUrl};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "dodo.product";
const QUOTE: &str = "dodo.quote";

/// What was found; the pictures that the page will be asked to show.
pub(super) struct Found {
    pub(super) checks: Vec<Check>,
    pub(super) images: Vec<WebUrl>,
}

/// One read a product, and one quote, which creates and charges nothing.
pub(super) async fn examine(patient: &Patient, has_key: bool) -> Found {
    let mut found = Found { checks: Vec::new(), images: Vec::new() };
    let named = named(patient);
    if !has_key || named.is_empty() {
        let why = if has_key { "offers.toml names none" } else { "not asked for, without a working key" };
        found.checks.push(Check::skip(NAME, why));
        return found;
    }
    let archived = archived(patient).await;
    let mut sold = None;
    for (id, is_offered) in named {
        let answer = read(patient, id).await;
        match judge(id, is_offered, &answer) {
            Ok(product) if archived.contains(id.as_str()) => {
                let seen = format!("{id}: {} is archived", product.name());
                found.checks.push(Check::warn(
                    NAME,
                    seen,
                    "take it out of offers.toml, or bring it back at Dodo",
                ));
            }
            Ok(product) if has_trial(patient, id) && !product.is_recurring => {
                let seen =
                    format!("{id}: {} is no plan, and offers.toml gives it `trial_days`", product.name());
                found.checks.push(Check::fail(NAME, seen, "leave `trial_days` out: the offer is not shown"));
            }
            Ok(product) => {
                let price = product.price();
                let seen =
                    format!("{id}: {}, {} {}", product.name(), price.to_decimal(), price.currency.code());
                found.checks.push(Check::ok(NAME, seen));
                if is_offered {
                    found.images.extend(product.image());
                    sold = sold.or(Some(id));
                }
            }
            Err(check) => found.checks.push(check),
        }
    }
    if let Some(id) = sold {
        found.checks.push(quote(patient, id).await);
    }
    found
}

/// Every product of the offers file; true for those that are offered, not only waited for.
fn named(patient: &Patient) -> BTreeMap<&ProductId, bool> {
    let mut named = BTreeMap::new();
    for rule in patient.book.rules() {
        for bought in &rule.when.purchased {
            named.entry(bought).or_insert(false);
        }
    }
    named.extend(patient.book.rules().iter().map(|rule| (&rule.product, true)));
    named
}

/// True when an offer of this product begins with free days.
fn has_trial(patient: &Patient, id: &ProductId) -> bool {
    patient.book.rules().iter().any(|rule| rule.product == *id && rule.trial_days.is_some())
}

async fn read(patient: &Patient, id: &ProductId) -> Result<Answer, String> {
    let request = patient.probe.request(Method::GET, &patient.dodo(&format!("/products/{id}")));
    ask(request.bearer_auth(patient.config.dodo.api_key.reveal())).await
}

fn judge(id: &ProductId, is_offered: bool, answer: &Result<Answer, String>) -> Result<Product, Check> {
    let seen = match answer {
        Ok(answer) if answer.status == 200 => {
            let read = serde_json::from_slice(&answer.body);
            return read.map_err(|_| {
                Check::fail(NAME, format!("{id}: its price cannot be read"), "give it a fixed price at Dodo")
            });
        }
        Ok(answer) if answer.status == 404 => format!("{id}: Dodo has no such product"),
        Ok(answer) => format!("{id}: Dodo answers {}", answer.status),
        Err(error) => format!("{id}: {error}"),
    };
    let advice = "correct the id in offers.toml; test and live have different products";
    // An offer that waits for a purchase nobody can make is idle; one that offers it is broken.
    Err(if is_offered { Check::fail(NAME, seen, advice) } else { Check::warn(NAME, seen, advice) })
}

/// The ids of archived products, as far as Dodo tells.
async fn archived(patient: &Patient) -> BTreeSet<String> {
    let request = patient.probe.request(Method::GET, &patient.dodo("/products"));
    let request = request.query(&[("archived", "true"), ("page_size", "100")]);
    let answer = ask(request.bearer_auth(patient.config.dodo.api_key.reveal())).await;
    let list: Value = answer
        .ok()
        .filter(|answer| answer.status == 200)
        .and_then(|answer| serde_json::from_slice(&answer.body).ok())
        .unwrap_or_default();
    let items = list.get("items").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get("product_id")?.as_str().map(str::to_owned)).collect()
}

async fn quote(patient: &Patient, id: &ProductId) -> Check {
    let body = json!({"product_cart": [{"product_id": id, "quantity": 1}]});
    let request = patient.probe.request(Method::POST, &patient.dodo("/checkouts/preview")).json(&body);
    match ask(request.bearer_auth(patient.config.dodo.api_key.reveal())).await {
        Ok(answer) if answer.status == 200 => Check::ok(QUOTE, format!("Dodo quotes a price for {id}")),
        Ok(answer) if matches!(answer.status, 401 | 403) => Check::fail(
            QUOTE,
            format!("Dodo refuses to quote with {}", answer.status),
            "a read-only key cannot quote or charge: make one with write access",
        ),
        Ok(answer) => Check::warn(
            QUOTE,
            format!("Dodo answers {} when asked for the price of {id}", answer.status),
            "look at the product at Dodo: without a quote nothing is offered",
        ),
        Err(error) => Check::fail(QUOTE, error, "try again: without a quote nothing is offered"),
    }
}
