//! The store as the rest of the server needs it.

use super::figures::Figure;
use crate::attempt::{Attempt, Checkout, Noted, Refund, Step};
use crate::occasion::{OccasionId, Trigger, TriggerId};
use crate::purchase::Purchase;
use aftercart_contract::{CustomerId, EventBatch, OfferId, PaymentId, ProductId, Subject};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// The highest `show_at_most` there is: more reports than that say nothing new.
pub(crate) const MOST_REPORTS: u32 = 1_000;

/// Durable memory. Every write is durable when its future is done.
#[async_trait]
pub(crate) trait AcceptanceStore: fmt::Debug + Send + Sync {
    /// True when the database answers.
    async fn is_up(&self) -> bool;

    /// Keeps a verified webhook, once per id, and says whether it came before.
    async fn keep_event(
        &self,
        id: &str,
        kind: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<EventSeen, StoreError>;
    /// Notes that the event's effect is stored too.
    async fn mark_applied(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Keeps a purchase. A purchase that succeeded stays so, with its first `paid_at`.
    async fn put_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<(), StoreError>;
    /// The purchase of this payment.
    async fn purchase(&self, payment: &PaymentId) -> Result<Option<Purchase>, StoreError>;
    /// The customer's paid purchases, newest first, at most ten.
    async fn purchases_of(&self, customer: &CustomerId) -> Result<Vec<Purchase>, StoreError>;
    /// True when the customer bought the product, or accepted it and it is paid or may still be.
    async fn owns(&self, customer: &CustomerId, product: &ProductId) -> Result<bool, StoreError>;
    /// As [`Self::owns`], by anything but this attempt.
    async fn owns_without(
        &self,
        customer: &CustomerId,
        product: &ProductId,
        attempt_id: &str,
    ) -> Result<bool, StoreError>;

    /// Inserts the claim, if neither this step, nor another one by the customer's same key, nor, at another
    /// step, this customer's wish for the same product is claimed by an attempt that lives; for a plan
    /// change, if none of the customer's is under way. Decided by the database, whoever asks from where.
    async fn claim(&self, attempt: &Attempt) -> Result<Claim, StoreError>;
    /// The attempt of this id.
    async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError>;
    /// The attempt at this step.
    async fn attempt_at(&self, step: &Step) -> Result<Option<Attempt>, StoreError>;
    /// The attempt whose charge this payment is.
    async fn attempt_by_payment(&self, payment: &PaymentId) -> Result<Option<Attempt>, StoreError>;
    /// The customer's plan changes, newest first, at most fifty.
    async fn changes_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError>;
    /// The customer's charges that failed, newest first, at most fifty.
    async fn failures_of(&self, customer: &CustomerId) -> Result<Vec<Attempt>, StoreError>;
    /// Every try at this step's place, first to last.
    async fn tries_at(&self, step: &Step) -> Result<Vec<Attempt>, StoreError>;
    /// Writes what may change of an attempt, and the fact that changed it, if the version is still the
    /// one read, and raises it. False when somebody else was faster: read again.
    async fn replace_attempt(&self, attempt: &Attempt, noted: &Noted) -> Result<bool, StoreError>;
    /// Keeps a fact that changed nothing; each distinct fact of a source once, with its first time.
    async fn note_fact(&self, attempt_id: &str, noted: &Noted) -> Result<(), StoreError>;
    /// Every distinct fact about an attempt, oldest first.
    async fn facts_of(&self, attempt_id: &str) -> Result<Vec<Noted>, StoreError>;
    /// Takes the right to ask Dodo about an attempt; at most one holder per interval.
    async fn take_attempt_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError>;
    /// Attempts whose `look_at` has come, moved to `until`: nobody else gets them before then. What this version cannot
    /// read is moved, logged and left out.
    async fn lease_attempts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Attempt>, StoreError>;
    /// Takes paid attempts whose `look_at` has come off the plan where they are the only try and no checkout was
    /// opened: such a place was not paid twice. Answers how many.
    async fn let_go_of_lone(&self, now: Timestamp) -> Result<u64, StoreError>;
    /// Says when the reconciler looks again, unless the row has changed since this version: a change
    /// has its own plan.
    async fn look_at_attempt(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError>;
    /// Attempts for the operator, newest first; only those in one of these states, if any are named. What this version
    /// cannot read is logged and left out.
    async fn list_attempts(&self, kinds: &[&str], limit: u32) -> Result<Vec<Attempt>, StoreError>;
    /// How many attempts are in each state, and since when the oldest of them is.
    async fn count_attempts(&self) -> Result<Vec<StateCount>, StoreError>;

    /// Inserts the row of a checkout that is about to be opened. False when the step has one.
    async fn claim_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError>;
    /// Removes a row whose checkout could not be opened.
    async fn drop_unopened_checkout(&self, id: &str) -> Result<(), StoreError>;
    /// The checkout of this id.
    async fn checkout(&self, id: &str) -> Result<Option<Checkout>, StoreError>;
    /// The checkout at this step.
    async fn checkout_at(&self, step: &Step) -> Result<Option<Checkout>, StoreError>;
    /// The checkout in which this payment was made.
    async fn checkout_by_payment(&self, payment: &PaymentId) -> Result<Option<Checkout>, StoreError>;
    /// As [`Self::replace_attempt`], without facts.
    async fn replace_checkout(&self, checkout: &Checkout) -> Result<bool, StoreError>;
    /// As [`Self::take_attempt_read`].
    async fn take_checkout_read(
        &self,
        id: &str,
        now: Timestamp,
        every: SignedDuration,
    ) -> Result<bool, StoreError>;
    /// As [`Self::lease_attempts`].
    async fn lease_checkouts(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Checkout>, StoreError>;
    /// As [`Self::look_at_attempt`].
    async fn look_at_checkout(&self, id: &str, version: i64, at: Option<Timestamp>)
    -> Result<(), StoreError>;

    /// Inserts the claim of the one refund of a step. False when the step has one.
    async fn claim_refund(&self, refund: &Refund) -> Result<bool, StoreError>;
    /// The refund of this step.
    async fn refund_at(&self, step: &Step) -> Result<Option<Refund>, StoreError>;
    /// As [`Self::replace_checkout`].
    async fn replace_refund(&self, refund: &Refund) -> Result<bool, StoreError>;
    /// As [`Self::lease_attempts`].
    async fn lease_refunds(&self, now: Timestamp, until: Timestamp) -> Result<Vec<Refund>, StoreError>;
    /// As [`Self::look_at_attempt`].
    async fn look_at_refund(&self, id: &str, version: i64, at: Option<Timestamp>) -> Result<(), StoreError>;
    /// Refunds for the operator, newest first, as [`Self::list_attempts`].
    async fn list_refunds(&self, limit: u32) -> Result<Vec<Refund>, StoreError>;

    /// Keeps a trigger, unless one of the same merchant's id is kept: answers the one that is, and
    /// whether it is new.
    async fn put_trigger(&self, trigger: &Trigger) -> Result<(Trigger, bool), StoreError>;
    /// The trigger of this id.
    async fn trigger(&self, id: &TriggerId) -> Result<Option<Trigger>, StoreError>;
    /// The customer's triggers, newest first, at most ten.
    async fn triggers_of(&self, customer: &CustomerId) -> Result<Vec<Trigger>, StoreError>;

    /// Remembers that the customer does not want this offer. A decline that is known stays, with the
    /// first reason given for it; one as old as `forgotten`, or older, makes room for this one.
    async fn put_decline(
        &self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
        forgotten: Option<Timestamp>,
    ) -> Result<(), StoreError>;
    /// The customer's decline of this offer, however old.
    async fn decline_of(&self, customer: &CustomerId, offer: &OfferId)
    -> Result<Option<Decline>, StoreError>;

    /// Keeps what a page reported about its own display, and of which customer, if that is known. `counts`: the
    /// offer is shown so many times at most, so that one more is a change. Of one customer, offer and name at most
    /// [`MOST_REPORTS`] are kept.
    async fn put_events(
        &self,
        subject: &str,
        customer: Option<&CustomerId>,
        batch: &EventBatch,
        counts: bool,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// How often pages reported that they showed the offer to this customer.
    async fn times_shown(&self, customer: &CustomerId, offer: &OfferId) -> Result<u64, StoreError>;

    /// What became of offers since a moment. What was forgotten meanwhile is not in it.
    async fn figures(&self, since: Timestamp) -> Result<Vec<Figure>, StoreError>;

    /// Deletes some of the oldest rows of this kind from before a moment; answers how many. None: there are no more.
    async fn forget(&self, what: Old, before: Timestamp) -> Result<u64, StoreError>;

    /// The offer prepared for this subject, if nothing that it depends on has changed since: one read.
    async fn prepared(&self, subject: &Subject) -> Result<Option<PreparedOffer>, StoreError>;
    /// A number that every change of what a customer's offers depend on raises, in the change's own transaction.
    async fn revision_of(&self, customer: &CustomerId) -> Result<i64, StoreError>;
    /// True when something was accepted, or a checkout opened, on this occasion.
    async fn has_begun(&self, occasion: &OccasionId) -> Result<bool, StoreError>;
    /// Keeps a prepared offer in the place of an older one.
    async fn put_prepared(&self, prepared: &PreparedOffer) -> Result<(), StoreError>;
    /// Takes a prepared offer away.
    async fn drop_prepared(&self, occasion: &OccasionId) -> Result<(), StoreError>;
    /// As [`Self::lease_attempts`].
    async fn lease_prepared(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PreparedOffer>, StoreError>;
}

/// What is not kept for ever (ADR 0019).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Old {
    /// Webhooks as they came.
    Webhooks,
    /// What pages reported.
    Reports,
    /// Facts about attempts that are settled for good.
    Facts,
    /// Purchases on which nothing is open. What was bought stays known.
    Purchases,
}

impl Old {
    /// In the order in which they are forgotten.
    pub(crate) const ALL: [Self; 4] = [Self::Webhooks, Self::Reports, Self::Facts, Self::Purchases];

    /// The table's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Webhooks => "webhook_events",
            Self::Reports => "reported_events",
            Self::Facts => "attempt_facts",
            Self::Purchases => "purchases",
        }
    }
}

/// An offer that is ready (ADR 0018). Never money's memory: any of it may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreparedOffer {
    /// What it follows.
    pub(crate) occasion: OccasionId,
    /// Whose it is.
    pub(crate) customer: CustomerId,
    /// The customer's revision, read before anything that the offer was made from.
    pub(crate) revision: i64,
    /// A digest of the rules and settings that it was made by.
    pub(crate) made_by: String,
    /// It is what the customer's own subject is shown.
    pub(crate) is_newest: bool,
    /// Until then the occasion's own id opens it.
    pub(crate) fresh_until: Timestamp,
    /// Until then its price is fresh enough to be shown.
    pub(crate) shown_until: Timestamp,
    /// When it is made anew, or taken away.
    pub(crate) look_at: Option<Timestamp>,
    /// JSON.
    pub(crate) offer: String,
}

/// "No, thank you", remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decline {
    /// On which occasion.
    pub(crate) occasion: OccasionId,
    /// The shopper's words, if they gave any.
    pub(crate) reason: Option<String>,
    /// When.
    pub(crate) declined_at: Timestamp,
}

/// What became of a wish to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The row is ours: go on.
    Taken,
    /// This step has an attempt.
    StepTaken,
    /// The customer's key claimed another step.
    KeyTaken,
    /// The customer is buying the same product at another step, or another plan change is under way.
    ProductTaken,
}

/// A line of the operator's overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StateCount {
    /// The state's kind.
    pub(crate) kind: String,
    /// How many attempts are in it.
    pub(crate) count: u64,
    /// When the oldest of them was claimed.
    pub(crate) oldest: Timestamp,
}

/// Whether a webhook came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventSeen {
    /// New, or kept before but its effect was lost: apply it.
    ToApply,
    /// Its effect is stored: nothing to do.
    Applied,
}

/// The database failed, or holds what it cannot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The database refused or is gone.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The same of SQLite.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// This write failed, or the database did that it waited for among others; nothing of it is stored.
    #[error("the database failed: {0}")]
    Batch(String),
    /// A row that this version cannot read.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
}
