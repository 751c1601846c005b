//! Faults for calls to come.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::{Answered, parse};
use crate::core::{Core, FaultRule};
use crate::sandbox::Shared;

pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Answered {
    shared.with_core(|core, _| described(core)).into()
}

pub(super) async fn set(State(shared): State<Arc<Shared>>, body: Bytes) -> Answered {
    let id = parse::<FaultRule>(&body).and_then(|rule| shared.with_core(|core, _| core.set_fault(rule)));
    id.map(|id| json!({ "id": id })).into()
}

pub(super) async fn clear(State(shared): State<Arc<Shared>>) -> Answered {
    shared
        .with_core(|core, _| {
            core.faults.rules.clear();
            described(core)
        })
        .into()
}

pub(super) async fn clear_one(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Answered {
    shared
        .with_core(|core, _| {
            core.faults.rules.retain(|rule| rule.id != id);
            described(core)
        })
        .into()
}

fn described(core: &Core) -> Value {
    json!({ "items": core.faults.rules })
}
