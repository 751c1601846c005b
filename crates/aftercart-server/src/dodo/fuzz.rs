//! Damaged answers of Dodo: refused, or read as they are, and never paid by mistake.

use super::DodoError;
use super::answer::document;
use super::charge::Initiated;
use super::client::{Items, OpenedCheckout};
use super::documents::{Breakup, Payment, Preview, Product};
use super::methods::{SavedMethod, Wanted, usable};
use super::subscription::{ChangePreview, Subscription};
use super::wire::Answer;
use crate::attempt::{Fact, PaymentStatus};
use aftercart_fuzz::{Corpus, deep_documents, fuzz, on_a_small_stack};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads an answer as it comes from the network.
fn answered<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, DodoError> {
    document(&Answer { status, body: body.to_vec() })
}

/// Gives what was read from a 200 answer to `check`, with the document itself.
fn documents<T: DeserializeOwned>(
    parser: &str,
    corpus: &Corpus,
    check: impl Fn(&T, &Value) -> Result<(), String>,
) {
    fuzz(parser, corpus, |input| {
        let Ok(read) = answered::<T>(200, input) else { return Ok(()) };
        // Serde skips unknown members unread; the whole may still be no JSON.
        let Ok(given) = serde_json::from_slice(input) else { return Ok(()) };
        check(&read, &given)
    });
}

/// The rules for a payment, whichever door it came through.
pub(crate) fn payment_is_given(payment: &Payment, given: &Value) -> Result<(), String> {
    let Fact::Payment { status, link, code, .. } = payment.fact(Timestamp::UNIX_EPOCH, |_| true) else {
        return Err("a payment is a payment".to_owned());
    };
    let is_paid = payment.has_succeeded() || status == PaymentStatus::Succeeded;
    if is_paid && given.get("status").and_then(Value::as_str) != Some("succeeded") {
        return Err("paid, and nobody said so".to_owned());
    }
    if let Some(total) = payment.total() {
        let is_kept = given.get("total_amount").and_then(Value::as_i64) == Some(total.amount_minor.get())
            && given.get("currency").and_then(Value::as_str) == Some(total.currency.code());
        if !is_kept {
            return Err(format!("another total: {total:?}"));
        }
    }
    if link.is_some_and(|link| Some(link.as_str()) != given.get("payment_link").and_then(Value::as_str)) {
        return Err("another link".to_owned());
    }
    if code.as_deref() != given.get("error_code").and_then(Value::as_str) {
        return Err(format!("another code: {code:?}"));
    }
    let lines = given.get("product_cart").and_then(Value::as_array).map_or(0, Vec::len);
    if payment.products().len() == lines { Ok(()) } else { Err("another cart".to_owned()) }
}

#[test]
fn dodo_payment() {
    documents(
        "dodo_payment",
        &Corpus::fixtures("dodo", &["payment_succeeded", "payment_failed"]),
        payment_is_given,
    );
}

#[test]
fn dodo_payment_list() {
    let corpus = Corpus::fixtures("dodo", &["payment_list"]);
    documents::<Items<Payment>>("dodo_payment_list", &corpus, |list, given| {
        let items = given.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.items.iter().zip(items).try_for_each(|(payment, given)| payment_is_given(payment, given))
    });
}

#[test]
fn dodo_subscription() {
    let corpus = Corpus::fixtures("dodo", &["subscription"]);
    documents::<Subscription>("dodo_subscription", &corpus, |read, given| {
        let is_active = given.get("status").and_then(Value::as_str) == Some("active");
        if read.is_active() && !is_active {
            return Err("active, and nobody said so".to_owned());
        }
        let addons = given.get("addons").and_then(Value::as_array).map_or(0, Vec::len);
        if read.addons.len() == addons { Ok(()) } else { Err("an addon got lost".to_owned()) }
    });
}

#[test]
fn dodo_plan_change_preview() {
    let corpus = Corpus::fixtures("dodo", &["plan_change_preview"]);
    documents::<ChangePreview>("dodo_plan_change_preview", &corpus, |read, given| {
        let total = given.pointer("/immediate_charge/summary/total_amount").and_then(Value::as_i64);
        let is_kept = total == Some(read.immediate_charge.summary.total_amount.get());
        if is_kept { Ok(()) } else { Err("another total".to_owned()) }
    });
}

#[test]
fn dodo_product() {
    documents::<Product>("dodo_product", &Corpus::fixtures("dodo", &["product_"]), |product, given| {
        let (price, given) = (product.price(), given.get("price").unwrap_or(&Value::Null));
        let named = ["price", "fixed_price"].map(|name| given.get(name)).into_iter().flatten().next();
        let is_kept = named.and_then(Value::as_i64) == Some(price.amount_minor.get())
            && given.get("currency").and_then(Value::as_str) == Some(price.currency.code());
        let is_named = !product.name().trim().is_empty();
        let _ = (product.interval(), product.image(), product.description.as_ref(), product.is_recurring);
        if is_kept && is_named { Ok(()) } else { Err(format!("{product:?}")) }
    });
}

