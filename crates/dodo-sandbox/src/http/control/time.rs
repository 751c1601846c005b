//! What this sandbox is, its clock, and a fresh start.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Answered, parse};
use crate::core::{ApiError, Core};
use crate::sandbox::Shared;

/// The clock goes forward by a year at most in one call.
const FURTHEST_SECONDS: u64 = 366 * 24 * 3600;

#[derive(Deserialize)]
struct Advance {
    advance_seconds: u64,
}

pub(super) async fn info(State(shared): State<Arc<Shared>>) -> Answered {
    described(&shared).into()
}

pub(super) async fn advance(State(shared): State<Arc<Shared>>, body: Bytes) -> Answered {
    let moved = parse::<Advance>(&body).and_then(|advance| {
        if advance.advance_seconds > FURTHEST_SECONDS {
            return Err(ApiError::new(
                422,
                "INVALID_REQUEST_PARAMETERS",
                "advance_seconds is more than a year",
            ));
        }
        shared.clock.advance(Duration::from_secs(advance.advance_seconds));
        // Whatever became due happens before the answer.
        shared.with_core(|_, _| ());
        Ok(described(&shared))
    });
    moved.into()
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Answered {
    shared.with_core(Core::reset);
    described(&shared).into()
}

fn described(shared: &Shared) -> Value {
    shared.with_core(|core, now| {
        json!({
            "url": shared.url,
            "panel_url": format!("{}/_sandbox", shared.url),
            "webhook_url": core.outbox.endpoint,
            "time_scale": shared.clock.scale(),
            "now": now.at,
        })
    })
}
