//! What the widget tells about its own display: the body of `POST …/events`.

use crate::write::Object;
use crate::{OfferId, OfferToken, Timestamp};
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

impl EventName {
    fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Seen => "seen",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Redirected => "redirected",
            Self::Failed => "failed",
        }
    }
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
    /// The token of the subject, where the page has one: a beacon cannot carry it in a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<OfferToken>,
    /// In order; at most 50.
    #[serde(deserialize_with = "at_most_fifty")]
    pub events: Vec<ReportedEvent>,
}

impl EventBatch {
    /// The batch as it travels.
    pub fn to_json(&self) -> String {
        let event = |event: &ReportedEvent| {
            let mut object = Object::default();
            object.text("name", Some(event.name.word()));
            object.text("at", Some(event.at.as_str()));
            object.end()
        };
        let events: Vec<String> = self.events.iter().map(event).collect();
        let mut object = Object::default();
        object.text("offer_id", Some(self.offer_id.as_str()));
        object.text("token", self.token.as_ref().map(OfferToken::reveal));
        object.json("events", &["[", &events.join(","), "]"].concat());
        object.end()
    }
}

fn at_most_fifty<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ReportedEvent>, D::Error> {
    let events = Vec::deserialize(from)?;
    if events.len() > MAX_EVENTS {
        return Err(D::Error::custom(format!("at most {MAX_EVENTS} events at once")));
    }
    Ok(events)
}