#[test]
fn dodo_preview() {
    documents::<Preview>(
        "dodo_preview",
        &Corpus::fixtures("dodo", &["checkout_preview"]),
        |preview, given| {
            let is_kept = |name: &str, breakup: &Breakup| {
                let given = given.get(name).unwrap_or(&Value::Null);
                let amount = |field: &str| given.get(field).and_then(Value::as_i64);
                amount("total_amount") == Some(breakup.total_amount.get())
                    && amount("subtotal") == Some(breakup.subtotal.get())
                    && amount("discount").unwrap_or(0) == breakup.discount.get()
                    && amount("tax") == breakup.tax.map(aftercart_contract::AmountMinor::get)
            };
            let is_kept = is_kept("current_breakup", &preview.current_breakup)
                && preview
                    .recurring_breakup
                    .as_ref()
                    .is_none_or(|breakup| is_kept("recurring_breakup", breakup))
                && given.get("currency").and_then(Value::as_str) == Some(preview.currency.code());
            if is_kept { Ok(()) } else { Err(format!("{preview:?}")) }
        },
    );
}

#[test]
fn dodo_methods() {
    let corpus =
        Corpus::fixtures("dodo", &["payment_methods"]).words(&["\"+5\"", "\"-5\"", "\"0000\"", "\"99\""]);
    let corpus = corpus.and(&[
        r#"{"items":[{"payment_method_id":"pm_1","payment_method":"card","card":{"expiry_month":"6","expiry_year":"32","card_network":"visa","last4_digits":"4242"}}]}"#,
        r#"{"items":[{"payment_method_id":"pm_1","payment_method":"card","card":{"expiry_month":"1","expiry_year":"-226","card_network":"_","last4_digits":"42 2"}}]}"#,
        r#"{"items":[{"payment_method_id":"pm_1","payment_method":"card","card":{"expiry_month":"12","expiry_year":"9999","card_network":" "}}]}"#,
    ]);
    documents::<Items<SavedMethod>>("dodo_methods", &corpus, |list, _| {
        for method in &list.items {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            if method.last4().is_some_and(|last4| last4.len() != 4 || !digits(&last4)) {
                return Err(format!("last four: {:?}", method.last4()));
            }
            if method
                .expires()
                .is_some_and(|expires| expires.len() != 7 || !digits(&expires.replacen('-', "", 1)))
            {
                return Err(format!("expires: {:?}", method.expires()));
            }
            if method.brand().is_some_and(|brand| brand.trim().is_empty()) {
                return Err("a network without a name".to_owned());
            }
        }
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let currency = aftercart_contract::Currency::new("USD").unwrap();
        let wanted = Wanted { is_plan: false, currency, refused: &[], now };
        let usable = usable(list.items.clone(), wanted);
        if usable.len() <= list.items.len() { Ok(()) } else { Err("more than there are".to_owned()) }
    });
}

#[test]
fn dodo_checkout() {
    let corpus = Corpus::fixtures("dodo", &["checkout_hosted", "checkout_one_click", "checkout_status"]);
    fuzz("dodo_checkout", &corpus, |input| {
        let given: Value = serde_json::from_slice(input).unwrap_or_default();
        let is_given =
            |name: &str, id: Option<&str>| id.is_none() || given.get(name).and_then(Value::as_str) == id;
        if let Ok(read) = answered::<Initiated>(200, input)
            && given.is_object()
            && !(is_given("session_id", Some(read.session_id.as_str()))
                && is_given(
                    "payment_id",
                    read.payment_id.as_ref().map(aftercart_contract::PaymentId::as_str),
                ))
        {
            return Err(format!("{read:?}"));
        }
        match answered::<OpenedCheckout>(200, input) {
            Ok(read) if given.is_object() && !is_given("checkout_url", read.checkout_url.as_deref()) => {
                Err(format!("{read:?}"))
            }
            _ => Ok(()),
        }
    });
}

#[test]
fn dodo_error() {
    let corpus = Corpus::fixtures("dodo", &["error_"]).and(&["", "<html>", r#"{"code":null}"#]);
    fuzz("dodo_error", &corpus, |input| {
        for status in [301, 400, 402, 409, 429, 500, 503] {
            match answered::<Payment>(status, input) {
                Err(DodoError::Refused { status: told, code }) if told == status && code.len() <= 80 => {}
                other => return Err(format!("{status} became {other:?}")),
            }
        }
        Ok(())
    });
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    on_a_small_stack(|| {
        for body in deep_documents() {
            assert!(answered::<Payment>(200, body.as_bytes()).is_err());
            assert!(answered::<Items<SavedMethod>>(200, body.as_bytes()).is_err());
            assert!(answered::<Preview>(200, body.as_bytes()).is_err());
            assert!(matches!(answered::<Product>(500, body.as_bytes()), Err(DodoError::Refused { .. })));
        }
    });
}
