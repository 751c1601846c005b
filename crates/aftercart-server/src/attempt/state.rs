//! The state of an attempt, and the one function that changes it.
//!
//! Long because a state machine is read as a whole: states, facts, order, and the tests that hold them.
//!
//! ```text
//! waiting ◄─► held ─► revoked
//!    │
//! claimed ─► sent ─┬─► unknown ─────┐
//!                  ├─► processing ◄─┼─► action_required ─┬─► failed │ cancelled ─┐
//!                  │                │                    ├─► given_up ──┴────────┴─► succeeded
//!                  └────────────────┴────────────────────┘
//! ```
//!
//! 1. **Facts in, state out.** The answer to the charge, a read-back, a search, a webhook, the reconciler
//!    and the operator all bring [`Fact`]s; [`AttemptState::after`] is the only code that turns them into
//!    a state. It is total: every fact means something in every state.
//! 2. **Monotone.** Each fact implies a state; the new state is the *greater* of it and the old one.
//!    The order is: claimed < waiting, held (by turn) < revoked < sent < unknown < pending (processing,
//!    `action_required`) < given up < dead (failed, cancelled) < scheduled < called off < succeeded. Nothing leaves `succeeded`.
//! 3. **Order does not matter.** Taking the greater is commutative, associative and idempotent, so
//!    facts may come late, twice or shuffled. Among equals of one class the newer `as_of` (Dodo's
//!    time) wins, then a fixed order of kind and text.
//! 4. **Dead is not the end**: an attempt believed dead may turn out paid, so `succeeded` outranks
//!    it. A fallback checkout is offered to the dead only; should both be paid, the later is refunded.
//! 5. **Sent is durable before the call.** Only the request that moves `claimed` to `sent` sends the
//!    charge; from `sent` on nothing sends it again. A claim that was never sent becomes `failed`.
//! 6. **200 is not paid.** [`Fact::Initiated`] implies no more than `processing`.
//! 7. **Giving up is ours, not Dodo's.** `given_up` says that a configured window closed without an end;
//!    whatever Dodo says later outranks it.
//! 8. **A plan change succeeds by its plan.** Its payment implies no more than `processing`; success is the
//!    subscription read back with the new plan, and `scheduled` one that names it for its next billing date.
//! 9. **Taken back is never sent.** From `revoked` nothing is sent, and what was sent is never called revoked:
//!    `undo.rs` says from which states either may be done, the store's compare-and-swap lets one of them happen.
//!
//! A refund of a duplicate moves through the same states by the same function; one that Dodo did not take, and so
//! has done nothing, is a claim again (`upsell/refund.rs`).
//!
//! Source of the statuses: Dodo API, `IntentStatus`.

