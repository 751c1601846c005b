//! Webhook deliveries: what is owed to the merchant's endpoint, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::ids::Ids;
use super::moment::Moment;
use super::records::{Record, Records};
use super::state::{BUSINESS_ID, Core};

/// Dodo's waits before the first and each further attempt, in seconds of sandbox time.
pub const RETRY_SCHEDULE_SECONDS: [u64; 8] =
    [0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];

/// First attempts are spread over this many sandbox milliseconds when deliveries are shuffled.
const SHUFFLE_WINDOW_MS: u64 = 1_000;

/// All deliveries and the manner in which new ones are sent.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Where to; none means that events are recorded and not sent.
    pub endpoint: Option<String>,
    /// While true nothing is sent; what is owed goes out on resuming.
    pub is_paused: bool,
    /// Send every event twice under the same webhook id.
    pub duplicates: bool,
    /// Send in an order other than that of the events.
    pub shuffles: bool,
    /// Sandbox time between an event and its first attempt.
    pub delay: Duration,
    /// Oldest first.
    pub deliveries: Records<Delivery>,
    /// The ids of those that wait, by their time and the order in which they came to wait; perhaps of some that do not
    /// any more.
    waiting: BTreeMap<(Duration, u64), String>,
    came_to_wait: u64,
}

/// One event on its way to the endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `dlv_…`, of this row only.
    pub id: String,
    /// `msg_…`: the same for every attempt and every duplicate of an event.
    pub webhook_id: String,
    /// For example `payment.succeeded`.
    pub event: &'static str,
    /// What the event is about.
    pub subject: Subject,
    /// When the event happened.
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// What has been tried.
    pub attempts: Vec<Attempt>,
}

/// The record an event is about; its document is made when the event is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `pay_…`
    Payment(String),
    /// `sub_…`, and the payment that renewed it.
    Subscription(String, Option<String>),
    /// `ref_…`
    Refund(String),
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent at this sandbox time.
    Waiting(Duration),
    /// Sent, not answered yet.
    InFlight,
    /// Answered with a 2xx.
    Delivered,
    /// Every attempt failed.
    GivenUp,
    /// There was no endpoint when the event happened.
    NoEndpoint,
}

/// One attempt and how it went.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// When the answer came.
    pub at: Timestamp,
    /// The status, when there was an answer.
    pub status_code: Option<u16>,
    /// Why there was none.
    pub error: Option<String>,
}

/// A delivery that should be sent now.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// To be named in [`Core::record_attempt`].
    pub delivery_id: String,
    /// The `webhook-id` header.
    pub webhook_id: String,
    /// Where to.
    pub url: String,
    /// Compact JSON, to be signed and sent as it is.
    pub body: String,
}

impl Outbox {
    fn accept(&mut self, ids: &mut Ids, now: Moment, event: &'static str, subject: &Subject) {
        let webhook_id = ids.next("msg");
        let copies = if self.duplicates { 2 } else { 1 };
        for _ in 0..copies {
            let shuffle = if self.shuffles {
                Duration::from_millis(ids.below(SHUFFLE_WINDOW_MS))
            } else {
                Duration::ZERO
            };
            let state = if self.endpoint.is_some() {
                DeliveryState::Waiting(now.elapsed + self.delay + shuffle)
            } else {
                DeliveryState::NoEndpoint
            };
            self.put(Delivery {
                id: ids.next("dlv"),
                webhook_id: webhook_id.clone(),
                event,
                subject: subject.clone(),
                created_at: now.stamp(),
                state,
                attempts: Vec::new(),
            });
        }
    }

    fn put(&mut self, delivery: Delivery) {
        self.note(&delivery.id, delivery.state);
        self.deliveries.push(delivery);
    }

    fn note(&mut self, id: &str, state: DeliveryState) {
        if let DeliveryState::Waiting(due) = state {
            self.waiting.insert((due, self.came_to_wait), id.to_owned());
            self.came_to_wait += 1;
        }
    }

    /// The earliest attempt that is owed; none while paused.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        if self.is_paused || self.endpoint.is_none() {
            return None;
        }
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Those whose time has come, in its order.
    fn due(&mut self, now: Duration) -> Vec<String> {
        let later = self.waiting.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut self.waiting, later);
        let waits = |id: &String| {
            let delivery = self.deliveries.get(id);
            delivery.is_some_and(|delivery| matches!(delivery.state, DeliveryState::Waiting(_)))
        };
        due.into_values().filter(waits).collect()
    }
}

