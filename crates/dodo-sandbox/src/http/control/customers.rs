//! Customers, what they buy, what their cards do, and what things cost.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Answered, parse};
use crate::core::control::{NewMethod, Purchase, SubscriptionPayment};
use crate::core::{Customer, Metadata};
use crate::sandbox::Shared;

#[derive(Deserialize)]
struct NewCustomer {
    scenario: String,
}

#[derive(Deserialize)]
struct NewPrice {
    price: i64,
    tax_inclusive: Option<bool>,
}

pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Answered {
    let items: Vec<Value> = shared.with_core(|core, _| core.ledger.customers.iter().map(described).collect());
    json!({ "items": items }).into()
}

pub(super) async fn create(State(shared): State<Arc<Shared>>, body: Bytes) -> Answered {
    let made = parse::<NewCustomer>(&body)
        .and_then(|new| shared.with_core(|core, now| core.make_customer(now, &new.scenario)));
    made.into()
}

pub(super) async fn purchase(State(shared): State<Arc<Shared>>, body: Bytes) -> Answered {
    let made = parse::<Purchase>(&body)
        .and_then(|purchase| shared.with_core(|core, now| core.make_purchase(now, &purchase)));
    made.into()
}

pub(super) async fn add_method(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answered {
    let made = parse::<NewMethod>(&body)
        .and_then(|new| shared.with_core(|core, now| core.add_method(now, &id, new)));
    made.into()
}

pub(super) async fn pay_subscription(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answered {
    let made = parse::<SubscriptionPayment>(&body).and_then(|payment| {
        shared.with_core(|core, now| core.pay_subscription(now, &id, payment.charge_type, Metadata::new()))
    });
    made.into()
}

pub(super) async fn set_price(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answered {
    let made = parse::<NewPrice>(&body)
        .and_then(|new| shared.with_core(|core, now| core.set_price(now, &id, new.price, new.tax_inclusive)));
    made.into()
}

fn described(customer: &Customer) -> Value {
    let methods: Vec<Value> = customer
        .methods
        .iter()
        .map(|method| json!({ "payment_method_id": method.id, "label": method.card.label(), "behaviour": method.behaviour }))
        .collect();
    json!({
        "customer_id": customer.id,
        "email": customer.email,
        "name": customer.name,
        "country": customer.billing.country,
        "scenario": customer.scenario,
        "methods": methods,
    })
}
