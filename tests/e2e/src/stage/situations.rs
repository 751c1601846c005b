//! Everything that a shopper can come to see, and how they come there.

use serde_json::{Value, json};

use super::documents::{scaled, second_method};

/// One situation of the widget.
#[derive(Debug)]
pub struct Situation {
    /// Its name in addresses.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// The host's `data-state` in it.
    pub state: &'static str,
    /// A selector that matches in it and not on the way there.
    pub(super) shows: &'static str,
    /// What is pressed on the way there, as selectors.
    pub(super) steps: &'static [&'static str],
    /// What the backend answers to the first question.
    pub(super) answer: Reply,
    /// What it answers to an accept, and to every question for the status afterwards.
    pub(super) accept: Reply,
    /// Changes the answer to the first question.
    pub(super) change: fn(&mut Value),
}

/// One answer of the backend.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reply {
    /// A document of `fixtures/contract`.
    Document(&'static str),
    /// The same with a status that is not 200.
    Refusal(u16, &'static str),
    /// Nothing, ever.
    Silence,
}

use Reply::{Document, Refusal, Silence};

const ACCEPT: &str = "[part~=accept]";
const DECLINE: &str = "[part~=decline]";
const MORE: &str = "[part~=step]:last-of-type";
const FIRST_ACTION: &str = "[part~=action]:nth-of-type(1)";
const SECOND_ACTION: &str = "[part~=action]:nth-of-type(2)";
const CARD: &str = "[part~=card]";
const NOTICE: &str = "[part~=notice]";
const WARNING: &str = "[part~=warning]";

fn as_it_is(_: &mut Value) {}

/// A card on which nothing was pressed yet.
const fn offer(name: &'static str, title: &'static str, answer: &'static str) -> Situation {
    Situation {
        name,
        title,
        state: "offer",
        shows: CARD,
        steps: &[],
        answer: Document(answer),
        accept: Document("outcome.succeeded"),
        change: as_it_is,
    }
}

/// What follows on pressing accept on the plain offer.
const fn accepted(name: &'static str, title: &'static str, state: &'static str, accept: Reply) -> Situation {
    Situation { state, shows: NOTICE, steps: &[ACCEPT], accept, ..offer(name, title, "answer.offer") }
}

/// All of them, in the order of a visit.
pub static SITUATIONS: &[Situation] = &[
    Situation { state: "loading", shows: "slot", answer: Silence, ..offer("loading", "Loading", "") },
    offer("offer", "One-time purchase", "answer.offer"),
    offer("choice", "Choice of three, with a quantity", "answer.choice"),
    Situation { change: several, ..offer("quantity", "Quantity", "answer.offer") },
    Situation {
        steps: &[MORE],
        shows: "[part~=accept][aria-disabled]",
        change: several,
        ..offer("quoting", "Asking for a price", "answer.offer")
    },
    Situation { change: second_method, ..offer("methods", "Two saved cards", "answer.offer") },
    Situation {
        change: |offer| set(offer, "lowest_price_30_days", json!(5900)),
        ..offer("reduced", "A price that was higher", "answer.offer")
    },
    offer("trial", "Free trial, with consent", "answer.trial"),
    Situation { steps: &[ACCEPT], shows: WARNING, ..offer("consent", "Consent is missing", "answer.trial") },
    offer("upgrade", "Upgrade", "answer.upgrade"),
    offer("downgrade", "Downgrade, with credit", "answer.downgrade"),
    offer("scheduled", "Downgrade, on a later day", "answer.scheduled_downgrade"),
    offer("checkout", "No saved card: checkout", "answer.checkout_mode"),
    offer("after", "The next offer after a payment", "answer.after_accept"),
    Situation { shows: CARD, ..accepted("charging", "Charging", "charging", Silence) },
    accepted("processing", "Processing", "processing", Document("outcome.processing")),
    accepted(
        "action",
        "The bank wants a confirmation",
        "action-required",
        Document("outcome.action_required"),
    ),
    accepted("waiting", "Waiting: can be taken back", "waiting", Document("outcome.waiting")),
    Situation {
        steps: &[ACCEPT, SECOND_ACTION],
        shows: "[part~=notice].calm",
        ..accepted("held", "On hold", "waiting", Document("outcome.waiting"))
    },
    Situation {
        steps: &[ACCEPT, FIRST_ACTION],
        ..accepted("revoked", "Taken back", "revoked", Document("outcome.waiting"))
    },
    accepted("succeeded", "Paid", "succeeded", Document("outcome.succeeded")),
    Situation {
        answer: Document("answer.downgrade"),
        ..accepted("changed", "Plan changed", "succeeded", Document("outcome.changed"))
    },
    Situation {
        answer: Document("answer.scheduled_downgrade"),
        ..accepted("planned", "Plan changes later", "succeeded", Document("outcome.change_scheduled"))
    },
    Situation {
        answer: Document("answer.scheduled_downgrade"),
        steps: &[ACCEPT, FIRST_ACTION],
        ..accepted("called-off", "Planned change called off", "revoked", Document("outcome.change_scheduled"))
    },
    accepted("failed", "Not paid: checkout", "failed", Document("outcome.failed")),
    accepted("retry", "Not paid: another card", "failed", Document("outcome.failed_retry")),
    Situation {
        steps: &[ACCEPT, FIRST_ACTION],
        shows: WARNING,
        ..accepted("retried", "Trying another card", "offer", Document("outcome.failed_retry"))
    },
    Situation {
        shows: WARNING,
        ..accepted("requote", "The price moved", "offer", Document("outcome.requote"))
    },
    accepted("unknown", "Nobody knows yet", "unknown", Document("outcome.unknown")),
    accepted("expired", "The price ran out", "expired", Refusal(401, "problem.token_expired")),
    Situation {
        state: "declined",
        shows: NOTICE,
        steps: &[DECLINE],
        ..offer("declined", "Declined", "answer.offer")
    },
    Situation {
        state: "declined",
        shows: "[part~=notice]:not(:has([part~=action] + [part~=action]))",
        steps: &[DECLINE, FIRST_ACTION],
        ..offer("told", "Declined, and told why", "answer.offer")
    },
    Situation {
        steps: &[DECLINE],
        shows: "[part~=card]:not(:has([part~=quantity]))",
        change: |offer| {
            set(offer, "offer_id", json!("bundle"));
            several(offer);
        },
        ..offer("next", "The smaller offer after a decline", "answer.offer")
    },
    Situation {
        state: "succeeded",
        shows: NOTICE,
        ..offer("before", "Accepted before this visit", "answer.accepted_before")
    },
    Situation {
        state: "hidden",
        shows: "slot",
        ..offer("hidden", "Not eligible: nothing", "answer.not_eligible")
    },
    Situation {
        state: "error",
        shows: "slot",
        answer: Refusal(500, "problem.token_expired"),
        ..offer("error", "Error: the page's own words", "")
    },
];

/// Makes an offer one for up to five.
fn several(offer: &mut Value) {
    set(offer, "quantity", json!({ "default": 1, "min": 1, "max": 5 }));
}

/// The situation of this name.
pub fn situation(name: &str) -> Option<&'static Situation> {
    SITUATIONS.iter().find(|situation| situation.name == name)
}

fn set(document: &mut Value, name: &str, value: Value) {
    if let Some(fields) = document.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

impl Situation {
    /// The answer to a question for the price of another quantity.
    pub(super) fn quote(&self, quantity: u64) -> Option<Value> {
        let Document(name) = self.answer else { return None };
        if self.name == "quoting" {
            return None;
        }
        let mut offer = super::documents::document(name).ok()?;
        (self.change)(&mut offer);
        scaled(&mut offer, quantity);
        Some(offer)
    }

    /// What a decline is answered with.
    pub(super) fn next(&self) -> &'static str {
        if self.name == "next" { "decline_response.next" } else { "decline_response.nothing" }
    }
}
