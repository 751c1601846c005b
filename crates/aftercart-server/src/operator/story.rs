//! One attempt with everything beside it and everything that was learnt about it.

use super::age::age;
use super::attempt::{AttemptLine, amount, words};
use super::refund::RefundLine;
use super::table::{row, table};
use crate::attempt::{Checkout, Fact, Noted, PaymentStatus};
use crate::upsell::Story;
use aftercart_contract::{Money, PaymentId, SessionId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// Everything about one attempt.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptStory {
    /// When this was read; ages count from here.
    pub at: Timestamp,
    /// The attempt.
    pub attempt: AttemptLine,
    /// The standard checkout for the same offer, if one was opened.
    pub checkout: Option<CheckoutLine>,
    /// The refund, if the offer was paid twice.
    pub refund: Option<RefundLine>,
    /// What was learnt, oldest first; each distinct fact of a source once.
    pub facts: Vec<FactLine>,
}

/// A standard checkout beside an attempt.
#[derive(Clone, Debug, Serialize)]
pub struct CheckoutLine {
    /// As in the metadata of its payment at Dodo.
    pub id: String,
    /// One of [`super::STATES`]; `claimed` until a payment is seen in it.
    pub state: &'static str,
    /// What Dodo says was charged there, minor units of `charged_currency`.
    pub charged: Option<i64>,
    /// Its currency.
    pub charged_currency: Option<String>,
    /// The payment made there.
    pub payment_id: Option<PaymentId>,
    /// Dodo's session.
    pub session_id: Option<SessionId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    #[serde(skip)]
    paid: Option<Money>,
}

/// Something learnt about an attempt.
#[derive(Clone, Debug, Serialize)]
pub struct FactLine {
    /// When we first learnt it.
    pub at: Timestamp,
    /// `charge`, `read_back`, `webhook`, `reconciler` or `operator`.
    pub source: &'static str,
    /// `sending_started`, `initiated`, `refused`, `answer_lost`, `gave_up`, `resolved_uncharged`, or `payment`.
    pub kind: &'static str,
    /// The payment's status.
    pub status: Option<&'static str>,
    /// Dodo's code of a refusal or failure.
    pub code: Option<String>,
    /// The attempt's state after it.
    pub state: String,
    /// The operator's words.
    pub reason: Option<String>,
}

impl AttemptStory {
    pub(super) fn of(story: &Story, at: Timestamp) -> Self {
        Self {
            at,
            attempt: AttemptLine::of(&story.attempt, story.refund.as_ref(), at),
            checkout: story.checkout.as_ref().map(CheckoutLine::of),
            refund: story.refund.as_ref().map(|refund| RefundLine::of(refund, at)),
            facts: story.facts.iter().map(FactLine::of).collect(),
        }
    }
}

impl CheckoutLine {
    fn of(checkout: &Checkout) -> Self {
        Self {
            id: checkout.id.clone(),
            state: checkout.state.kind(),
            charged: checkout.charged.map(|money| money.amount_minor.get()),
            charged_currency: checkout.charged.map(|money| money.currency.code().to_owned()),
            payment_id: checkout.payment.clone(),
            session_id: checkout.session.clone(),
            opened_at: checkout.opened_at,
            paid: checkout.charged,
        }
    }
}

impl FactLine {
    fn of(noted: &Noted) -> Self {
        let (kind, status, code) = match &noted.fact {
            Fact::Waits { .. } => ("waits", None, None),
            Fact::Held { .. } => ("held", None, None),
            Fact::Revoked { .. } => ("revoked", None, None),
            Fact::SendingStarted => ("sending_started", None, None),
            Fact::Initiated => ("initiated", None, None),
            Fact::Refused { code, .. } => ("refused", None, Some(code.clone())),
            Fact::AnswerLost => ("answer_lost", None, None),
            Fact::GaveUp { .. } => ("gave_up", None, None),
            Fact::PlanChanged { .. } => ("plan_changed", None, None),
            Fact::PlanScheduled { .. } => ("plan_scheduled", None, None),
            Fact::PlanCalledOff { .. } => ("plan_called_off", None, None),
            Fact::ChangePaid { .. } => ("change_paid", None, None),
            Fact::ResolvedUncharged { .. } => ("resolved_uncharged", None, None),
            Fact::Payment { status, code, .. } => ("payment", Some(word(*status)), code.clone()),
        };
        let (state, reason) = (noted.state.clone(), noted.reason.clone());
        Self { at: noted.at, source: noted.source.name(), kind, status, code, state, reason }
    }