use aftercart_contract::WebUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an attempt is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AttemptState {
    /// The row exists and nothing was sent.
    Claimed,
    /// Accepted; sent when the undo window ends. See `undo.rs`.
    Waiting {
        /// Counts holds and resumes: the later word counts.
        turn: u32,
        /// The end of the window.
        until: Timestamp,
    },
    /// The undo window stands still.
    Held {
        /// As for `Waiting`.
        turn: u32,
        /// What is left of the window, milliseconds.
        left_ms: u32,
    },
    /// Taken back before anything was sent.
    Revoked {
        /// Our time.
        at: Timestamp,
    },
    /// The charge is being sent, or the process died while sending it.
    Sent,
    /// The charge was sent and its answer is lost.
    Unknown,
    /// Dodo has it and is working.
    Processing {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
    /// The bank wants the customer.
    ActionRequired {
        /// Dodo's time of this status.
        as_of: Timestamp,
        /// Where to send the customer, if Dodo said.
        url: Option<WebUrl>,
    },
    /// The window closed and Dodo never said how it ended. Counts as dead.
    GivenUp {
        /// Our time.
        at: Timestamp,
    },
    /// Not charged, as far as Dodo knows.
    Failed {
        /// Dodo's time of this status, or ours for a refusal.
        as_of: Timestamp,
        /// Dodo's code, in Dodo's spelling. Never shown as it is.
        code: String,
    },
    /// Given up by the customer or the merchant at Dodo, and not charged.
    Cancelled {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
    /// A plan change that waits for the next billing date; nothing was charged.
    Scheduled {
        /// When it was agreed to.
        as_of: Timestamp,
    },
    /// A planned change that was called off before it happened.
    CalledOff {
        /// When it was agreed to.
        as_of: Timestamp,
    },
    /// Paid.
    Succeeded {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
}

/// Something learnt about an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Fact {
    /// The undo window runs, from the accept or from a resume on.
    Waits {
        /// Counts holds and resumes.
        turn: u32,
        /// The end of the window.
        until: Timestamp,
    },
    /// The shopper wants time to think.
    Held {
        /// Counts holds and resumes.
        turn: u32,
        /// What is left of the window, milliseconds.
        left_ms: u32,
    },
    /// Taken back by the shopper, or held for too long.
    Revoked {
        /// Our time.
        at: Timestamp,
    },
    /// The charge is about to be sent.
    SendingStarted,
    /// Dodo answered 200 to the charge.
    Initiated,
    /// Dodo refused the charge before doing anything (400, 401, 403, 404, 410, 413, 415, 422, 429),
    /// or it never left this machine.
    Refused {
        /// Our time.
        at: Timestamp,
        /// Dodo's code.
        code: String,
    },
    /// Time-out, reset, 409 or 5xx: anything may have happened.
    AnswerLost,
    /// The window closed after Dodo was asked once more and knew no end.
    GaveUp {
        /// Our time.
        at: Timestamp,
    },
    /// The operator found out that nothing was charged.
    ResolvedUncharged {
        /// Our time.
        at: Timestamp,
    },
    /// The subscription read back has the plan that was agreed to.
    PlanChanged {
        /// When the change was agreed to, or planned for: Dodo dates no change.
        as_of: Timestamp,
    },
    /// The subscription read back names the agreed plan as its scheduled change.
    PlanScheduled {
        /// When the change was agreed to.
        as_of: Timestamp,
    },
    /// The scheduled change is gone, and the plan is the old one.
    PlanCalledOff {
        /// When the change was agreed to.
        as_of: Timestamp,
    },
    /// The payment of a plan change succeeded. The plan has still to be read back.
    ChangePaid {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
    /// What Dodo says about the payment itself.
    Payment {
        /// Its status.
        status: PaymentStatus,
        /// Dodo's `updated_at`, else `created_at`.
        as_of: Timestamp,
        /// `error_code`.
        code: Option<String>,
        /// `payment_link`, if we may send shoppers there.
        link: Option<WebUrl>,
    },
}

/// Dodo's payment statuses, as far as they differ for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    /// Paid.
    Succeeded,
    /// Refused by the issuer or gateway.
    Failed,
    /// Given up by customer or merchant.
    Cancelled,
    /// A method did not work and no other was given: off-session, nobody will give one.
    RequiresPaymentMethod,
    /// 3DS or another step of the customer.
    RequiresCustomerAction,
    /// Every other word: not final, wait.
    Pending,
}

impl PaymentStatus {
    /// Reads Dodo's word. An unknown or missing word is pending, so it never means success or failure.
    pub(crate) fn parse(word: Option<&str>) -> Self {
        match word {
            Some("succeeded") => Self::Succeeded,
            Some("failed") => Self::Failed,
            Some("cancelled") => Self::Cancelled,
            Some("requires_payment_method") => Self::RequiresPaymentMethod,
            Some("requires_customer_action") => Self::RequiresCustomerAction,
            _ => Self::Pending,
        }
    }
}

impl AttemptState {
    /// Every [`Self::kind`], from the first to the last.
    pub(crate) const KINDS: [&str; 14] = [
        "claimed",
        "waiting",
        "held",
        "revoked",
        "sent",
        "unknown",
        "processing",
        "action_required",
        "given_up",
        "failed",
        "cancelled",
        "scheduled",
        "called_off",
        "succeeded",
    ];

    /// The state after learning `fact`.
    #[must_use]
    pub(crate) fn after(self, fact: &Fact) -> Self {
        let implied = Self::implied_by(fact);
        if implied.order() > self.order() { implied } else { self }
    }

    /// True when no further fact is expected, so nobody needs to ask Dodo again.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::Succeeded { .. }
                | Self::Failed { .. }
                | Self::Cancelled { .. }
                | Self::CalledOff { .. }
                | Self::Revoked { .. }
        )
    }

    /// True when the money has moved.
    pub(crate) fn is_paid(&self) -> bool {
        matches!(self, Self::Succeeded { .. })
    }

    /// True when nothing was sent yet, and something still may be.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, Self::Claimed | Self::Waiting { .. } | Self::Held { .. })
    }

    /// True when nothing is or will be charged, as far as anybody knows: a checkout may be offered.
    pub(crate) fn is_dead(&self) -> bool {
        self.failure_code().is_some()
    }

    /// Why it is dead, in Dodo's spelling; `None` for an attempt that lives or is paid.
    pub(crate) fn failure_code(&self) -> Option<&str> {
        match self {
            Self::Failed { code, .. } => Some(code),
            Self::Cancelled { .. } => Some("CANCELLED"),
            Self::GivenUp { .. } => Some("GIVEN_UP"),
            _ => None,
        }
    }

    /// Dodo's time of this status, where it has one.
    pub(crate) fn as_of(&self) -> Option<Timestamp> {
        match self {
            Self::Claimed
            | Self::Waiting { .. }
            | Self::Held { .. }
            | Self::Revoked { .. }
            | Self::Sent
            | Self::Unknown
            | Self::GivenUp { .. } => None,
            Self::Processing { as_of }
            | Self::ActionRequired { as_of, .. }
            | Self::Failed { as_of, .. }
            | Self::Cancelled { as_of }
            | Self::Scheduled { as_of }
            | Self::CalledOff { as_of }
            | Self::Succeeded { as_of } => Some(*as_of),
        }
    }

    /// The state's name, as stored, logged and counted.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Waiting { .. } => "waiting",
            Self::Held { .. } => "held",
            Self::Revoked { .. } => "revoked",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Processing { .. } => "processing",
            Self::ActionRequired { .. } => "action_required",
            Self::GivenUp { .. } => "given_up",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Scheduled { .. } => "scheduled",
            Self::CalledOff { .. } => "called_off",
            Self::Succeeded { .. } => "succeeded",
        }
    }

    fn implied_by(fact: &Fact) -> Self {
        let failed = |at: &Timestamp, code: &str| Self::Failed { as_of: *at, code: code.to_owned() };
        match fact {
            Fact::Waits { turn, until } => Self::Waiting { turn: *turn, until: *until },
            Fact::Held { turn, left_ms } => Self::Held { turn: *turn, left_ms: *left_ms },
            Fact::Revoked { at } => Self::Revoked { at: *at },
            Fact::SendingStarted => Self::Sent,
            Fact::Initiated => Self::Processing { as_of: Timestamp::UNIX_EPOCH },
            Fact::Refused { at, code } => failed(at, code),
            Fact::AnswerLost => Self::Unknown,
            Fact::GaveUp { at } => Self::GivenUp { at: *at },
            Fact::PlanChanged { as_of } => Self::Succeeded { as_of: *as_of },
            Fact::PlanScheduled { as_of } => Self::Scheduled { as_of: *as_of },
            Fact::PlanCalledOff { as_of } => Self::CalledOff { as_of: *as_of },
            Fact::ChangePaid { as_of } => Self::Processing { as_of: *as_of },
            Fact::ResolvedUncharged { at } => failed(at, "RESOLVED_UNCHARGED"),
            Fact::Payment { status, as_of, code, link } => {
                let code = code.as_deref().filter(|code| !code.is_empty());
                match status {
                    PaymentStatus::Succeeded => Self::Succeeded { as_of: *as_of },
                    PaymentStatus::Failed => failed(as_of, code.unwrap_or("UNKNOWN_ERROR")),
                    PaymentStatus::Cancelled => Self::Cancelled { as_of: *as_of },
                    PaymentStatus::RequiresPaymentMethod => {
                        failed(as_of, code.unwrap_or("REQUIRES_PAYMENT_METHOD"))
                    }
                    PaymentStatus::RequiresCustomerAction => {
                        Self::ActionRequired { as_of: *as_of, url: link.clone() }
                    }
                    PaymentStatus::Pending => Self::Processing { as_of: *as_of },
                }
            }
        }
    }

    /// Class, turn, time, kind, text: each decides among those that are equal so far.
    fn order(&self) -> (u8, u32, Timestamp, u8, &str) {
        let start = Timestamp::UNIX_EPOCH;
        let rest = |left_ms: u32| Timestamp::from_millisecond(left_ms.into()).unwrap_or(start);
        match self {
            Self::Claimed => (0, 0, start, 0, ""),
            Self::Waiting { turn, until } => (1, *turn, *until, 0, ""),
            Self::Held { turn, left_ms } => (1, *turn, rest(*left_ms), 1, ""),
            Self::Revoked { at } => (2, 0, *at, 0, ""),
            Self::Sent => (3, 0, start, 0, ""),
            Self::Unknown => (4, 0, start, 0, ""),
            Self::Processing { as_of } => (5, 0, *as_of, 0, ""),
            Self::ActionRequired { as_of, url } => (5, 0, *as_of, 1, url.as_ref().map_or("", WebUrl::as_str)),
            Self::GivenUp { at } => (6, 0, *at, 0, ""),
            Self::Failed { as_of, code } => (7, 0, *as_of, 0, code),
            Self::Cancelled { as_of } => (7, 0, *as_of, 1, ""),
            Self::Scheduled { as_of } => (8, 0, *as_of, 0, ""),
            Self::CalledOff { as_of } => (9, 0, *as_of, 0, ""),
            Self::Succeeded { as_of } => (10, 0, *as_of, 0, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn payment(status: &str, second: i64) -> Fact {
        Fact::Payment {
            status: PaymentStatus::parse(Some(status)),
            as_of: at(second),
            code: (status == "failed").then(|| "INSUFFICIENT_FUNDS".to_owned()),
            link: None,
        }
    }

    fn run(facts: &[Fact]) -> AttemptState {
        facts.iter().fold(AttemptState::Claimed, AttemptState::after)
    }

    #[test]
    fn a_200_answer_is_not_success() {
        assert!(matches!(run(&[Fact::SendingStarted, Fact::Initiated]), AttemptState::Processing { .. }));
    }

    #[test]
    fn a_lost_answer_is_unknown_until_the_payment_is_seen() {
        let lost = run(&[Fact::SendingStarted, Fact::AnswerLost]);
        assert_eq!(lost, AttemptState::Unknown);
        assert!(matches!(lost.after(&payment("succeeded", 5)), AttemptState::Succeeded { .. }));
    }

    #[test]
    fn the_newer_of_two_pending_statuses_wins() {
        let asked = payment("requires_customer_action", 5);
        let working = payment("processing", 9);
        assert!(matches!(run(&[asked.clone(), working.clone()]), AttemptState::Processing { .. }));
        assert!(matches!(run(&[working, asked]), AttemptState::Processing { .. }));
    }

    #[test]
    fn every_word_of_dodo_that_is_not_final_is_waited_for() {
        for word in [
            "processing",
            "requires_confirmation",
            "requires_merchant_action",
            "requires_capture",
            "partially_captured",
            "partially_captured_and_capturable",
            "a_word_of_next_year",
        ] {
            assert!(matches!(run(&[payment(word, 1)]), AttemptState::Processing { .. }), "{word}");
        }
    }

    /// Any fact, with few enough times and codes that ties happen.
    fn any_fact() -> impl Strategy<Value = Fact> {
        let word = prop::sample::select(vec![
            "succeeded",
            "failed",
            "cancelled",
            "processing",
            "requires_customer_action",
            "requires_payment_method",
        ]);
        let code = prop::option::of(prop::sample::select(vec!["", "DO_NOT_HONOR", "INSUFFICIENT_FUNDS"]));
        let link = prop::option::of(prop::sample::select(vec!["https://a.example/1", "https://b.example/2"]));
        prop_oneof![
            (0..3_u32, 0..3_i64).prop_map(|(turn, second)| Fact::Waits { turn, until: at(second) }),
            (0..3_u32, 0..3_u32).prop_map(|(turn, left_ms)| Fact::Held { turn, left_ms }),
            (0..4_i64).prop_map(|second| Fact::Revoked { at: at(second) }),
            Just(Fact::SendingStarted),
            Just(Fact::Initiated),
            Just(Fact::AnswerLost),
            (0..4_i64).prop_map(|second| Fact::GaveUp { at: at(second) }),
            (0..4_i64).prop_map(|second| Fact::ResolvedUncharged { at: at(second) }),
            (0..4_i64).prop_map(|second| Fact::PlanChanged { as_of: at(second) }),
            (0..4_i64).prop_map(|second| Fact::PlanScheduled { as_of: at(second) }),
            (0..4_i64).prop_map(|second| Fact::PlanCalledOff { as_of: at(second) }),
            (0..4_i64).prop_map(|second| Fact::ChangePaid { as_of: at(second) }),
            (0..4_i64).prop_map(|second| Fact::Refused { at: at(second), code: "NOT_FOUND".to_owned() }),
            (word, 0..4_i64, code, link).prop_map(|(word, second, code, link)| Fact::Payment {
                status: PaymentStatus::parse(Some(word)),
                as_of: at(second),
                code: code.map(str::to_owned),
                link: link.and_then(|link| WebUrl::new(link).ok()),
            }),
        ]
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_of_the_same_facts_ends_in_the_same_state(
            (facts, shuffled) in prop::collection::vec(any_fact(), 0..12).prop_flat_map(|facts| {
                let doubled: Vec<_> = facts.iter().chain(&facts).cloned().collect();
                (Just(facts), Just(doubled).prop_shuffle())
            })
        ) {
            prop_assert_eq!(run(&facts), run(&shuffled));
        }

        #[test]
        fn no_fact_lowers_a_state_and_nothing_leaves_success(
            facts in prop::collection::vec(any_fact(), 0..12), fact in any_fact()
        ) {
            let before = run(&facts);
            let after = before.clone().after(&fact);
            prop_assert!(after.order() >= before.order());
            if let AttemptState::Succeeded { .. } = before {
                prop_assert_eq!(after.kind(), "succeeded");
            }
        }

        #[test]
        fn only_a_payment_that_succeeded_or_a_plan_read_back_makes_a_success(
            facts in prop::collection::vec(any_fact(), 0..12)
        ) {
            let paid = |fact: &Fact| {
                matches!(fact, Fact::Payment { status: PaymentStatus::Succeeded, .. } | Fact::PlanChanged { .. })
            };
            prop_assert_eq!(run(&facts).kind() == "succeeded", facts.iter().any(paid));
        }

        #[test]
        fn states_and_facts_survive_storage(facts in prop::collection::vec(any_fact(), 0..6)) {
            let state = run(&facts);
            let stored = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(serde_json::from_str::<AttemptState>(&stored).unwrap(), state);
            for fact in facts {
                let stored = serde_json::to_string(&fact).unwrap();
                prop_assert_eq!(serde_json::from_str::<Fact>(&stored).unwrap(), fact);
            }
        }
    }

    #[test]
    fn what_dodo_says_outranks_giving_up() {
        let gave_up = Fact::GaveUp { at: at(90) };
        assert!(run(std::slice::from_ref(&gave_up)).is_dead());
        assert_eq!(run(&[gave_up.clone(), payment("failed", 5)]).failure_code(), Some("INSUFFICIENT_FUNDS"));
        assert_eq!(run(&[gave_up, payment("succeeded", 5)]).kind(), "succeeded");
    }

    #[test]
    fn a_paid_plan_change_waits_for_its_plan_and_a_failed_one_may_still_turn_out_changed() {
        let paid = run(&[Fact::SendingStarted, Fact::ChangePaid { as_of: at(5) }]);
        assert_eq!(paid.kind(), "processing");
        let changed = Fact::PlanChanged { as_of: at(1) };
        assert_eq!(paid.after(&changed).kind(), "succeeded");
        assert_eq!(run(&[payment("failed", 5), changed]).kind(), "succeeded");
    }

    #[test]
    fn a_schedule_can_be_called_off_until_it_has_happened() {
        let (planned, off) = (Fact::PlanScheduled { as_of: at(1) }, Fact::PlanCalledOff { as_of: at(1) });
        assert_eq!(run(&[planned.clone(), off.clone()]).kind(), "called_off");
        assert_eq!(run(&[off.clone(), planned]).kind(), "called_off");
        assert_eq!(run(&[off, Fact::PlanChanged { as_of: at(1) }]).kind(), "succeeded");
    }
}
