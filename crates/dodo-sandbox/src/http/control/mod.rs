//! `/_sandbox`: the JSON calls with which tests and previews steer the sandbox. No key is needed.

mod body;
mod customers;
mod faults;
mod records;
mod time;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::sandbox::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/info", get(time::info))
        .route("/clock", post(time::advance))
        .route("/reset", post(time::reset))
        .route("/purchases", post(customers::purchase))
        .route("/customers", get(customers::list).post(customers::create))
        .route("/customers/{id}/methods", post(customers::add_method))
        .route("/subscriptions/{id}/payments", post(customers::pay_subscription))
        .route("/products/{id}/price", post(customers::set_price))
        .route("/payments", get(records::payments))
        .route("/requests", get(records::requests))
        .route("/charges", get(records::charges))
        .route("/deliveries", get(records::deliveries))
        .route("/deliveries/{id}/redeliver", post(webhooks::redeliver))
        .route("/webhooks", get(webhooks::show).post(webhooks::change))
        .route("/faults", get(faults::list).post(faults::set).delete(faults::clear))
        .route("/faults/{id}", delete(faults::clear_one))
        .route("/images/{file}", get(super::images::serve))
}