    fn words(&self) -> String {
        let words = [Some(self.kind), self.status, self.code.as_deref()];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Dodo's status as far as we tell statuses apart.
fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Succeeded => "succeeded",
        PaymentStatus::Failed => "failed",
        PaymentStatus::Cancelled => "cancelled",
        PaymentStatus::RequiresPaymentMethod => "requires_payment_method",
        PaymentStatus::RequiresCustomerAction => "requires_customer_action",
        PaymentStatus::Pending => "pending",
    }
}

/// The attempt, what stands beside it, and a table of facts.
impl fmt::Display for AttemptStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = &self.attempt;
        let text = |id: Option<&str>| id.unwrap_or("not known").to_owned();
        let payment = line.payment_id.as_ref().map(PaymentId::as_str);
        let session = line.session_id.as_ref().map(SessionId::as_str);
        let code = line.failure_code.as_deref().map(|code| format!(", {code}")).unwrap_or_default();
        let mut rows = vec![
            row(["attempt", &line.id]),
            row(["state", &format!("{}{code}", line.state)]),
            row(["agreed to", &line.agreed.to_string()]),
            row(["product", &format!("{} × {} ({})", line.product_name, line.quantity, line.product_id)]),
            row(["amount", &amount(line.quoted)]),
            row(["card", &line.card()]),
            row(["offer", &format!("{}, step {}, after {}", line.offer_id, line.step, line.occasion_id)]),
            row(["customer", line.customer_id.as_str()]),
            row(["payment", &text(payment)]),
            row(["session", &text(session)]),
            row(["claimed", &format!("{}, {} ago", line.claimed_at, age(line.claimed_at, self.at))]),
            row(["next look", &self.next_look()]),
        ];
        rows.extend(self.checkout.iter().map(|checkout| row(["checkout", &checkout.words(self.at)])));
        rows.extend(self.refund.iter().map(|refund| {
            let left = refund.left().map(|words| format!(": {words}")).unwrap_or_default();
            row(["refund", &format!("{} of {} ({}){left}", refund.state, refund.payment_id, refund.id)])
        }));
        if line.attention.is_some() {
            rows.push(row(["! look", words(line.attention)]));
        }
        table(f, &rows)?;
        writeln!(f)?;
        let facts = self.facts.iter().map(|fact| {
            let reason = fact.reason.as_deref().unwrap_or_default();
            row([&fact.at.to_string(), fact.source, &fact.words(), &format!("→ {}", fact.state), reason])
        });
        let header = row(["LEARNT", "FROM", "WHAT", "STATE", "REASON"]);
        table(f, &std::iter::once(header).chain(facts).collect::<Vec<_>>())
    }
}

impl AttemptStory {
    fn next_look(&self) -> String {
        match self.attempt.next_look_at {
            None => "none: nothing is left to find out".to_owned(),
            Some(at) if at <= self.at => "now".to_owned(),
            Some(at) => format!("in {}", age(self.at, at)),
        }
    }
}

impl CheckoutLine {
    fn words(&self, now: Timestamp) -> String {
        let paid = self.paid.map(|paid| format!(", {}", amount(paid))).unwrap_or_default();
        let payment = self.payment_id.as_ref().map(|payment| format!(", {payment}")).unwrap_or_default();
        format!("{}{paid}{payment}, opened {} ago ({})", self.state, age(self.opened_at, now), self.id)
    }
}
