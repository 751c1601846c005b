//! The panel's buttons: plain forms that lead back to the panel.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use crate::core::control::Purchase;
use crate::core::{ApiError, Core, Fault, FaultRule};
use crate::sandbox::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/panel/purchase", post(purchase))
        .route("/panel/fault", post(set_fault))
        .route("/panel/faults/clear", post(clear_faults))
        .route("/panel/webhooks/{state}", post(pause))
        .route("/panel/redeliver/{id}", post(redeliver))
        .route("/panel/reset", post(reset))
}

/// The faults the panel offers: value, words, effect.
pub(super) const OFFERED_FAULTS: [(&str, &str); 7] = [
    ("drop_after", "charge, then cut the connection"),
    ("drop_before", "cut the connection before charging"),
    ("error_after", "charge, then answer 500"),
    ("error_before", "answer 500 without charging"),
    ("rate_limited", "answer 429"),
    ("slow", "answer after 5 seconds"),
    ("malformed", "answer broken JSON"),
];

#[derive(Deserialize)]
struct PurchaseForm {
    customer_id: String,
    product_id: String,
}

#[derive(Deserialize)]
struct FaultForm {
    path_prefix: String,
    customer_id: String,
    fault: String,
}

async fn purchase(State(shared): State<Arc<Shared>>, Form(form): Form<PurchaseForm>) -> Response {
    let purchase = Purchase {
        customer_id: form.customer_id,
        product_id: form.product_id,
        quantity: None,
        metadata: None,
        charge_type: None,
    };
    back(shared.with_core(|core, now| core.make_purchase(now, &purchase)).map(drop))
}

async fn set_fault(State(shared): State<Arc<Shared>>, Form(form): Form<FaultForm>) -> Response {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let rule = FaultRule {
        id: String::new(),
        method: None,
        path: None,
        path_prefix: given(form.path_prefix),
        customer_id: given(form.customer_id),
        times: 1,
        chance: None,
        fault: fault_of(&form.fault),
    };
    back(shared.with_core(|core, _| core.set_fault(rule)).map(drop))
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> Response {
    shared.with_core(|core, _| core.faults.rules.clear());
    back(Ok(()))
}

async fn pause(State(shared): State<Arc<Shared>>, Path(state): Path<String>) -> Response {
    shared.with_core(|core, _| core.outbox.is_paused = state == "pause");
    back(Ok(()))
}

async fn redeliver(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    back(shared.with_core(|core, now| core.redeliver(now, &id)))
}

async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    shared.with_core(Core::reset);
    back(Ok(()))
}

fn back(done: Result<(), ApiError>) -> Response {
    match done {
        Ok(()) => Redirect::to("/_sandbox").into_response(),
        Err(error) => {
            (axum::http::StatusCode::UNPROCESSABLE_ENTITY, format!("{}\n", error.message)).into_response()
        }
    }
}

fn fault_of(name: &str) -> Fault {
    let status = |status, commit| Fault::Status { status, code: None, retry_after: None, commit };
    match name {
        "drop_after" => Fault::Drop { commit: true },
        "drop_before" => Fault::Drop { commit: false },
        "error_after" => status(500, true),
        "rate_limited" => status(429, false),
        "slow" => Fault::Slow { ms: 5_000 },
        "malformed" => Fault::Malformed,
        _ => status(500, false),
    }
}
