//! The meters, and the one place where each is moved.

use super::Label;
use super::census::Census;
use crate::store::{AcceptanceStore, Old};
use aftercart_contract::Outcome;
use jiff::{SignedDuration, Timestamp};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// From a webhook that comes at once to one that comes a day late; seconds.
const LAGS: [f64; 12] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 300.0, 1_800.0, 7_200.0, 86_400.0];
/// From a quick charge to one that is given up; seconds.
const CHARGES: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 20.0, 30.0];
/// How a charge's one request ended.
const ANSWERS: [&str; 3] = ["initiated", "refused", "lost"];
const ACCEPTS: [&str; 8] = [
    "succeeded",
    "processing",
    "action_required",
    "failed",
    "requote",
    "already_accepted",
    "unknown",
    "refused",
];
const ENDS: [&str; 2] = ["done", "failed"];
const OFFERS: [&str; 3] = ["prepared", "asked", "none"];

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookResult {
    /// Its effect is stored.
    Applied,
    /// It came before.
    Repeated,
    /// It is not Dodo's, or too old: nothing was kept.
    BadSignature,
    /// It is Dodo's and not what we can read.
    Unreadable,
    /// Its effect could not be stored: Dodo sends it again.
    Failed,
}

impl WebhookResult {
    const ALL: [Self; 5] =
        [Self::Applied, Self::Repeated, Self::BadSignature, Self::Unreadable, Self::Failed];

    fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Repeated => "repeated",
            Self::BadSignature => "bad_signature",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }
}

/// One server's meters.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    census: Census,
    accepts: Family<Label, Counter>,
    charges: Family<Label, Histogram, fn() -> Histogram>,
    refusals: Family<Label, Counter>,
    webhooks: Family<Label, Counter>,
    webhook_lag: Histogram,
    rounds: Family<Label, Counter>,
    looks: Family<Label, Counter>,
    offers: Family<Label, Counter>,
    prepared: Family<Label, Counter>,
    forgotten: Family<Label, Counter>,
}

impl Metrics {
    /// All at nought; what is not there yet could not be seen to rise.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("aftercart");
        let census = Census::new(&mut registry);
        let charges: fn() -> Histogram = || Histogram::new(CHARGES);
        let metrics = Self {
            census,
            accepts: counter(&mut registry, "accepts", "Clicks on accept, by what was answered"),
            charges: Family::new_with_constructor(charges),
            refusals: counter(&mut registry, "refusals", "Answers that are problems, by code"),
            webhooks: counter(&mut registry, "webhooks", "Webhooks, by what became of them"),
            webhook_lag: Histogram::new(LAGS),
            rounds: counter(&mut registry, "reconciler_rounds", "Rounds of the reconciler"),
            looks: counter(&mut registry, "reconciler_looks", "Attempts, checkouts and refunds looked at"),
            offers: counter(
                &mut registry,
                "offers",
                "Questions for an offer: it was ready, Dodo was asked, or none",
            ),
            forgotten: counter(
                &mut registry,
                "forgotten_rows",
                "Rows older than `keep_days` that were deleted, by table",
            ),
            prepared: counter(
                &mut registry,
                "prepared_offers",
                "Offers made ready in the background, or kept after a page had to wait",
            ),
            registry,
        };
        metrics.with_histograms_and_noughts()
    }

    fn with_histograms_and_noughts(mut self) -> Self {
        let help = "How long Dodo took to answer a charge, by answer";
        self.registry.register_with_unit("charge_duration", help, Unit::Seconds, self.charges.clone());
        let help = "From Dodo's event to its stored effect";
        self.registry.register_with_unit("webhook_lag", help, Unit::Seconds, self.webhook_lag.clone());
        for answer in ANSWERS {
            drop(self.charges.get_or_create(&[("answer", answer)]));
        }
        let counters = [
            (&self.accepts, "outcome", &ACCEPTS[..]),
            (&self.webhooks, "result", &WebhookResult::ALL.map(WebhookResult::name)),
            (&self.rounds, "result", &ENDS),
            (&self.looks, "result", &ENDS),
            (&self.offers, "answer", &OFFERS),
            (&self.prepared, "result", &ENDS),
            (&self.forgotten, "table", &Old::ALL.map(Old::name)),
        ];
        for (family, label, values) in counters {
            for value in values {
                drop(family.get_or_create(&[(label, value)]));
            }
        }
        self
    }

    /// A click was answered; `None`: it was refused.
    pub(crate) fn accepted(&self, told: Option<&Outcome>) {
        let outcome = match told {
            None => "refused",
            Some(Outcome::Succeeded { .. }) => "succeeded",
            Some(Outcome::Processing { .. }) => "processing",
            Some(Outcome::ActionRequired { .. }) => "action_required",
            Some(Outcome::Failed(_)) => "failed",
            Some(Outcome::Requote { .. }) => "requote",
            Some(Outcome::AlreadyAccepted { .. }) => "already_accepted",
            Some(Outcome::Unknown { .. }) => "unknown",
            Some(Outcome::Waiting { .. }) => "waiting",
            Some(Outcome::Revoked) => "revoked",
        };
        self.accepts.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// A charge's request ended: Dodo took it on, refused it, or gave no answer that says which.
    pub(crate) fn charged(&self, answer: &'static str, took: Duration) {
        self.charges.get_or_create(&[("answer", answer)]).observe(took.as_secs_f64());
    }

    /// A problem was answered. Its code is one of ours, so there are only so many.
    pub(crate) fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", code)]).inc();
    }

    /// A webhook was dealt with.
    pub(crate) fn webhook(&self, result: WebhookResult) {
        self.webhooks.get_or_create(&[("result", result.name())]).inc();
    }

    /// A webhook's effect is stored, so long after Dodo says that it happened. Clocks differ: never below nought.
    pub(crate) fn webhook_lagged(&self, lag: SignedDuration) {
        self.webhook_lag.observe(lag.as_secs_f64().max(0.0));
    }

    /// A round of the reconciler ended.
    pub(crate) fn round(&self, is_done: bool) {
        self.rounds.get_or_create(&[("result", end(is_done))]).inc();
    }

    /// An offer was asked for.
    pub(crate) fn answered(&self, answer: &'static str) {
        self.offers.get_or_create(&[("answer", answer)]).inc();
    }

    /// An offer was made ready, or could not be.
    pub(crate) fn prepared(&self, is_done: bool) {
        self.prepared.get_or_create(&[("result", end(is_done))]).inc();
    }

    /// Old rows were deleted.
    pub(crate) fn forgotten(&self, what: Old, rows: u64) {
        self.forgotten.get_or_create(&[("table", what.name())]).inc_by(rows);
    }

    /// The reconciler looked at something.
    pub(crate) fn look(&self, is_done: bool) {
        self.looks.get_or_create(&[("result", end(is_done))]).inc();
    }

    /// All of it as `OpenMetrics` text. The store is asked at most every few seconds.
    pub(crate) async fn text(&self, store: &dyn AcceptanceStore, now: Timestamp) -> String {
        self.census.take(store, now).await;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Family<Label, Counter> {
    let family = Family::default();
    registry.register(name, help, Family::clone(&family));
    family
}

fn end(is_done: bool) -> &'static str {
    if is_done { "done" } else { "failed" }
}
