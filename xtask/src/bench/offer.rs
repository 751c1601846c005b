//! The harness's offer, painted as our server paints one.

use std::fs;

use aftercart::config::Config;
use aftercart::i18n::{LocaleFormat, Plural, Words};
use aftercart::paint::{Canvas, paint};
use aftercart_contract::{IdempotencyKey, Money, OfferAnswer, Subject};
use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use std::rc::Rc;

use crate::project::root;

/// What the harness's server puts a customer and a new key in the place of.
const PLACES: [(&str, &str); 2] = [("cus_in_its_place", "{{customer}}"), ("key-in-its-place", "{{key}}")];

/// The fragment in this language, with the harness's places in it.
pub(super) fn fragment(language: &str) -> Result<String> {
    let copy = words(language)?;
    let answer = OfferAnswer::from_json(&document(language, &copy).to_string())?;
    let texts = serde_json::from_value(copy)?;
    let words = if language == "en" { Words::default() } else { Words::of(&texts, Some(language)) };
    let subject = Subject::parse(PLACES[0].0).map_err(|error| anyhow!(error))?;
    let config = Config { locale: Some(language.to_owned()), ..Config::new(subject) };
    let key = IdempotencyKey::new(PLACES[1].0).map_err(|error| anyhow!(error))?;
    let painted =
        paint(answer, &Canvas { config: &config, key: &key, nonce: None }, &Written(Rc::new(words)));
    let painted = painted.context("the offer is not painted")?;
    // The harness's checkout is an address within its page.
    let painted = painted.replacen("<aftercart-offer", "<aftercart-offer checkout-url=\"/checkout\"", 1);
    Ok(PLACES.iter().fold(painted, |text, (ours, theirs)| text.replace(ours, theirs)))
}

/// English is in the widget; other words come with an offer.
fn words(language: &str) -> Result<Value> {
    if language == "en" {
        return Ok(json!({}));
    }
    Ok(serde_json::from_str(&fs::read_to_string(root().join(format!("locales/{language}.json")))?)?)
}

/// The offer of the harness's server, as ours would send it.
fn document(language: &str, copy: &Value) -> Value {
    let money = |amount: &str| match language {
        "fr" => format!("{amount},00\u{a0}$US"),
        _ => format!("${amount}.00"),
    };
    let (price, difference) = (money("49"), money("30"));
    let month = json!({ "count": 1, "unit": "month" });
    let (current, renews_on) = match language {
        "fr" => (money("19"), "16 février 2100"),
        _ => (money("19"), "February 16, 2100"),
    };
    json!({
        "contract": 1,
        "eligible": true,
        "offer_id": "pro",
        "token": "a1.bench.eyJmb3IiOiJvZmZlciIsIm9mZiI6InBybyIsImFtdCI6MzAwMH0.c2lnbmF0dXJlIG9mIDMyIGJ5dGVzIGluIGFsbA",
        "kind": "upgrade",
        "mode": "confirm",
        "product": {
            "id": "prod_pro_plan",
            "name": "Pro plan",
            "description": "Everything in Basic, plus the tools that growing teams ask for.",
            "image_url": null,
            "price": 4900,
            "currency": "USD",
            "interval": month,
            "features": ["Unlimited projects", "Ten team seats", "Priority support", "Advanced analytics"],
        },
        "current": { "id": "prod_basic", "name": "Basic plan", "price": 1900, "interval": month, "features": [] },
        "price_difference": 3000,
        "quote": {
            "subtotal": 3000, "discount": 0, "tax": null, "total": 3000, "currency": "USD",
            "credit_used": 0, "credit_granted": 0, "due_now": 3000,
            "renewal": { "amount": 4900, "interval": month, "starts_at": "2100-02-16T10:00:00Z" },
            "effective_at": null,
            "proration_billing_mode": "difference_immediately",
            "quoted_at": "2100-01-16T10:00:00Z",
            "expires_at": "2100-01-16T10:10:00Z",
            "display": {
                "price": price, "price_difference": difference, "subtotal": difference, "total": difference,
                "due_now": difference, "renewal": price, "renews_on": renews_on, "current_price": current,
            },
        },
        "quantity": null,
        "payment_methods": [
            { "ref": "pm_1", "kind": "card", "brand": "Visa", "last4": "4242", "expires": null, "default": true },
        ],
        "social_proof": { "text": "Most popular upgrade: 7 in 10 teams choose it", "source": "Orders of last year" },
        "checkout_url": null,
        "locale": language,
        "copy": copy,
    })
}

/// Every amount of the offer comes written; a day is left as it is.
struct Written(Rc<Words>);

impl LocaleFormat for Written {
    fn money(&self, money: Money) -> String {
        money.to_decimal()
    }

    fn date(&self, rfc3339: &str) -> String {
        rfc3339.get(..10).unwrap_or(rfc3339).to_owned()
    }

    fn plural(&self, count: u16) -> Plural {
        if count == 1 { Plural::One } else { Plural::Other }
    }

    fn words(&self) -> Rc<Words> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fragment_says_what_the_harness_looks_for_and_has_its_places() {
        for (language, amount) in [("en", "$30.00"), ("fr", "30,00\u{a0}$US")] {
            let html = fragment(language).unwrap();
            for wanted in [amount, "Visa", "4242", "{{customer}}/accept", "value=\"{{key}}\""] {
                assert!(html.contains(wanted), "{wanted} is not in {html}");
            }
        }
    }
}
