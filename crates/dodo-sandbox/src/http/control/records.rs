//! What happened: payments, API calls, charges per metadata value, deliveries.

use std::sync::Arc;

use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Answered;
use crate::core::ApiError;
use crate::sandbox::Shared;

#[derive(Deserialize)]
pub(super) struct OfCustomer {
    customer_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct OfKey {
    metadata_key: Option<String>,
}

/// Full payments, newest first.
pub(super) async fn payments(State(shared): State<Arc<Shared>>, Query(of): Query<OfCustomer>) -> Answered {
    let items: Result<Vec<Value>, ApiError> = shared.with_core(|core, _| {
        core.ledger
            .payments
            .iter()
            .rev()
            .filter(|payment| of.customer_id.as_ref().is_none_or(|id| *id == payment.customer_id))
            .map(|payment| core.payment_document(&payment.id))
            .collect()
    });
    items.map(|items| json!({ "items": items })).into()
}

/// API calls, oldest first.
pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Answered {
    shared.with_core(|core, _| json!({ "items": core.journal.entries().collect::<Vec<_>>() })).into()
}

pub(super) async fn charges(State(shared): State<Arc<Shared>>, Query(of): Query<OfKey>) -> Answered {
    let key = of.metadata_key.ok_or_else(|| {
        ApiError::new(
            422,
            "INVALID_QUERY_PARAMS",
            "metadata_key is missing: /_sandbox/charges?metadata_key=attempt",
        )
    });
    key.map(|key| shared.with_core(|core, _| core.count_charges(&key))).into()
}

/// Webhook deliveries, newest first.
pub(super) async fn deliveries(State(shared): State<Arc<Shared>>) -> Answered {
    let items: Vec<Value> = shared.with_core(|core, now| {
        core.outbox.deliveries.iter().rev().map(|delivery| delivery.document(now.elapsed)).collect()
    });
    json!({ "items": items }).into()
}
