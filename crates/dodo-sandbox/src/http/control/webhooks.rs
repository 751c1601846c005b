//! How events are sent: where to, when, how often, in which order.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::body::{Answered, parse};
use crate::core::{ApiError, Core};
use crate::sandbox::{Shared, check_webhook_url};

#[derive(Deserialize)]
struct Change {
    paused: Option<bool>,
    #[serde(default)]
    url: UrlChange,
    duplicate: Option<bool>,
    shuffle: Option<bool>,
    /// Sandbox milliseconds.
    delay_ms: Option<u64>,
}

/// What becomes of the address: absent keeps it, null takes it away.
#[derive(Default)]
enum UrlChange {
    #[default]
    Keep,
    Set(Option<String>),
}

impl<'de> Deserialize<'de> for UrlChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<String>::deserialize(deserializer).map(Self::Set)
    }
}

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Answered {
    shared.with_core(|core, _| described(core)).into()
}

pub(super) async fn change(State(shared): State<Arc<Shared>>, body: Bytes) -> Answered {
    let changed = parse::<Change>(&body).and_then(|change| {
        if let UrlChange::Set(Some(url)) = &change.url {
            check_webhook_url(url)
                .map_err(|error| ApiError::new(422, "INVALID_REQUEST_PARAMETERS", error.to_string()))?;
        }
        Ok(shared.with_core(|core, _| {
            let outbox = &mut core.outbox;
            outbox.is_paused = change.paused.unwrap_or(outbox.is_paused);
            outbox.duplicates = change.duplicate.unwrap_or(outbox.duplicates);
            outbox.shuffles = change.shuffle.unwrap_or(outbox.shuffles);
            outbox.delay = change.delay_ms.map_or(outbox.delay, Duration::from_millis);
            if let UrlChange::Set(url) = change.url {
                outbox.endpoint = url;
            }
            described(core)
        }))
    });
    changed.into()
}

pub(super) async fn redeliver(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Answered {
    let done = shared.with_core(|core, now| core.redeliver(now, &id));
    done.map(|()| json!({ "redelivered": id })).into()
}

fn described(core: &Core) -> Value {
    let outbox = &core.outbox;
    json!({
        "url": outbox.endpoint,
        "paused": outbox.is_paused,
        "duplicate": outbox.duplicates,
        "shuffle": outbox.shuffles,
        "delay_ms": u64::try_from(outbox.delay.as_millis()).unwrap_or(u64::MAX),
    })
}
