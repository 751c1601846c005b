//! What the widget tells about its own display: the body of `POST …/events`.

use crate::{OfferId, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// The most events that one batch holds.
const MAX_EVENTS: usize = 50;

/// Something that happened to an offer on the page. Money is never counted from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// Rendered.
    Shown,
    /// At least half of it was inside the window for a second.
    Seen,
    /// The shopper clicked accept.
    Accepted,
    /// The shopper clicked decline.
    Declined,
    /// The shopper was sent to a checkout or to the bank.
    Redirected,
    /// The failure message was shown.
    Failed,
}

/// One event with its time on the shopper's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedEvent {
    /// What.
    pub name: EventName,
    /// When, by the shopper's clock; the backend also notes its own.
    pub at: Timestamp,
}

/// A batch, sent with `navigator.sendBeacon`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBatch {
    /// All of one offer.
    pub offer_id: OfferId,
    /// In order; at most 50.
    #[serde(deserialize_with = "at_most_fifty")]
    pub events: Vec<ReportedEvent>,
}

fn at_most_fifty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ReportedEvent>, D::Error> {
    let events = Vec::deserialize(from)?;
    if events.len() > MAX_EVENTS {
        return Err(D::Error::custom(format!("at most {MAX_EVENTS} events at once")));
    }
    Ok(events)
}