impl Record for Delivery {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Core {
    /// Notes that something happened, to be told to the merchant.
    pub(crate) fn emit(&mut self, now: Moment, event: &'static str, subject: &Subject) {
        self.outbox.accept(&mut self.ids, now, event, subject);
    }

    /// Hands out what must be sent now, in order of its time. Each must come back through
    /// [`Core::record_attempt`].
    pub fn take_due(&mut self, now: Moment) -> Vec<Dispatch> {
        let Some(url) = self.outbox.endpoint.clone().filter(|_| !self.outbox.is_paused) else {
            return Vec::new();
        };
        self.outbox
            .due(now.elapsed)
            .iter()
            .filter_map(|id| {
                let body = envelope(self, self.outbox.deliveries.get(id)?).to_string();
                let delivery = self.outbox.deliveries.get_mut(id)?;
                delivery.state = DeliveryState::InFlight;
                Some(Dispatch {
                    delivery_id: delivery.id.clone(),
                    webhook_id: delivery.webhook_id.clone(),
                    url: url.clone(),
                    body,
                })
            })
            .collect()
    }

    /// Takes note of the answer to a dispatch and plans the next attempt when it was not a 2xx.
    pub fn record_attempt(&mut self, now: Moment, delivery_id: &str, answer: Result<u16, String>) {
        let Some(delivery) = self.outbox.deliveries.get_mut(delivery_id) else { return };
        let acknowledged = matches!(answer, Ok(200..=299));
        delivery.attempts.push(Attempt {
            at: now.stamp(),
            status_code: answer.as_ref().ok().copied(),
            error: answer.err(),
        });
        delivery.state = if acknowledged {
            DeliveryState::Delivered
        } else {
            RETRY_SCHEDULE_SECONDS.get(delivery.attempts.len()).map_or(DeliveryState::GivenUp, |wait| {
                DeliveryState::Waiting(now.elapsed + Duration::from_secs(*wait))
            })
        };
        let state = delivery.state;
        self.outbox.note(delivery_id, state);
    }

    /// Sends an event once more, under its own webhook id. Errors: 404 for an unknown delivery.
    pub fn redeliver(&mut self, now: Moment, delivery_id: &str) -> Result<(), super::error::ApiError> {
        let found = self.outbox.deliveries.get(delivery_id);
        let mut again = found.cloned().ok_or_else(super::error::ApiError::not_found)?;
        again.id = self.ids.next("dlv");
        again.attempts.clear();
        again.state = DeliveryState::Waiting(now.elapsed);
        self.outbox.put(again);
        Ok(())
    }
}

/// `{business_id, type, timestamp, data}` with `data` as the record is now.
fn envelope(core: &Core, delivery: &Delivery) -> Value {
    let (kind, mut data) = match &delivery.subject {
        Subject::Payment(id) => ("Payment", core.payment_document(id)),
        Subject::Subscription(id, payment_id) => {
            let mut data = core.subscription_document(id);
            if let Ok(Value::Object(data)) = &mut data {
                data.insert("past_due_ends_at".into(), Value::Null);
                data.insert("payment_id".into(), json!(payment_id));
            }
            ("Subscription", data)
        }
        Subject::Refund(id) => ("Refund", core.refund_document(id)),
    };
    if let Ok(Value::Object(data)) = &mut data {
        data.insert("payload_type".into(), json!(kind));
    }
    json!({
        "business_id": BUSINESS_ID,
        "type": delivery.event,
        "timestamp": delivery.created_at,
        "data": data.unwrap_or(Value::Null),
    })
}

impl Delivery {
    /// `GET /_sandbox/deliveries`.
    pub fn document(&self, elapsed: Duration) -> Value {
        let (status, next_attempt_in_seconds) = match self.state {
            DeliveryState::Waiting(due) => ("waiting", Some(due.saturating_sub(elapsed).as_secs())),
            DeliveryState::InFlight => ("in_flight", None),
            DeliveryState::Delivered => ("delivered", None),
            DeliveryState::GivenUp => ("given_up", None),
            DeliveryState::NoEndpoint => ("no_endpoint", None),
        };
        let subject_id = match &self.subject {
            Subject::Payment(id) | Subject::Subscription(id, _) | Subject::Refund(id) => id,
        };
        json!({
            "delivery_id": self.id,
            "webhook_id": self.webhook_id,
            "type": self.event,
            "subject_id": subject_id,
            "created_at": self.created_at,
            "status": status,
            "response_code": self.attempts.last().and_then(|attempt| attempt.status_code),
            "attempts": self.attempts,
            "next_attempt_in_seconds": next_attempt_in_seconds,
        })
    }
}
